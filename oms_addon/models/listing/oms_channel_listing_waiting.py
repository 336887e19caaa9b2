"""Orders waiting for the link of a listing."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    @api.depends("channel_id", "sku_key", "barcode", "external_ref")
    def _compute_waiting_count(self):
        rows = (
            self.env["oms.hold"]
            .sudo()
            ._read_group(
                Domain.OR(
                    listings._get_waiting_domain(channel)
                    for channel, listings in self.grouped("channel_id").items()
                ),
                ["channel_id", "sku_key", "listing_ref"],
                ["message_id:array_agg"],
            )
        )
        waiting = defaultdict(set)
        for channel, key, ref, message_ids in rows:
            waiting[channel.id, "ref", ref].update(message_ids)
            waiting[channel.id, "key", key].update(message_ids)
        for listing in self:
            channel_id = listing.channel_id.id
            names = [("ref", listing.external_ref or False)] if listing.external_ref else []
            names += [("key", key) for key in listing._get_waiting_keys()]
            listing.waiting_count = len(
                set().union(*(waiting[channel_id, kind, name] for kind, name in names))
            )

    def _search_waiting_count(self, operator, value):
        """Find the listings for which orders are waiting."""
        if (operator, value) != (">", 0):
            return NotImplemented
        groups = (
            self.env["oms.hold"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "open"),
                    ("reason_code", "=", "UNKNOWN_SKU"),
                    ("channel_id", "!=", False),
                ],
                ["channel_id"],
                ["sku_key:array_agg", "listing_ref:array_agg"],
            )
        )
        return Domain.OR(
            Domain("channel_id", "=", channel.id)
            & (
                Domain("sku_key", "in", keys)
                | Domain("barcode", "in", keys)
                | Domain("external_ref", "in", [ref for ref in refs if ref])
            )
            for channel, keys, refs in groups
        )

    def _after_mapping(self):
        """Release the orders waiting for these listings once they are linked."""
        if unsealed(self.env, "mapping_later"):
            return
        matched = self.filtered(lambda l: l.state == "matched")
        (matched | matched.alias_ids)._release_waiting()

    def _get_waiting_keys(self):
        """:return: the identifiers by which waiting orders refer to these listings
        :rtype: set[str]
        """
        return {
            key
            for listing in self
            for key in (listing.sku_key, self._normalize_sku(listing.barcode))
            if key
        }

    def _get_waiting_domain(self, channel):
        """:return: the domain of open exceptions of a channel's orders about these listings"""
        refs = [ref for ref in self.mapped("external_ref") if ref]
        return (
            Domain("state", "=", "open")
            & Domain("channel_id", "=", channel.id)
            & Domain("reason_code", "=", "UNKNOWN_SKU")
            & (
                Domain("sku_key", "in", list(self._get_waiting_keys()))
                | Domain("listing_ref", "in", refs)
            )
        )

    def _release_waiting(self):
        """Release all orders waiting for one of these listings."""
        for channel, listings in self.grouped("channel_id").items():
            self.env["oms.hold"].sudo().search(listings._get_waiting_domain(channel))._release(
                self.env._("The SKU is now linked.")
            )
