"""Packed items of combined shipments."""

from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _oms_is_packed(self):
        """:return: whether the items were put in a package; shipping the package they are stored in
        does not count
        """
        self.ensure_one()
        return bool(self.result_package_id) and self.result_package_id != self.package_id
