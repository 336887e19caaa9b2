"""What a channel tells of its listings: new ones, changed ones, those that are gone."""

from typing import NamedTuple

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain

#: the texts of a listing that are kept as the channel says them
TOLD_TEXTS = ("item_ref", "parent_ref", "sku", "barcode", "name", "image_url")


class Known(NamedTuple):
    """The rows of listings that a channel tells of, by each of their names."""

    refs: dict
    #: by the SKU as it is compared
    keys: dict
    items: dict
    parents: dict
    #: names that several variants have, see ``_shared_names``
    shared: set


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    # === UPSERT === #

    @api.model
    def _upsert(self, channel, told):
        """Take in listings as a channel tells them: make the new, update the known.

        Rows of one listing that only differ by place are one listing. A row without an id
        of its own only tells how many are shown. Of a product that is gone, all variants
        are gone.

        :param channel: the channel that tells
        :param list told: pairs (``channel_documents.Listing``, when it was changed or False),
            oldest first
        :return: the listings that are there now
        """
        known = self._known(channel, [listing for listing, _at in told])
        fresh, updates = [], {}
        for listing, moment in self._latest(told):
            row = known.refs.get(listing.ref) or self._to_adopt(known, listing, updates)
            if listing.status == "deleted":
                self._note_gone(known, listing, row)
            elif row:
                known.refs[listing.ref] = row
                updates[row] = listing, moment
            else:
                fresh.append((listing, moment))
        updated = self._update_told(channel, updates, known)
        created = self._create_told(channel, fresh, known)
        self._ask_names(channel, [listing for listing, _at in fresh])
        known.refs.update({row.external_ref: row for row in created})
        known.items.update({row.item_ref: row for row in created if row.item_ref})
        self._note_quantities(channel, told, known)
        return updated + created

    @api.model
    def _latest(self, told):
        """:return: of rows about the same listing the one that was changed last"""
        latest = {}
        for listing, moment in told:
            before = latest.get(listing.ref, (None, False))[1]
            if listing.ref and not (before and moment and moment < before):
                latest[listing.ref] = listing, moment
        return latest.values()

    @api.model
    def _known(self, channel, told):
        """Find the listings that are told of.

        :param list told: ``Listing`` documents
        :rtype: Known
        """
        found = self.search(self._get_told_domain(channel, told))
        # An alias only when there is no other of its SKU.
        by_key = found.sorted(lambda row: not row.alias_of_id)
        return Known(
            refs={row.external_ref: row for row in found if row.external_ref},
            keys={row.sku_key: row for row in by_key if row.sku_key},
            items={row.item_ref: row for row in found if row.item_ref},
            parents=found.filtered("parent_ref").grouped("parent_ref"),
            shared=self._shared_names(channel, [listing for listing in told if listing.ref]),
        )

    @api.model
    def _get_told_domain(self, channel, told):
        """:return: the domain of the rows that listings are told of, by any of their names"""
        own = [listing for listing in told if listing.ref]
        names = {
            "external_ref": [listing.ref for listing in own],
            "sku_key": [self._key(listing.sku) for listing in told if listing.sku],
            "item_ref": [one.item_ref for one in told if one.item_ref and not one.ref],
            "parent_ref": [listing.ref for listing in own if listing.status == "deleted"],
        }
        return Domain("channel_id", "=", channel.id) & Domain.OR(
            Domain(name, "in", values) for name, values in names.items() if values
        )

    @api.model
    def _to_adopt(self, known, listing, updates):
        """:return: the row of a listing's SKU that is free for it: made by hand, or of a
        listing that is gone and was made again under another id
        """
        row = known.keys.get(self._key(listing.sku))
        if not row or listing.status == "deleted" or row in updates:
            return None
        if self._prepare_shared(row.channel_id, listing, known.shared)["is_sku_shared"]:
            return None
        return row if not row.external_ref or row.status == "deleted" else None

    @api.model
    def _note_gone(self, known, listing, row):
        """Mark a listing, and the variants of a product, as gone."""
        rows = self.concat(*known.parents.get(listing.ref, ()), row or self)
        rows.filtered(lambda r: r.status != "deleted").write({"status": "deleted"})

    @api.model
    def _create_told(self, channel, fresh, known):
        """Make the rows of new listings, with their product where it is certain.

        :param list fresh: pairs (``Listing``, when it was changed)
        :return: the new rows
        """
        if not fresh:
            return self.browse()
        currencies = self._currencies(channel, [listing for listing, _at in fresh])
        names = {
            listing.ref: (
                "" if flags["is_sku_shared"] else listing.sku,
                "" if flags["is_barcode_shared"] else listing.barcode,
            )
            for listing, _at in fresh
            for flags in [self._prepare_shared(channel, listing, known.shared)]
        }
        sure = self._find_sure(channel, names)
        mains, aliases, taken = [], [], dict(known.keys)
        for listing, moment in fresh:
            vals = self._prepare_fresh(channel, listing, moment, currencies)
            vals |= self._prepare_shared(channel, listing, known.shared)
            key = "" if vals["is_sku_shared"] else self._key(listing.sku)
            if key and key in taken:
                # Product and units are those of the listing whose alias it is.
                aliases.append((vals, key))
                continue
            taken[key] = None
            product, units, how = sure.get(listing.ref, (None, 1.0, False))
            vals |= {"product_id": product and product.id, "multiplier": units, "matched_by": how}
            mains.append(vals)
        created = self._create_once(mains)
        taken.update({row.sku_key: row for row in created if row.sku_key})
        for vals, key in aliases:
            vals["alias_of_id"] = (taken[key].alias_of_id or taken[key]).id
        created.filtered(lambda l: l.state == "unmatched")._ask_suggestions()
        return created + self._create_once([vals for vals, _key in aliases])

    @api.model
    def _create_once(self, vals_list):
        """Create rows; when another lane made one of them just now, the batch is to be taken
        again.
        """
        try:
            with self.env.cr.savepoint():
                return self.create(vals_list)
        except UniqueViolation as error:
            raise SerializationFailure(str(error)) from error

    @api.model
    def _prepare_fresh(self, channel, listing, moment, currencies):
        """:return: the values of the row of a listing nobody saw before"""
        return {
            "channel_id": channel.id,
            "external_ref": listing.ref,
            "seen_at": fields.Datetime.now(),
            **self._prepare_told(listing, moment, currencies),
        }

    @api.model
    def _prepare_told(self, listing, moment, currencies):
        """:return: what a channel tells of a listing; what it leaves out is not among it"""
        vals = {name: getattr(listing, name) for name in TOLD_TEXTS if getattr(listing, name)}
        vals["status"] = listing.status
        if listing.stock_mode:
            vals["stock_mode"] = listing.stock_mode
        if listing.is_virtual is not None:
            vals["is_virtual"] = listing.is_virtual
        if listing.price is not None:
            vals["price"] = float(listing.price)
            vals["currency_id"] = currencies.get(listing.currency)
        if moment:
            vals["told_at"] = moment
        return vals

    @api.model
    def _currencies(self, channel, told):
        """:return: currency ids by code; by '', for messages that tell none, the one the
        channel told of its other listings, else the company's
        """
        codes = {listing.currency for listing in told} - {""}
        found = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search_fetch([("name", "in", list(codes))], ["name"])
            if codes
            else ()
        )
        other = self.search(
            [("channel_id", "=", channel.id), ("currency_id", "!=", False)], order="id", limit=1
        )
        return {
            "": (other.currency_id or channel.company_id.currency_id).id,
            **{currency.name: currency.id for currency in found},
        }

    # === WHAT IS SHOWN === #

    @api.model
    def _note_quantities(self, channel, told, known):
        """Tell the stock what the channel shows: the echo of what it was told, or its count."""
        seen, quantities = [], {}
        for listing, _moment in told:
            if listing.quantity is not None:
                row = known.refs.get(listing.ref) or known.items.get(listing.item_ref)
                if row:
                    seen.append((row, listing.location_ref, listing.quantity))
                    kept = quantities.setdefault(row, dict(row.told_quantities or {}))
                    kept[listing.location_ref] = int(listing.quantity)
        for row, kept in quantities.items():
            if kept != row.told_quantities:
                row.told_quantities = kept
        if seen:
            self.env["oms.channel.stock"]._note_seen(channel, seen)
