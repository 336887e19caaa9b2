"""Mixin for records whose changes affect Available to Sell."""

from odoo import api, models


class OmsAvailabilityMixin(models.AbstractModel):
    """Recomputes the Available to Sell of a record's products when the record changes."""

    _name = "oms.availability.mixin"
    _description = "Availability Changes"

    #: the relevant fields; ``None`` for all
    _counting_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._touch()
        return records

    def write(self, vals):
        """Extend: recompute for the products before and after the change."""
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
        """Queue the products of these records for recomputation of Available to Sell."""
        products = self._get_counted_products()
        if products:
            self.env["oms.channel.stock"]._touch(products.ids)

    def _get_counted_products(self):
        """:return: the products whose Available to Sell is affected"""
        return self.product_id
