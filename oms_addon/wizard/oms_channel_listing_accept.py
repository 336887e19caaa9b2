"""Link all listings whose suggestion reaches a minimum likelihood."""

from odoo import api, fields, models
from odoo.fields import Domain

SHOWN = 5


class OmsChannelListingAccept(models.TransientModel):
    _name = "oms.channel.listing.accept"
    _inherit = "oms.wizard"
    _description = "Accept Suggestions"

    channel_id = fields.Many2one(
        "oms.channel", help="Leave empty to accept the suggestions of all channels."
    )
    min_score = fields.Integer("Minimum Match Score (%)", default=90, required=True)
    count = fields.Integer("Suggestions", compute="_compute_listings")
    waiting_count = fields.Integer("Waiting Orders", compute="_compute_listings")
    least_ids = fields.Many2many(
        "oms.channel.listing", string="Suggestions with Lowest Scores", compute="_compute_listings"
    )

    @api.depends("channel_id", "min_score")
    def _compute_listings(self):
        for accept in self:
            listings = accept._listings()
            accept.count = len(listings)
            accept.waiting_count = sum(listings.mapped("waiting_count"))
            accept.least_ids = listings[:SHOWN]

    def action_apply(self):
        """Link the listings to their suggested products."""
        self.ensure_one()
        self._check_records()
        listings = self._listings()
        listings.action_accept()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Listings linked: %(count)s.", count=len(listings)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _listings(self):
        """:return: the listings whose suggestion is likely enough, least likely first"""
        self.ensure_one()
        Listing = self.env["oms.channel.listing"]
        domain = (
            Listing._get_todo_domain()
            & Domain("state", "=", "suggested")
            & Domain("suggestion_score", ">=", self.min_score)
        )
        if self.channel_id:
            domain &= Domain("channel_id", "=", self.channel_id.id)
        return Listing.search(domain, order="suggestion_score, id")
