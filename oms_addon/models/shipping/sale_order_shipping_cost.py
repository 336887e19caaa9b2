"""Shipping cost of an order, charged once regardless of its number of parcels."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_is_shipping_charged(self):
        """:return: whether no more shipping may be charged: the order is cancelled, the channel's
        total applies, or an earlier parcel was charged
        """
        self.ensure_one()
        return (
            self.state == "cancel"
            or self.oms_has_channel_total
            or any(
                line.is_delivery and not line.currency_id.is_zero(line.price_unit)
                for line in self.order_line
            )
        )
