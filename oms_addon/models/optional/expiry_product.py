"""Products whose use of expiration dates is switched on or off."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _oms_switched_dates(self, vals):
        """:return: the products whose use of expiration dates is changed by a write

        ``use_expiration_date`` is a field of `product_expiry`.
        """
        if "use_expiration_date" not in vals or "use_expiration_date" not in self._fields:
            return self.browse()
        uses_dates = bool(vals["use_expiration_date"])
        return self.filtered(lambda t: t.use_expiration_date != uses_dates)

    def _oms_recompute_lots(self):
        """Check the lots of products again."""
        if self:
            # Users who may edit products need no write access to deliveries.
            self.env["oms.lot.expiry"].sudo()._recompute_products(
                self.sudo().with_context(active_test=False).product_variant_ids
            )
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
