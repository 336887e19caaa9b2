"""Messages about listings, and deleted listings."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.oms_addon.channels.outcomes import Outcome


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    # === MESSAGES === #

    @api.model
    def _import_documents(self, channel, run):
        """Import listing messages; deletions are first confirmed with the channel if it signs
        bodies only.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``ListingDocument``), oldest first
        """
        if channel._adapter()._signs_bodies_only:
            gone = [m for m, d in run if any(part.status == "deleted" for part in d.listings)]
            self.env["oms.channel.message"]._request_confirmation(channel, gone)
            run = [pair for pair in run if pair[0] not in gone]
        naive = self.env["oms.order.builder"]._naive
        self._upsert(
            channel,
            [
                (listing, naive(document.updated_at))
                for _message, document in run
                for listing in document.listings
            ],
        )
        messages = self.env["oms.channel.message"].concat(*[message for message, _d in run])
        messages._set_state("done", self.env._("Listings imported."))

    @api.model
    def _confirm_gone(self, channel, document):
        """Mark listings reported as deleted once the channel confirms it.

        :return: the number of deleted listings; ``unmet`` if nothing was done
        :rtype: outcomes.Outcome
        """
        refs = [listing.ref for listing in document.listings if listing.status == "deleted"]
        rows = self.search(
            Domain("channel_id", "=", channel.id)
            & Domain("status", "!=", "deleted")
            & (Domain("external_ref", "in", refs) | Domain("parent_ref", "in", refs))
        )
        listed = channel._adapter()._find_listed(channel, rows) if rows else set()
        if listed is None:
            text = self.env._("The channel does not report deleted listings.")
            return Outcome(details={"gone": 0}, unmet=text)
        gone = rows.filtered(lambda row: row.external_ref not in listed)
        gone.write({"status": "deleted"})
        return Outcome(details={"gone": len(gone)})
