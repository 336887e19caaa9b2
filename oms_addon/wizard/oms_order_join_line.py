"""One order that can be combined with another."""

from odoo import api, fields, models


class OmsOrderJoinLine(models.TransientModel):
    _name = "oms.order.join.line"
    _inherit = "oms.wizard"
    _description = "Order to Combine"

    join_id = fields.Many2one("oms.order.join", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True)
    is_chosen = fields.Boolean("Combine")
    channel_id = fields.Many2one(related="order_id.oms_channel_id")
    order_number = fields.Char(related="order_id.oms_order_number", string="Number")
    placed_at = fields.Datetime("Placed On", compute="_compute_placed_at")
    ship_before = fields.Datetime(related="order_id.oms_ship_before", string="Ship By")
    amount_total = fields.Monetary(related="order_id.amount_total")
    currency_id = fields.Many2one(related="order_id.currency_id")
    doubt = fields.Char("Note", compute="_compute_doubt")

    @api.depends("order_id")
    def _compute_placed_at(self):
        for line in self:
            line.placed_at = line.order_id.oms_placed_at or line.order_id.date_order

    @api.depends("order_id")
    def _compute_doubt(self):
        for line in self:
            line.doubt = self.env["oms.combined.shipment"]._doubt(line.order_id._origin)
