"""Explanation of a listing's available quantity."""

from odoo import models
from odoo.exceptions import UserError


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    def action_why(self):
        """Open the breakdown of the available quantity; a list by location if there are several."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "matched":
            raise UserError(
                self.env._(
                    "%s is not linked to a product. Link it to see its availability.",
                    self.display_name,
                )
            )
        rows = self.env["oms.channel.stock"].search([("listing_id", "=", self.id)])
        if len(rows) > 1:
            return self.channel_id._action_for(
                "oms_addon.oms_channel_stock_action", [("listing_id", "=", self.id)]
            )
        if rows:
            return rows.action_why()
        engine = self.env["oms.availability"]
        needs = self.sudo()._stock_needs()
        number = engine.sudo()._available_sets(self.channel_id.sudo(), needs).get(self.id, 0)
        return engine._prepare_why(number, self.channel_id, listing_id=self.id)
