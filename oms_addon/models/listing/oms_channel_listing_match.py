"""Matching of listings with products: by SKU or barcode, else as a suggestion."""

import logging
import time

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.sealed_context import sealed
from odoo.addons.oms_addon.tools.similarity import Index

_logger = logging.getLogger(__name__)

#: minimum similarity (%) of a suggestion
MIN_SCORE = 35
#: score of a suggestion that a person made for the same SKU on another channel
KNOWN_ELSEWHERE = 95
SUGGESTIONS_PER_RUN = 5000


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    # === CERTAIN MATCHES === #

    @api.model
    def _get_todo_domain(self):
        """:return: the domain of listings that a person has to link"""
        return self._get_open_domain() & Domain("status", "!=", "deleted")

    @api.model
    def _get_open_domain(self):
        """:return: the domain of unlinked listings, including deleted ones"""
        return Domain("state", "in", ("unmatched", "suggested")) & Domain("alias_of_id", "=", False)

    def _match(self):
        """Link unlinked listings to products with the same SKU, else the same barcode.

        For the others, suggestions are computed in the background, see ``_suggest_due``.

        :return: the newly linked listings
        """
        ids = []
        open_ones = self.filtered_domain(self._get_open_domain())
        for channel, listings in open_ones.grouped("channel_id").items():
            found = self._find_sure(channel, {l: l._own_names() for l in listings})
            for listing, (product, units, how) in found.items():
                listing._set_product(product, units, how)
                ids.append(listing.id)
        matched = self.browse(ids)
        matched._after_mapping()
        (open_ones - matched)._schedule_suggestions()
        return matched

    @api.model
    def _find_sure(self, channel, names):
        """Find products by internal reference, else by barcode.

        :param dict names: (SKU, barcode) by any key; both may be empty
        :return: (product, units, how) by key, for certain matches only
        :rtype: dict
        """
        company = [("company_id", "in", (False, channel.company_id.id))]
        by_sku = {}
        for product in self._search_by_reference(
            self.env["product.product"],
            list({self._normalize_sku(sku) for sku, _barcode in names.values()} - {""}),
            company,
        ):
            by_sku.setdefault(self._normalize_sku(product.default_code), product)
        codes = {
            code
            for sku, barcode in names.values()
            if self._normalize_sku(sku) not in by_sku
            for code in (barcode, sku)
            if code
        }
        by_barcode = self._find_barcodes(channel.company_id, codes)
        found = {}
        for key, (sku, barcode) in names.items():
            if product := by_sku.get(self._normalize_sku(sku)):
                found[key] = product, 1.0, "sku"
            elif parts := by_barcode.get(barcode or "") or by_barcode.get(sku or ""):
                found[key] = parts[0].product, parts[0].units, "barcode"
        return found

    def _set_product(self, product, units, how):
        """Link a listing; the caller has to release waiting orders.

        :param str how: a value of ``matched_by``
        """
        self.with_context(**sealed(mapping_later=True)).write(
            {"product_id": product.id, "multiplier": units, "matched_by": how}
        )

    # === SUGGESTIONS === #

    def _schedule_suggestions(self):
        """Schedule product suggestions in the background."""
        due = self.filtered(lambda l: not l.suggestion_due)
        if due:
            due.suggestion_due = True
        if self:
            self.env.ref("oms_addon.oms_lane_listings").sudo()._wake()

    @api.model
    def _suggest_due(self, limit=SUGGESTIONS_PER_RUN):
        """Compute due product suggestions for listings of one company.

        :return: number of listings processed
        :rtype: int
        """
        due = Domain("suggestion_due", "=", True)
        first = self.search(due, order="id", limit=1)
        if not first:
            return 0
        of_company = due & Domain("company_id", "=", first.company_id.id)
        listings = self.search(of_company, order="id", limit=limit).try_lock_for_update(
            allow_referencing=True
        )
        listings._suggest()
        return len(listings)

    def _suggest(self):
        """Suggest products for listings of one company; nothing is linked."""
        open_ones = self.filtered_domain(self._get_open_domain())
        (self - open_ones).filtered("suggestion_due").suggestion_due = False
        if not open_ones:
            return
        started = time.monotonic()
        known = open_ones._known_elsewhere()
        index = self._product_index(open_ones.company_id)
        found = {
            listing: known.get(listing.sku_key) or listing._suggestion(index)
            for listing in open_ones
        }
        for listing, vals in found.items():
            listing.update({**vals, "suggestion_due": False})
        self.env.flush_all()
        _logger.info(
            "Suggested products for %s of %s listings among %s products in %.1f s",
            *(sum(bool(v["suggested_product_id"]) for v in found.values()), len(open_ones)),
            *(len(index), time.monotonic() - started),
        )

    @api.model
    def _product_index(self, company):
        """:return: a search index over the products the company can sell
        :rtype: Index
        """
        products = (
            self.env["product.product"]
            .sudo()
            .with_context(display_default_code=False, lang=company.partner_id.lang)
            .search(self._get_suggestible_domain(company), order="id")
        )
        products.fetch(["name", "default_code", "product_template_attribute_value_ids"])
        return Index(
            (product.id, product.display_name, product.default_code or "") for product in products
        )

    @api.model
    def _get_suggestible_domain(self, company):
        """:return: the domain of products that can be suggested"""
        services = self.env["oms.order.builder"]._services(company)
        return [
            ("sale_ok", "=", True),
            ("company_id", "in", (False, company.id)),
            ("id", "not in", [product.id for product in services.values()]),
        ]

    def _known_elsewhere(self):
        """:return: suggestions by SKU key: products a person linked to the same SKU on the
        company's other channels
        """
        mapped = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("sku_key", "in", [key for key in self.mapped("sku_key") if key]),
                ("state", "=", "matched"),
                ("matched_by", "in", ("hand", "suggestion")),
                ("product_id", "!=", False),
            ],
            order="id desc",
        )
        return {
            listing.sku_key: {
                "suggested_product_id": listing.product_id.id,
                "suggested_multiplier": listing.multiplier,
                "suggestion_score": KNOWN_ELSEWHERE,
                "suggestion_reason": self.env._(
                    "linked on %(channel)s", channel=listing.channel_id.name
                ),
            }
            for listing in mapped
        }

    def _suggestion(self, index):
        """:return: the suggestion values of a listing
        :rtype: dict
        """
        found = index.suggest(self.name, self.sku)
        score = int(found.score * 100) if found else 0
        if score < MIN_SCORE:
            return {
                "suggested_product_id": False,
                "suggested_multiplier": 0.0,
                "suggestion_score": 0,
                "suggestion_reason": False,
            }
        return {
            "suggested_product_id": found.id,
            "suggested_multiplier": found.units,
            "suggestion_score": score,
            "suggestion_reason": self._suggestion_reason_of(found),
        }

    def _suggestion_reason_of(self, found):
        """:return: the reason for a suggestion, for display"""
        reasons = []
        if found.code:
            reasons.append(self.env._("similar to SKU: %(code)s", code=found.code))
        if found.words:
            reasons.append(self.env._("matching words: %(words)s", words=", ".join(found.words)))
        if found.units > 1:
            reasons.append(self.env._("pack of %(units)s", units=found.units))
        if found.rival:
            reasons.append(self.env._("another product matches equally well"))
        return "; ".join(reasons)

    # === ACTIONS === #

    def action_fetch(self):
        """Fetch the listings of the channel in the context, or of all channels."""
        self.check_access("write")
        Channel = self.env["oms.channel"]
        channel = Channel.browse(self.env.context.get("default_channel_id"))
        channels = channel or Channel.search(Channel._get_listing_channels_domain())
        if not channels:
            return channels._notify(
                self.env._(
                    "No live channel provides listings. Connect a channel, or add listings "
                    "manually."
                ),
                "warning",
            )
        if len(channels) == 1:
            return channels.action_fetch_listings()
        channels._schedule_listing_fetch()
        return channels._notify(
            self.env._("Listings are being fetched from %(count)s channels.", count=len(channels)),
            "info",
        )

    def action_open(self):
        """Open the listing."""
        self.ensure_one()
        self.check_access("read")
        return self.get_formview_action()

    def action_accept(self):
        """Accept the suggestions; listings without one are skipped."""
        self.check_access("write")
        self = self.sudo()
        accepted = self.filtered(lambda l: l.state == "suggested" and not l.alias_of_id)
        for listing in accepted:
            listing._set_product(
                listing.suggested_product_id, listing.suggested_multiplier or 1.0, "suggestion"
            )
        accepted._after_mapping()
        return True

    def action_ignore(self):
        """Ignore listings: they are not sold from Odoo and no longer need a product."""
        self.check_access("write")
        self = self.sudo()
        self.write({"is_ignored": True})
        return True

    def action_match_again(self):
        """Stop ignoring listings and match them again."""
        self.check_access("write")
        self = self.sudo()
        self.filtered("is_ignored").write({"is_ignored": False})
        self._match()
        self.env["oms.channel.listing"]._suggest_due()
        return True
