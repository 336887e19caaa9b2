"""Overrides of delivery.carrier."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def _get_price_available(self, order):
        """Extend `delivery`: apply the pricing rules to all items of a combined shipment, not to
        its oldest order only.
        """
        parcel = self.env["stock.picking"].browse(unsealed(self.env, "rated_picking_id"))
        if not parcel:
            return super()._get_price_available(order)
        price = self.sudo()._get_price_from_picking(**parcel.sudo()._oms_measures())
        return self._compute_currency(order, price, "company_to_pricelist")
