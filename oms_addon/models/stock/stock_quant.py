"""Stock rows of managed warehouses: no unit is reserved twice, however it is reserved."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _oms_touch_stock(self):
        """Queue the products for recomputation of Available to Sell."""
        self.env["oms.channel.stock"]._touch(self.product_id.ids)

    @api.model
    def _oms_guard(self, product, location, reserved_quantity, lot, package, owner):
        """Lock the stock of a product at a location before it is changed.

        :raise UserError: when more would be reserved than is free
        """
        rows = self._oms_lock_rows(product, location, lot, package, owner)
        wanted = product.uom_id.compare(reserved_quantity or 0, 0) > 0
        # goods_left: the items have left the stock already, shipped by a channel or corrected by a
        # count
        if wanted and not unsealed(self.env, "goods_left"):
            self._oms_check_free(product, location, reserved_quantity, rows)

    @api.model
    def _oms_lock_rows(self, product, location, lot, package, owner):
        """Lock the stock of a product at a location and merge it into one row.

        If there are several rows, Odoo changes only the first and drops the quantity it cannot
        subtract from it.

        :return: the rows a reservation of this lot, package and owner may use
        """
        rows = [
            row
            for row in self.env["oms.stock"]._lock([location.id], [product.id])
            if (row["package_id"] or False) == (package and package.id or False)
            and (row["owner_id"] or False) == (owner and owner.id or False)
        ]
        wanted = lot and lot.id or None
        same = [row["id"] for row in rows if row["lot_id"] == wanted]
        if len(same) > 1:
            self.sudo().browse(same)._merge_quants()
        return [row for row in rows if row["lot_id"] in (wanted, None)]

    @api.model
    def _oms_check_free(self, product, location, wanted, rows):
        """Check that a quantity is free before it is reserved.

        :raise UserError: when less than ``wanted`` is free
        """
        free = sum((row["quantity"] or 0) - (row["reserved_quantity"] or 0) for row in rows)
        if product.uom_id.compare(free, wanted) < 0:
            raise UserError(
                self.env._(
                    "%(wanted)s × %(product)s cannot be reserved in %(place)s: %(free)s are "
                    "available. Unreserve another delivery first, or count the location if "
                    "there is more stock.",
                    wanted=f"{wanted:g}",
                    product=product.display_name,
                    place=location.display_name,
                    free=f"{max(free, 0.0):g}",
                )
            )
