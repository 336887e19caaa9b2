"""The context in which a batch of journal entries is made."""

from odoo.addons.oms_addon.tools.sealed_context import sealed


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
