"""What working a batch has in common: its context, and finding the culprits."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)


def batch_context(env):
    """Say what a batch of journal entries does without; its history is in oms.event.

    ``batch`` is read by the overrides of core methods that work record by record (payments'
    journal entries, notes); ``no_distribution`` by the search for analytic distributions, which
    every line repeats although there are none.

    :return: the context
    :rtype: dict
    """
    models = env["account.analytic.distribution.model"].sudo()
    return {
        **sealed(batch=True, no_distribution=not models.search_count([], limit=1)),
        "tracking_disable": True,
        "mail_notrack": True,
        "mail_activity_automation_skip": True,
    }


def in_halves(records, work):
    """Work records together; when that fails, in halves, down to the culprits.

    A concurrent change is nobody's fault: it escapes, to be retried as a whole.

    :param records: a recordset
    :param work: a callable taking a recordset; all or nothing
    :return: the exception of each record that failed
    :rtype: dict
    """
    if not records:
        return {}
    try:
        with records.env.cr.savepoint():
            work(records)
            records.env.flush_all()
        return {}
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception as error:  # noqa: BLE001 - the culprit is found by halving
        records.env.invalidate_all(flush=False)
        if len(records) == 1:
            _logger.info("%s %s failed", records._name, records.id, exc_info=True)
            return {records: error}
    half = len(records) // 2
    return {**in_halves(records[:half], work), **in_halves(records[half:], work)}
