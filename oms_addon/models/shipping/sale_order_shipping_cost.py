"""Shipping is charged to each order once, whatever parcels its items leave in."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_is_shipping_settled(self):
        """:return: whether nothing is to be charged for shipping any more: the channel's total
        holds, whatever it has for shipping, or a parcel that left before was charged
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
