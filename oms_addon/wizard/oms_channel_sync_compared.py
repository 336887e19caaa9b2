"""Sync preview: the compared values of listings, of stock and of prices."""

from odoo import models


class OmsChannelSync(models.TransientModel):
    _inherit = "oms.channel.sync"

    # === STOCK === #

    def _stock_lines(self, listings):
        """:return: the compared lines, one per listing and stock location"""
        channel = self.channel_id
        stock_sudo = self.env["oms.channel.stock"].sudo()
        needs = listings._stock_needs()
        reported, _products = stock_sudo._count(channel, needs, ())
        # Store the previewed quantities, so that exactly these are pushed after approval.
        stock_sudo._update_wanted(channel, reported)
        shown = {
            (row.listing_id.id, row.location_id.id or False): row.shown
            for row in stock_sudo.search([("channel_id", "=", channel.id)])
            if row.is_shown
        }
        here = self._in_odoo(needs)
        places = list(channel._location_warehouses())
        lines = []
        for listing in listings:
            note = listing.sync_note
            if not note and not places:
                note = self.env._("Not synced: no warehouse is mapped to the channel's locations.")
            for place in places if not note else [self.env["oms.channel.location"]]:
                key = listing.id, place.id or False
                there = shown.get(key)
                if there is None:
                    there = (listing.told_quantities or {}).get(place.ref or "")
                lines.append(
                    self._compared(
                        listing,
                        there,
                        here.get(key),
                        None if note else reported.get(key),
                        note=note,
                        location=place,
                    )
                )
        return lines

    def _in_odoo(self, needs):
        """:return: units of each listing that are free in Odoo, before stock buffers; by
        (listing id, location id or ``False``)
        """
        channel, engine = self.channel_id, self.env["oms.availability"].sudo()
        goods = engine._with_components(channel, needs)
        products = self.env["product.product"].browse({p for need in goods.values() for p in need})
        found = {}
        for place, warehouses in channel._location_warehouses().items():
            terms = engine._terms(channel, products, warehouses)
            free = {p: t.on_hand + t.reserved + t.waiting for p, t in terms.items()}
            for listing_id, need in goods.items():
                counts = [free[p] // units for p, units in need.items() if p in free and units]
                if counts:
                    found[listing_id, place.id or False] = max(min(counts), 0.0)
        return found

    # === PRICES === #

    def _price_lines(self, listings):
        """:return: the compared lines, one per listing"""
        service, channel = self.env["oms.channel.price"], self.channel_id
        priced = listings.filtered(
            lambda l: l.product_id and not l.component_ids and l.status == "active"
        )
        wanted = service._wanted(channel, priced)
        usual = service._usual(channel, priced)
        lines = []
        for listing in listings:
            note = False
            if listing.state != "matched":
                note = self.env._("Not synced: not linked to a product.")
            elif listing not in priced:
                note = self.env._("Not synced: not an active listing of one product.")
            elif listing not in wanted:
                note = self.env._(
                    "Not synced: not in pricelist %(name)s.",
                    name=channel.price_pricelist_id.display_name,
                )
            lines.append(
                self._compared(
                    listing,
                    listing.price if listing.currency_id else None,
                    usual.get(listing),
                    wanted.get(listing),
                    note=note,
                    currency=service._currency(channel, listing),
                )
            )
        return lines
