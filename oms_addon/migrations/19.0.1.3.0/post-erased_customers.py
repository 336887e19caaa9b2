"""Earlier erasures of customers."""


def migrate(cr, version):
    """Set the date of erasure on messages and orders whose customer was erased."""
    cr.execute(
        """UPDATE oms_channel_message SET erased_at = write_date
           WHERE payload = encode('{"schema": "erased"}', 'base64')::bytea AND erased_at IS NULL"""
    )
    cr.execute(
        """UPDATE sale_order SET oms_erased_at = event.happened_at
           FROM oms_event event
           WHERE event.code = 'customer.erased' AND event.res_model = 'sale.order'
             AND event.res_id = sale_order.id AND sale_order.oms_erased_at IS NULL"""
    )
