"""Uninstall hook: restores what the add-on changed."""


def uninstall_hook(env):
    """Restore standard warehouses, and drop database objects that the ORM does not manage.

    :param env: the environment of the removal
    """
    warehouses = env["stock.warehouse"].with_context(active_test=False)
    warehouses.search([("oms_managed", "=", True)]).oms_managed = False
    env["payment.provider"]._oms_remove()
    env.cr.execute("DROP FUNCTION IF EXISTS oms_event_append_only() CASCADE")
    env.cr.execute("DROP INDEX IF EXISTS stock_quant_oms_removal_idx")
