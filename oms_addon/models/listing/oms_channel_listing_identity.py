"""Identification of listings: by the channel's id, then by their own SKU, then barcode."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

#: minimum seconds between two fetches of listings caused by unknown variants
FETCH_AGAIN_SECONDS = 600
NAMES = (("sku", "is_sku_shared"), ("barcode", "is_barcode_shared"))


class OmsChannelListing(models.Model):
    """A listing is identified by the channel's id. A SKU or barcode shared by several variants of a
    product, e.g. inherited from the product, identifies none of them. On channels whose variants
    inherit them (``_variants_inherit``) only the fetched listings show which ones are a
    variant's own; until then a variant is not identified by SKU or barcode.
    """

    _inherit = "oms.channel.listing"

    # === ORDER LINES === #

    @api.model
    def _get_identifiers(self, line):
        """:return: all identifiers of the item on a document line
        :rtype: tuple[str]
        """
        return line.listing_ref, self._normalize_sku(line.sku), line.barcode

    @api.model
    def _resolve_lines(self, channel, lines):
        """Find the products of order lines by the channel's listing id, else by the listing's own
        SKU, else by its own barcode.

        :param lines: ``Line`` parts of documents of the channel
        :return: ``Part`` tuples by ``_get_identifiers``; lines to be linked by a person are omitted
        :rtype: dict[tuple, tuple[Part]]
        """
        refs = {line.listing_ref for line in lines} - {""}
        by_ref = {
            listing.external_ref: listing
            for listing in refs
            and self.search([("channel_id", "=", channel.id), ("external_ref", "in", list(refs))])
        }
        found, rest = {}, []
        for line in lines:
            listing = by_ref.get(line.listing_ref)
            if listing and listing.state == "matched":
                found[self._get_identifiers(line)] = listing._parts()
            else:
                rest.append(line)
        if rest:
            found |= self._resolve_names(channel, rest, by_ref)
        return found

    @api.model
    def _resolve_names(self, channel, lines, by_ref):
        """Find the products of lines by SKU, else by barcode, if these are not shared.

        :param dict by_ref: the known listings, by the channel's id
        :return: ``Part`` tuples by ``_get_identifiers``
        """
        fresh = [line for line in lines if line.parent_ref and line.listing_ref not in by_ref]
        foreign = self._names_of_siblings(channel, fresh)
        inherits = bool(channel.adapter) and channel._adapter()._variants_inherit
        named = {}
        for line in lines:
            listing = by_ref.get(line.listing_ref, self)
            if inherits and line.parent_ref:
                sku, barcode = listing._own_names() if listing else ("", "")
                named[self._get_identifiers(line)] = self._normalize_sku(sku), barcode
                continue
            names = {"sku": self._normalize_sku(line.sku), "barcode": line.barcode}
            for name, flag in NAMES:
                reported = line.parent_ref, name, names[name]
                if listing[flag] or line in fresh and foreign[reported] - {line.listing_ref}:
                    names[name] = ""
            named[self._get_identifiers(line)] = names["sku"], names["barcode"]
        skus, codes = self._resolve_parts(
            channel, {sku for sku, _code in named.values()}, {code for _sku, code in named.values()}
        )
        parts = {key: skus.get(sku) or codes.get(code) for key, (sku, code) in named.items()}
        if any(not parts[self._get_identifiers(line)] for line in fresh):
            channel._fetch_listings_soon()
        return {key: found for key, found in parts.items() if found}

    @api.model
    def _names_of_siblings(self, channel, lines):
        """:param lines: lines of variants whose listings are unknown
        :return: the channel's ids of the variants with an identifier, by (parent, field name,
            normalized value)
        :rtype: dict[tuple, set]
        """
        owners = defaultdict(set)
        parents = {line.parent_ref for line in lines}
        if not parents:
            return owners
        rows = self.search([("channel_id", "=", channel.id), ("parent_ref", "in", list(parents))])
        variants = [(row, row.external_ref) for row in rows]
        variants += [(line, line.listing_ref) for line in lines]
        for variant, ref in variants:
            owners[variant.parent_ref, "sku", self._normalize_sku(variant.sku)].add(ref)
            owners[variant.parent_ref, "barcode", variant.barcode or ""].add(ref)
        return owners

    # === EXCEPTIONS === #

    @api.model
    def _of_hold(self, hold):
        """:return: the listing of an exception; found by SKU only if the SKU identifies it"""
        of_channel = Domain("channel_id", "=", hold.channel_id.id)
        by_sku = of_channel & Domain("sku_key", "=", hold.sku_key)
        if not hold.listing_ref:
            return self.search(by_sku, limit=1)
        listing = self.search(of_channel & Domain("external_ref", "=", hold.listing_ref), limit=1)
        if not listing and not hold.parent_ref:
            listing = self.search(by_sku & Domain("external_ref", "=", False), limit=1)
        return listing

    @api.model
    def _prepare_of_hold(self, hold):
        """:return: the values of a new listing for an exception"""
        is_taken = bool(hold.listing_ref) and bool(
            self.search_count(
                [("channel_id", "=", hold.channel_id.id), ("sku_key", "=", hold.sku_key)], limit=1
            )
        )
        return {
            "channel_id": hold.channel_id.id,
            "sku": hold.sku,
            "external_ref": hold.listing_ref,
            "parent_ref": hold.parent_ref,
            # The next fetch of listings determines whether it really is.
            "is_sku_shared": is_taken,
        }

    # === LISTINGS === #

    def _own_names(self):
        """:return: SKU and barcode of a listing, '' if shared"""
        self.ensure_one()
        return tuple("" if self[flag] else self[name] or "" for name, flag in NAMES)

    @api.model
    def _shared_names(self, channel, reported):
        """Find identifiers shared by several variants of a product, and mark them on the records.

        :param reported: ``channel_documents.Listing`` parts as received
        :return: tuples (parent, field name, normalized value)
        :rtype: set[tuple]
        """
        parents = {listing.parent_ref for listing in reported} - {""}
        if not parents:
            return set()
        refs = {listing.ref for listing in reported}
        rows = self.search(
            [
                ("channel_id", "=", channel.id),
                ("parent_ref", "in", list(parents)),
                ("status", "!=", "deleted"),
                ("external_ref", "!=", False),
            ]
        )
        owners = defaultdict(set)
        variants = [(row, row.external_ref) for row in rows if row.external_ref not in refs]
        variants += [(part, part.ref) for part in reported if part.status != "deleted"]
        for variant, ref in variants:
            if variant.parent_ref:
                owners[variant.parent_ref, "sku", self._normalize_sku(variant.sku)].add(ref)
                owners[variant.parent_ref, "barcode", variant.barcode or ""].add(ref)
        shared = {name for name, refs in owners.items() if name[2] and len(refs) > 1}
        rows._share(shared)
        return shared

    def _share(self, shared):
        """Mark an identifier of listings as shared; unlink listings that were matched by it.

        :param set shared: see ``_shared_names``
        """
        for name, flag in NAMES:
            rows = self.filtered(
                lambda r, n=name, f=flag: (
                    not r[f]
                    and (r.parent_ref, n, self._normalize_sku(r[n]) if n == "sku" else r[n])
                    in shared
                )
            )
            if not rows:
                continue
            unsure = rows.filtered(
                lambda r, n=name: r.matched_by == n or n == "sku" and r.alias_of_id
            )
            unsure.write({"alias_of_id": False, "product_id": False, "matched_by": False})
            rows.write({flag: True})
            unsure._schedule_suggestions()

    @api.model
    def _prepare_shared(self, channel, listing, shared, row=None):
        """Determine which identifiers of a received listing are not its own: shared with other
        variants, or inherited from the product. If the channel does not report inheritance, an
        unchanged value keeps its flag and a new one counts as inherited.

        :param row: the listing's record; ``None`` for a new one
        :rtype: dict[str, bool]
        """
        inherits = bool(listing.parent_ref) and channel._adapter()._variants_inherit
        flags = {}
        for name, flag in NAMES:
            reported = getattr(listing, name)
            is_inherited = getattr(listing, f"is_{name}_inherited")
            if is_inherited is None and inherits:
                is_same = row and (row[name] or "") == reported
                is_inherited = row[flag] if is_same else bool(reported)
            value = self._normalize_sku(reported) if name == "sku" else reported
            flags[flag] = bool(is_inherited) or (listing.parent_ref, name, value) in shared
        return flags

    def _prepare_unsure(self, vals):
        """:return: the values that unlink a listing matched by an identifier that is not its own"""
        self.ensure_one()
        is_alias = vals.get("is_sku_shared") and self.alias_of_id
        if not is_alias and not any(
            vals.get(flag) and self.matched_by == name for name, flag in NAMES
        ):
            return {}
        return {"alias_of_id": False, "product_id": False, "matched_by": False}

    @api.model
    def _schedule_identifiers(self, channel, reported):
        """Schedule a fetch of listings if received variants do not show which identifiers are their
        own.
        """
        if channel._adapter()._variants_inherit and any(
            listing.parent_ref and listing.status != "deleted" and listing.is_sku_inherited is None
            for listing in reported
        ):
            channel._fetch_listings_soon()


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _fetch_listings_soon(self):
        """Schedule a fetch of listings because one is unknown: immediately, or some minutes after
        the last fetch.
        """
        self.ensure_one()
        now = due = fields.Datetime.now()
        if self.listings_fetched_at:
            again = fields.Datetime.add(self.listings_fetched_at, seconds=FETCH_AGAIN_SECONDS)
            due = max(now, again)
        is_due = self.listings_due_at and self.listings_due_at <= due
        if self.state != "live" or self.listing_cursor or is_due:
            return
        # Skip if locked: a fetch is running, and orders must not wait for it.
        channel_sudo = self.sudo().try_lock_for_update(allow_referencing=True)
        if channel_sudo:
            channel_sudo.listings_due_at = due
            self.env.ref("oms_addon.oms_lane_listings").sudo()._wake()
