"""One line of a delivery can be rejected from where it is shown."""

from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def action_oms_reject(self):
        """Say why the goods of this line cannot be taken."""
        self.ensure_one()
        action = self.picking_id.action_oms_reject()
        return {**action, "context": {**action["context"], "default_move_line_id": self.id}}
