"""What Odoo does with the prices of vendors, and what of ours takes part."""

from odoo import models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    def _order_to_sql(self, order, *args, **kwargs):
        """Extend `base`: who is told no prices gets the vendors in an order that tells none."""
        if not self.env.su and (order or self._order) == self._order:
            if not self._has_field_access(self._fields["price"], "read"):
                order = "sequence, min_qty DESC, id"
        return super()._order_to_sql(order, *args, **kwargs)
