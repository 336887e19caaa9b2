"""Choices when a channel goes live for the first time."""

from odoo import fields, models


class OmsChannelGoLive(models.TransientModel):
    _name = "oms.channel.go.live"
    _inherit = "oms.wizard"
    _description = "Go Live"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade")
    start_policy = fields.Selection(related="channel_id.start_policy", readonly=False)
    can_push_stock = fields.Boolean(related="channel_id.can_push_stock")
    can_push_price = fields.Boolean(related="channel_id.can_push_price")
    is_stock_synced = fields.Boolean(compute="_compute_is_synced")
    is_price_synced = fields.Boolean(compute="_compute_is_synced")

    def _compute_is_synced(self):
        for wizard in self:
            wizard.is_stock_synced = wizard.channel_id._is_synced("stock")
            wizard.is_price_synced = wizard.channel_id._is_synced("price")

    def action_go_live(self):
        """Start the channel with the choices."""
        self.ensure_one()
        self._check_records()
        self.channel_id.action_go_live()
        return {"type": "ir.actions.act_window_close"}
