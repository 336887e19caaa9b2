"""Shipping is charged to each order once, whatever parcels its goods leave in."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_amount_total_without_delivery(self):
        """Extend `delivery`: in a shared parcel, the sum of all its orders, in the currency of
        this one; shipping that is free over an amount is so for what a customer has sent at once.
        """
        parcel = self.env["stock.picking"].browse(unsealed(self.env, "parcel_id"))
        amount = super()._compute_amount_total_without_delivery()
        for other in parcel.sudo().oms_shared_order_ids - self:
            if other.state != "cancel":
                of_other = super(SaleOrder, other)._compute_amount_total_without_delivery()
                amount += parcel._oms_convert(of_other, other.currency_id, self.currency_id)
        return amount

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
