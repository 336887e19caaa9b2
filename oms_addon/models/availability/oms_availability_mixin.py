"""Rows of people and carts that change how many can be sold."""

from odoo import api, models


class OmsAvailabilityMixin(models.AbstractModel):
    """When a row changes, what channels show of its products is counted again."""

    _name = "oms.availability.mixin"
    _description = "Availability Changes"

    #: the fields that matter; ``None`` for all
    _counting_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._touch()
        return records

    def write(self, vals):
        """Extend: what was and what is concerned shows another number now."""
        counts = self._counting_fields is None or not self._counting_fields.isdisjoint(vals)
        if counts:
            self._touch()
        result = super().write(vals)
        if counts:
            self._touch()
        return result

    def unlink(self):
        self._touch()
        return super().unlink()

    def _touch(self):
        """Have what can be sold of the products of these rows counted again."""
        products = self._get_counted_products()
        if products:
            self.env["oms.channel.stock"]._touch(products.ids)

    def _get_counted_products(self):
        """:return: the products of which another number can be sold"""
        return self.product_id
