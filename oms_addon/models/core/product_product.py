"""What Odoo does with a product variant, and what of ours takes part."""

from odoo import api, models

#: what orders that wait for a SKU may be served by
IDENTITY_FIELDS = {"default_code", "barcode", "active"}


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.depends_context("website_id")
    def _compute_quantities(self):
        """Extend `stock`: on a website of a channel, free is what the channel may sell.

        A website asks for what is free of a warehouse; that is how its question is known
        from any other that is asked while it is served.
        """
        super()._compute_quantities()
        context = self.env.context
        if context.get("website_id") and "warehouse_id" in context:
            self._oms_offer_on_website(context["website_id"], context["warehouse_id"])

    @api.model
    def default_get(self, fields):
        """Extend `base`: a product made while an exception is resolved is what the order names."""
        return {**super().default_get(fields), **self._oms_default_from_hold(fields)}

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `product`: orders that wait for a SKU are processed again."""
        products = super().create(vals_list)
        products._oms_recheck_waiting()
        return products

    def write(self, vals):
        """Extend `product`: orders that wait for a SKU are processed again."""
        result = super().write(vals)
        if vals.keys() & IDENTITY_FIELDS:
            self._oms_recheck_waiting()
        return result
