"""Wizard: report a short pick."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsPickReject(models.TransientModel):
    _name = "oms.pick.reject"
    _inherit = "oms.wizard"
    _description = "Short Pick"

    picking_id = fields.Many2one("stock.picking", required=True)
    move_line_id = fields.Many2one(
        "stock.move.line",
        "Item",
        required=True,
        domain="[('picking_id', '=', picking_id), ('quantity', '>', 0)]",
    )
    product_id = fields.Many2one(related="move_line_id.product_id")
    location_id = fields.Many2one(related="move_line_id.location_id", string="Location")
    reserved = fields.Float(related="move_line_id.quantity", string="Reserved Quantity")
    reason_id = fields.Many2one("oms.pick.rejection.reason", required=True)
    effect = fields.Selection(related="reason_id.effect")
    quantity = fields.Float(
        "Missing Quantity",
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
    )
    counted = fields.Float("Counted Quantity", digits="Product Unit")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        picking = self.env["stock.picking"].browse(values.get("picking_id"))
        picking.check_access("read")
        lines = picking.move_line_ids.filtered(lambda l: l.quantity > 0)
        if "move_line_id" in fields_list and not values.get("move_line_id") and len(lines) == 1:
            values["move_line_id"] = lines.id
        return values

    @api.depends("move_line_id")
    def _compute_quantity(self):
        for wizard in self:
            wizard.quantity = wizard.move_line_id.quantity

    def action_reject(self):
        """Apply the short pick and show its outcome."""
        self.ensure_one()
        self._check_records()
        (self.picking_id | self.move_line_id.sudo().picking_id.with_env(self.env)).check_access(
            "write"
        )
        counted = self.counted if self.effect == "less" else None
        # The reason may adjust stock, which pickers may lack the right to do.
        rejection_sudo = (
            self.env["oms.pick.rejection"]
            .sudo()
            .with_context(**sealed(actor=self.env.user.name))
            ._reject(self.move_line_id.sudo(), self.reason_id.sudo(), self.quantity, counted)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": rejection_sudo._text().rstrip("."),
                "message": rejection_sudo.outcome,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
