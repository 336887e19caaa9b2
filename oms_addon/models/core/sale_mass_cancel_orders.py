"""Overrides of sale.mass.cancel.orders."""

from odoo import models


class SaleMassCancelOrders(models.TransientModel):
    _inherit = "sale.mass.cancel.orders"

    def action_mass_cancel(self):
        """Extend `sale`: like the Cancel button, request a stop for items that are being picked.

        :raise UserError: if an order is completely shipped
        """
        orders = self.sale_order_ids
        chosen = self.with_context(**self._oms_prepare_choice())
        served = orders._oms_served()
        self.sale_order_ids = orders - served
        result = super(SaleMassCancelOrders, chosen).action_mass_cancel()
        self.sale_order_ids = orders
        return served.with_env(chosen.env)._oms_cancel_manually() or result
