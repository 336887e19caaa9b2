"""Lines of a shop's cart: what they hold is kept."""

from odoo import api, models

KEPT = {"product_id", "product_uom_qty", "product_uom_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: what is put into a cart is kept for it."""
        lines = super().create(vals_list)
        lines.order_id._oms_keep_cart()
        return lines

    def write(self, vals):
        """Extend: a cart keeps what is in it now."""
        result = super().write(vals)
        if vals.keys() & KEPT:
            self.order_id._oms_keep_cart()
        return result

    def unlink(self):
        """Extend: what is taken out of a cart is kept no longer."""
        orders = self.order_id
        result = super().unlink()
        orders.exists()._oms_keep_cart()
        return result
