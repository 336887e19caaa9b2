"""Existing orders get their policy in one statement, not one by one."""


def migrate(cr, version):
    """Add the column, so that it is not computed for every order."""
    cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS oms_policy_id integer")
