"""What of a shared delivery is packed."""

from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _oms_is_packed(self):
        """:return: whether somebody put the items in a box; a box that leaves as it stood on
        the shelf is none
        """
        self.ensure_one()
        return bool(self.result_package_id) and self.result_package_id != self.package_id
