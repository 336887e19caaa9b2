"""Which listing a name means: the channel's id first, its own SKU, its own barcode."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

#: an unknown variant has its channel's listings fetched, no more often than this
FETCH_AGAIN_SECONDS = 600
NAMES = (("sku", "is_sku_shared"), ("barcode", "is_barcode_shared"))


class OmsChannelListing(models.Model):
    """A listing's identity is the channel's id. A SKU or barcode that several variants of one
    product have, because the channel tells the product's where a variant has none of its own
    or because somebody gave all of them the same, identifies none of them. Of a channel that
    does so (``_variants_inherit``) only its list of listings says which names are a variant's
    own: until then a variant is known by none.
    """

    _inherit = "oms.channel.listing"

    # === ORDER LINES === #

    @api.model
    def _line_key(self, line):
        """:return: all that names what a line of a document sold
        :rtype: tuple[str]
        """
        return line.listing_ref, self._key(line.sku), line.barcode

    @api.model
    def _resolve_lines(self, channel, lines):
        """Find what the items of order lines are made of: by the channel's id of the listing,
        else by its own SKU, else by its own barcode.

        :param lines: ``Line`` parts of documents of the channel
        :return: ``Part`` tuples by ``_line_key``; what a person has to link is not among them
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
                found[self._line_key(line)] = listing._parts()
            else:
                rest.append(line)
        if rest:
            found |= self._resolve_names(channel, rest, by_ref)
        return found

    @api.model
    def _resolve_names(self, channel, lines, by_ref):
        """Find the items of lines by SKU, else by barcode, where these are their own.

        :param dict by_ref: the listings that are known, by the channel's id
        :return: ``Part`` tuples by ``_line_key``
        """
        fresh = [line for line in lines if line.parent_ref and line.listing_ref not in by_ref]
        foreign = self._names_of_siblings(channel, fresh)
        inherits = bool(channel.adapter) and channel._adapter()._variants_inherit
        named = {}
        for line in lines:
            listing = by_ref.get(line.listing_ref, self)
            if inherits and line.parent_ref:
                sku, barcode = listing._own_names() if listing else ("", "")
                named[self._line_key(line)] = self._key(sku), barcode
                continue
            names = {"sku": self._key(line.sku), "barcode": line.barcode}
            for name, flag in NAMES:
                told = line.parent_ref, name, names[name]
                if listing[flag] or line in fresh and foreign[told] - {line.listing_ref}:
                    names[name] = ""
            named[self._line_key(line)] = names["sku"], names["barcode"]
        skus, codes = self._resolve_parts(
            channel, {sku for sku, _code in named.values()}, {code for _sku, code in named.values()}
        )
        parts = {key: skus.get(sku) or codes.get(code) for key, (sku, code) in named.items()}
        if any(not parts[self._line_key(line)] for line in fresh):
            channel._fetch_listings_soon()
        return {key: found for key, found in parts.items() if found}

    @api.model
    def _names_of_siblings(self, channel, lines):
        """:param lines: those of variants whose listings are not known
        :return: the channel's ids of the variants that have a name, by (parent, name of the
            field, value as it is compared)
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
            owners[variant.parent_ref, "sku", self._key(variant.sku)].add(ref)
            owners[variant.parent_ref, "barcode", variant.barcode or ""].add(ref)
        return owners

    # === EXCEPTIONS === #

    @api.model
    def _of_hold(self, hold):
        """:return: the listing an exception is about; by its SKU only where that is no other's"""
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
        """:return: the values of the listing an exception is about, where there is none"""
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
            # Whether it is, the next fetch of the listings tells.
            "is_sku_shared": is_taken,
        }

    # === LISTINGS === #

    def _own_names(self):
        """:return: SKU and barcode of a listing, '' where it shares them"""
        self.ensure_one()
        return tuple("" if self[flag] else self[name] or "" for name, flag in NAMES)

    @api.model
    def _shared_names(self, channel, told):
        """Find the names that several variants of one product have, and note it on them.

        :param told: ``channel_documents.Listing`` parts as the channel tells them now
        :return: tuples (parent, name of the field, value as it is compared)
        :rtype: set[tuple]
        """
        parents = {listing.parent_ref for listing in told} - {""}
        if not parents:
            return set()
        refs = {listing.ref for listing in told}
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
        variants += [(part, part.ref) for part in told if part.status != "deleted"]
        for variant, ref in variants:
            if variant.parent_ref:
                owners[variant.parent_ref, "sku", self._key(variant.sku)].add(ref)
                owners[variant.parent_ref, "barcode", variant.barcode or ""].add(ref)
        shared = {name for name, refs in owners.items() if name[2] and len(refs) > 1}
        rows._share(shared)
        return shared

    def _share(self, shared):
        """Note that listings share a name with others; what was found by it is open again.

        :param set shared: see ``_shared_names``
        """
        for name, flag in NAMES:
            rows = self.filtered(
                lambda r, n=name, f=flag: (
                    not r[f]
                    and (r.parent_ref, n, self._key(r[n]) if n == "sku" else r[n]) in shared
                )
            )
            if not rows:
                continue
            unsure = rows.filtered(
                lambda r, n=name: r.matched_by == n or n == "sku" and r.alias_of_id
            )
            unsure.write({"alias_of_id": False, "product_id": False, "matched_by": False})
            rows.write({flag: True})
            unsure._ask_suggestions()

    @api.model
    def _prepare_shared(self, channel, listing, shared, row=None):
        """Say which names of a told listing are not its own: shared with other variants, or
        those of its product. Where the channel does not tell the latter, what is known of the
        same name stays, and a new one is nobody's.

        :param row: the listing's record; ``None`` for a new one
        :rtype: dict[str, bool]
        """
        inherits = bool(listing.parent_ref) and channel._adapter()._variants_inherit
        flags = {}
        for name, flag in NAMES:
            told = getattr(listing, name)
            is_inherited = getattr(listing, f"is_{name}_inherited")
            if is_inherited is None and inherits:
                is_same = row and (row[name] or "") == told
                is_inherited = row[flag] if is_same else bool(told)
            value = self._key(told) if name == "sku" else told
            flags[flag] = bool(is_inherited) or (listing.parent_ref, name, value) in shared
        return flags

    def _prepare_unsure(self, vals):
        """:return: what opens a listing again that was linked by a name that is not its own"""
        self.ensure_one()
        is_alias = vals.get("is_sku_shared") and self.alias_of_id
        if not is_alias and not any(
            vals.get(flag) and self.matched_by == name for name, flag in NAMES
        ):
            return {}
        return {"alias_of_id": False, "product_id": False, "matched_by": False}

    @api.model
    def _ask_names(self, channel, told):
        """Have a channel's listings fetched when it told of variants without saying whether
        their names are their own.
        """
        if channel._adapter()._variants_inherit and any(
            listing.parent_ref and listing.status != "deleted" and listing.is_sku_inherited is None
            for listing in told
        ):
            channel._fetch_listings_soon()


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _fetch_listings_soon(self):
        """Have the listings fetched for something that is not among them: at once, or some
        minutes after they were fetched the last time.
        """
        self.ensure_one()
        now = due = fields.Datetime.now()
        if self.listings_fetched_at:
            again = fields.Datetime.add(self.listings_fetched_at, seconds=FETCH_AGAIN_SECONDS)
            due = max(now, again)
        is_due = self.listings_due_at and self.listings_due_at <= due
        if self.state != "live" or self.listing_cursor or is_due:
            return
        # Whoever fetches now has the channel's row, and orders wait for nobody.
        channel_sudo = self.sudo().try_lock_for_update(allow_referencing=True)
        if channel_sudo:
            channel_sudo.listings_due_at = due
            self.env.ref("oms_addon.oms_lane_listings").sudo()._wake()
