"""Channels of before were asked for nothing: what they do already, they go on doing."""


def migrate(cr, version):
    """Take the syncs of channels that are live for approved, and their orders for theirs."""
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
