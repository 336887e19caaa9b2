"""Resolution of a channel's identifiers to products."""

from decimal import Decimal
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain


class Part(NamedTuple):
    """A product in a listing, with ``units`` per listing.

    ``weight`` is its share of the price, relative to the other parts.
    """

    product: Any
    units: float
    weight: Decimal = Decimal(1)


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    # === RESOLVING === #

    @api.model
    def _resolve(self, channel, skus, barcodes=()):
        """Find the products of channel SKUs: by listing, then internal reference, then barcode.

        :param channel: the channel's record
        :param skus: SKUs as the channel writes them
        :param barcodes: barcodes as the channel writes them
        :return: two dicts, (product, units) by SKU key and by barcode; bundles of several products
            are omitted, see ``_resolve_parts``
        """
        return tuple(
            {key: parts[0][:2] for key, parts in found.items() if len(parts) == 1}
            for found in self._resolve_parts(channel, skus, barcodes)
        )

    @api.model
    def _resolve_parts(self, channel, skus, barcodes=()):
        """Find the parts that channel SKUs consist of; see ``_resolve``.

        :return: two dicts, ``Part`` tuples by SKU key and by barcode
        :rtype: tuple[dict[str, tuple[Part]], dict[str, tuple[Part]]]
        """
        keys = {self._normalize_sku(sku) for sku in skus} - {""}
        codes = {code for code in barcodes if code}
        listings = self.search(self._get_resolve_domain(channel, keys, codes))
        keys -= set(listings.mapped("shared_key"))
        codes -= set(listings.filtered("is_barcode_shared").mapped("barcode"))
        listings = listings.filtered(lambda l: l.state == "matched")
        found = {
            listing.sku_key: listing._parts() for listing in listings if listing.sku_key in keys
        }
        company = [("company_id", "in", (False, channel.company_id.id))]
        for product in self._search_by_reference(
            self.env["product.product"], list(keys - found.keys()), company
        ):
            found.setdefault(self._normalize_sku(product.default_code), (Part(product, 1.0),))
        by_barcode = {
            **self._find_barcodes(channel.company_id, codes | (keys - found.keys())),
            **listings._parts_by_barcode(codes),
        }
        for key in keys - found.keys():
            if key in by_barcode:
                found[key] = by_barcode[key]
        return found, by_barcode

    @api.model
    def _get_resolve_domain(self, channel, keys, codes):
        """:return: the domain of a channel's linked listings with one of the SKU keys or barcodes,
        and of those that share one
        """
        matched, by_code = Domain("state", "=", "matched"), Domain("barcode", "in", list(codes))
        named = Domain("sku_key", "in", list(keys | {self._normalize_sku(code) for code in codes}))
        shared = Domain("shared_key", "in", list(keys))
        if codes:
            named |= by_code
            shared |= by_code & Domain("is_barcode_shared", "=", True)
        return Domain("channel_id", "=", channel.id) & (matched & named | shared)

    def _parts(self):
        """:return: the parts of one matched listing
        :rtype: tuple[Part]
        """
        self.ensure_one()
        main = self.alias_of_id or self
        if not main.component_ids:
            return (Part(main.product_id, main.multiplier),)
        return tuple(
            Part(component.product_id, component.quantity, component._weight())
            for component in main.component_ids
        )

    def _parts_by_barcode(self, codes):
        """:return: ``Part`` tuples of these listings by barcode; ambiguous barcodes are omitted"""
        found = {}
        for listing in self:
            for code in {listing.barcode, listing.sku} & codes:
                found.setdefault(code, set()).add(listing._parts())
        return {code: parts.pop() for code, parts in found.items() if len(parts) == 1}

    @api.model
    def _find_barcodes(self, company, codes):
        """Find products by their barcode or that of a packaging.

        :return: one-``Part`` tuples by barcode
        """
        if not codes:
            return {}
        domain = [("barcode", "in", list(codes))]
        for_company = [("company_id", "in", (False, company.id))]
        found = {
            packaging.barcode: (
                Part(
                    packaging.product_id,
                    packaging.uom_id._compute_quantity(
                        1.0, packaging.product_id.uom_id, round=False
                    ),
                ),
            )
            for packaging in self.env["product.uom"]
            .sudo()
            .search([*domain, *for_company, ("product_id.active", "=", True)])
        }
        for product in self.env["product.product"].search([*domain, *for_company]):
            found[product.barcode] = (Part(product, 1.0),)
        return found

    @api.model
    def _search_by_reference(self, Product, keys, domain):
        """:return: products whose internal reference is one of ``keys``, ignoring case and outer
        spaces
        """
        if not keys:
            return Product
        self.env["product.product"].flush_model(["default_code"])
        self.env.cr.execute(
            "SELECT id FROM product_product WHERE upper(trim(default_code)) = ANY(%s) ORDER BY id",
            [keys],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        return Product.search([("id", "in", ids), *domain], order="id")
