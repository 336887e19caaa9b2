"""Products whose lots get dates, or have none any more."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Extend `product`: whether the dates of lots matter counts at once.

        ``use_expiration_date`` is a field of `product_expiry`.
        """
        switched = self.browse()
        if "use_expiration_date" in vals and "use_expiration_date" in self._fields:
            uses_dates = bool(vals["use_expiration_date"])
            switched = self.filtered(lambda t: t.use_expiration_date != uses_dates)
        result = super().write(vals)
        if switched:
            # Whoever keeps products need not be allowed to change deliveries.
            self.env["oms.lot.expiry"].sudo()._look_at_products(
                switched.sudo().with_context(active_test=False).product_variant_ids
            )
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
        return result
