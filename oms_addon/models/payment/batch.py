"""Context for creating journal entries in bulk."""

from odoo.addons.oms_addon.tools.sealed_context import sealed


def batch_context(env):
    """Return the context that disables per-record features, as events are kept in oms.event.

    ``batch`` is read by overrides of core methods that work record by record (journal entries
    of payments, notes); ``no_distribution`` by the search for analytic distributions, which
    runs for every line even if there are none.

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
