"""What Odoo does when many orders are cancelled, and what of ours takes part."""

from odoo import models


class SaleMassCancelOrders(models.TransientModel):
    _inherit = "sale.mass.cancel.orders"

    def action_mass_cancel(self):
        """Extend `sale`: as the Cancel button, items that are being picked are asked back first.

        :raise UserError: when all of an order has left
        """
        orders = self.sale_order_ids
        chosen = self.with_context(**self._oms_prepare_choice())
        served = orders._oms_served()
        self.sale_order_ids = orders - served
        result = super(SaleMassCancelOrders, chosen).action_mass_cancel()
        self.sale_order_ids = orders
        return served.with_env(chosen.env)._oms_cancel_by_hand() or result
