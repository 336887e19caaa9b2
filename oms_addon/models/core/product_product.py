"""Overrides of product.product."""

from odoo import api, models

#: fields whose change may resolve UNKNOWN_SKU
IDENTITY_FIELDS = {"default_code", "barcode", "active"}


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.depends_context("website_id")
    def _compute_quantities(self):
        """Extend `stock`: on a channel's website, the free quantity is Available to Sell.

        Requests of the website are recognized by ``website_id`` and ``warehouse_id`` in the
        context.
        """
        super()._compute_quantities()
        context = self.env.context
        if context.get("website_id") and "warehouse_id" in context:
            self._oms_offer_on_website(context["website_id"], context["warehouse_id"])

    @api.model
    def default_get(self, fields):
        """Extend `base`: prefill a product created from an exception with the order line's data."""
        return {**super().default_get(fields), **self._oms_default_from_hold(fields)}

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `product`: retry the messages waiting for a SKU."""
        products = super().create(vals_list)
        products._oms_recheck_waiting()
        return products

    def write(self, vals):
        """Extend `product`: retry the messages waiting for a SKU."""
        result = super().write(vals)
        if vals.keys() & IDENTITY_FIELDS:
            self._oms_recheck_waiting()
        return result
