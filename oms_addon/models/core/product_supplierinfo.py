"""Overrides of product.supplierinfo."""

from odoo import models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    def _order_to_sql(self, order, *args, **kwargs):
        """Extend `base`: do not sort by price for users who may not see prices."""
        if not self.env.su and (order or self._order) == self._order:
            if not self._has_field_access(self._fields["price"], "read"):
                order = "sequence, min_qty DESC, id"
        return super()._order_to_sql(order, *args, **kwargs)
