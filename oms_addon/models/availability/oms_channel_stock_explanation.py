"""Explanation of a listing's available quantity at a location."""

from odoo import models


class OmsChannelStock(models.Model):
    _inherit = "oms.channel.stock"

    def action_why(self):
        """Open the breakdown of this quantity."""
        self.ensure_one()
        self.check_access("read")
        return self.env["oms.availability"]._prepare_why(
            self.wanted,
            self.channel_id,
            listing_id=self.listing_id.id,
            location_id=self.location_id.id,
            told=self.wanted,
        )
