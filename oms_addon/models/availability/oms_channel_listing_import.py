"""Import of listings from a channel: new, changed and deleted ones."""

from typing import NamedTuple

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain

#: text fields of a listing that are stored as received
TOLD_TEXTS = ("item_ref", "parent_ref", "sku", "barcode", "name", "image_url")


class Known(NamedTuple):
    """Records of the received listings, by each of their identifiers."""

    refs: dict
    #: by normalized SKU
    keys: dict
    items: dict
    parents: dict
    #: identifiers shared by several variants, see ``_shared_names``
    shared: set


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    # === UPSERT === #

    @api.model
    def _upsert(self, channel, reported):
        """Import listings from a channel: create new ones, update known ones.

        Rows that differ only by location are one listing. A row without id of its own carries only
        the quantity. If a product is deleted, all its variants are.

        :param channel: the channel they come from
        :param list reported: pairs (``channel_documents.Listing``, date of the change or False),
            oldest first
        :return: the created and updated listings
        """
        known = self._known(channel, [listing for listing, _at in reported])
        fresh, updates = [], {}
        for listing, moment in self._latest(reported):
            row = known.refs.get(listing.ref) or self._to_adopt(known, listing, updates)
            if listing.status == "deleted":
                self._note_gone(known, listing, row)
            elif row:
                known.refs[listing.ref] = row
                updates[row] = listing, moment
            else:
                fresh.append((listing, moment))
        updated = self._update_listed(channel, updates, known)
        created = self._create_listed(channel, fresh, known)
        self._schedule_identifiers(channel, [listing for listing, _at in fresh])
        known.refs.update({row.external_ref: row for row in created})
        known.items.update({row.item_ref: row for row in created if row.item_ref})
        self._note_quantities(channel, reported, known)
        return updated + created

    @api.model
    def _latest(self, reported):
        """:return: the latest version of each listing"""
        latest = {}
        for listing, moment in reported:
            before = latest.get(listing.ref, (None, False))[1]
            if listing.ref and not (before and moment and moment < before):
                latest[listing.ref] = listing, moment
        return latest.values()

    @api.model
    def _known(self, channel, reported):
        """Find the existing records of received listings.

        :param list reported: ``Listing`` documents
        :rtype: Known
        """
        found = self.search(self._get_listed_domain(channel, reported))
        # An alias is used only if no main listing has its SKU.
        by_key = found.sorted(lambda row: not row.alias_of_id)
        return Known(
            refs={row.external_ref: row for row in found if row.external_ref},
            keys={row.sku_key: row for row in by_key if row.sku_key},
            items={row.item_ref: row for row in found if row.item_ref},
            parents=found.filtered("parent_ref").grouped("parent_ref"),
            shared=self._shared_names(channel, [listing for listing in reported if listing.ref]),
        )

    @api.model
    def _get_listed_domain(self, channel, reported):
        """:return: the domain of the existing records, by any of their identifiers"""
        own = [listing for listing in reported if listing.ref]
        names = {
            "external_ref": [listing.ref for listing in own],
            "sku_key": [self._normalize_sku(listing.sku) for listing in reported if listing.sku],
            "item_ref": [one.item_ref for one in reported if one.item_ref and not one.ref],
            "parent_ref": [listing.ref for listing in own if listing.status == "deleted"],
        }
        return Domain("channel_id", "=", channel.id) & Domain.OR(
            Domain(name, "in", values) for name, values in names.items() if values
        )

    @api.model
    def _to_adopt(self, known, listing, updates):
        """:return: an unused record with the SKU of a listing: created manually, or deleted on the
        channel and created there again under another id
        """
        row = known.keys.get(self._normalize_sku(listing.sku))
        if not row or listing.status == "deleted" or row in updates:
            return None
        if self._prepare_shared(row.channel_id, listing, known.shared)["is_sku_shared"]:
            return None
        return row if not row.external_ref or row.status == "deleted" else None

    @api.model
    def _note_gone(self, known, listing, row):
        """Mark a listing, or all variants of a product, as deleted."""
        rows = self.concat(*known.parents.get(listing.ref, ()), row or self)
        rows.filtered(lambda r: r.status != "deleted").write({"status": "deleted"})

    @api.model
    def _create_listed(self, channel, fresh, known):
        """Create the records of new listings, with their product if the match is certain.

        :param list fresh: pairs (``Listing``, date of the change)
        :return: the new records
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
            key = "" if vals["is_sku_shared"] else self._normalize_sku(listing.sku)
            if key and key in taken:
                # An alias takes product and units from its main listing.
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
        created.filtered(lambda l: l.state == "unmatched")._schedule_suggestions()
        return created + self._create_once([vals for vals, _key in aliases])

    @api.model
    def _create_once(self, vals_list):
        """Create records; if another transaction created one of them meanwhile, the batch is
        retried.
        """
        try:
            with self.env.cr.savepoint():
                return self.create(vals_list)
        except UniqueViolation as error:
            raise SerializationFailure(str(error)) from error

    @api.model
    def _prepare_fresh(self, channel, listing, moment, currencies):
        """:return: the values of a new listing"""
        return {
            "channel_id": channel.id,
            "external_ref": listing.ref,
            "seen_at": fields.Datetime.now(),
            **self._prepare_listed_values(listing, moment, currencies),
        }

    @api.model
    def _prepare_listed_values(self, listing, moment, currencies):
        """:return: the received values of a listing, without missing ones"""
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
    def _currencies(self, channel, reported):
        """:return: currency ids by code; by '' the one for listings without currency: that of the
        channel's other listings, else the company's
        """
        codes = {listing.currency for listing in reported} - {""}
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

    # === QUANTITIES === #

    @api.model
    def _note_quantities(self, channel, reported, known):
        """Store the quantities that the channel reports, as confirmation of a sync or as its own
        count.
        """
        seen, quantities = [], {}
        for listing, _moment in reported:
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
