"""Short picks of a single delivery line."""

from odoo import api, fields, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    oms_can_reject = fields.Boolean(
        "Can Report Short Pick", compute="_compute_oms_can_reject", compute_sudo=True
    )

    @api.depends("state", "picking_id.oms_can_reject")
    def _compute_oms_can_reject(self):
        for line in self:
            line.oms_can_reject = (
                line.state in ("assigned", "partially_available") and line.picking_id.oms_can_reject
            )

    def action_oms_reject(self):
        """Open the dialog to report a short pick of this line."""
        self.ensure_one()
        self.check_access("write")
        action = self.picking_id.action_oms_reject()
        return {**action, "context": {**action["context"], "default_move_line_id": self.id}}
