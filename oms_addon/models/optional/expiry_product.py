"""Products whose lots get dates, or have none any more."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _oms_switched_dates(self, vals):
        """:return: the products whose lots get dates by a write, or lose them

        ``use_expiration_date`` is a field of `product_expiry`.
        """
        if "use_expiration_date" not in vals or "use_expiration_date" not in self._fields:
            return self.browse()
        uses_dates = bool(vals["use_expiration_date"])
        return self.filtered(lambda t: t.use_expiration_date != uses_dates)

    def _oms_recompute_lots(self):
        """Look at the lots of products again."""
        if self:
            # Whoever keeps products need not be allowed to change deliveries.
            self.env["oms.lot.expiry"].sudo()._recompute_products(
                self.sudo().with_context(active_test=False).product_variant_ids
            )
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
