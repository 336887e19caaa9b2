"""One listing in the preview of a sync."""

from odoo import fields, models


class OmsChannelSyncLine(models.TransientModel):
    _name = "oms.channel.sync.line"
    _inherit = "oms.wizard"
    _description = "Sync Preview Line"

    sync_id = fields.Many2one("oms.channel.sync", required=True, readonly=True, ondelete="cascade")
    listing_id = fields.Many2one("oms.channel.listing", readonly=True, ondelete="cascade")
    name = fields.Char("Title", related="listing_id.name")
    location_id = fields.Many2one("oms.channel.location", readonly=True, ondelete="cascade")
    on_channel = fields.Char("On the Channel", readonly=True)
    in_odoo = fields.Char(readonly=True)
    will_become = fields.Char(readonly=True)
    note = fields.Char(readonly=True)
    is_skipped = fields.Boolean("Not Synced", readonly=True)
    is_change = fields.Boolean("Will Change", readonly=True)
    is_zero = fields.Boolean("Will Drop to 0", readonly=True)
