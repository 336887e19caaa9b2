"""Existing channels keep their syncs, which later ones have to approve."""


def migrate(cr, version):
    """Approve the syncs of live channels, and process their orders."""
    cr.execute(
        """UPDATE oms_channel
           SET live_at = COALESCE(live_at, create_date),
               start_policy = 'process',
               stock_agreed_at = CASE WHEN push_stock THEN now() AT TIME ZONE 'UTC' END,
               price_agreed_at = CASE WHEN push_price THEN now() AT TIME ZONE 'UTC' END
           WHERE state <> 'draft'"""
    )
    cr.execute(
        "UPDATE oms_channel SET push_stock = FALSE, push_price = FALSE WHERE state = 'draft'"
    )
