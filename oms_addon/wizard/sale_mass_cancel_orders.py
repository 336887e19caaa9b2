"""Many orders cancelled at once."""

from odoo import models


class SaleMassCancelOrders(models.TransientModel):
    _inherit = "sale.mass.cancel.orders"

    def action_mass_cancel(self):
        """Extend `sale`: as the Cancel button, goods that are being picked are asked back first.

        :raise UserError: when all of an order has left
        """
        orders = self.sale_order_ids
        served = orders._oms_served()
        self.sale_order_ids = orders - served
        result = super().action_mass_cancel()
        self.sale_order_ids = orders
        return served._oms_cancel_by_hand() or result
