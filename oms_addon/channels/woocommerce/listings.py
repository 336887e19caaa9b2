"""WooCommerce: fetch listings and taxes."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.tools import split_every

from odoo.addons.oms_addon.documents.values import to_decimal
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import http
from odoo.addons.oms_addon.tools.paths import segment

from .adapter import PAGE
from .parse_values import NOT_SOLD, read_listing

#: products per page, when their variations take a call each
PARENTS = 20


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: products, then variations of variable products, in
        one list or, before version 10.3, by product.
        """
        kind, _slash, page = (cursor or "products/1").partition("/")
        read = {"products": self._page_of_products, "variations": self._page_of_variations}
        rows, parents, following = read.get(kind, self._page_by_parents)(channel, int(page))
        currency = self._shop_currency(channel)

        def parse(row):
            listing = read_listing(row, parents.get(row.get("parent_id")))
            return [replace(listing, currency=currency)] if listing else []

        return self._parse_each(channel, rows, parse), following

    @api.model
    def _page_of_products(self, channel, page):
        """:return: rows of products for sale, parent products by id, and the next cursor"""
        rows, has_next = self._list_page(channel, "/products", page)
        return rows, {}, f"products/{page + 1}" if has_next else "variations/1"

    @api.model
    def _page_of_variations(self, channel, page):
        """:return: as ``_page_of_products``"""
        try:
            rows, has_next = self._list_page(channel, "/variations", page)
        except FinalError as error:
            if http.status_of(error) != 404:
                raise
            return self._page_by_parents(channel, 1)
        refs = sorted({row["parent_id"] for row in rows if row.get("parent_id")})
        named = self._rows_of(channel, "/products", refs, "id,sku,global_unique_id")
        parents = {row["id"]: row for row in named}
        return rows, parents, f"variations/{page + 1}" if has_next else None

    @api.model
    def _page_by_parents(self, channel, page):
        """:return: as ``_page_of_products``: the variations of some products"""
        fields = "id,sku,global_unique_id,variations"
        found, has_next = self._list_page(
            channel, "/products", page, per_page=str(PARENTS), _fields=fields
        )
        parents = {row["id"]: row for row in found if row.get("variations")}
        rows = [
            {**row, "parent_id": ref}
            for ref in parents
            for row in self._all(channel, f"/products/{segment(ref)}/variations")
        ]
        return rows, parents, f"parents/{page + 1}" if has_next else None

    @api.model
    def _list_page(self, channel, path, page, **params):
        """:return: a page of a list by id, and whether there is a next one"""
        query = {"per_page": str(PAGE), "orderby": "id", "order": "asc", **params}
        answer = self._call(channel, "GET", path, params={**query, "page": str(page)})
        return answer.json(), self._has_next(answer, page)

    @api.model
    def _find_listed(self, channel, listings):
        """Override of `oms.channel.adapter`: by id, products and variations separately."""
        refs = {listing.external_ref: listing.parent_ref or "" for listing in listings}
        rows = self._rows_by_ref(channel, refs, "id,type")
        return {str(row["id"]) for row in rows if row.get("type") not in NOT_SOLD}

    @api.model
    def _rows_by_ref(self, channel, refs, fields):
        """Fetch products and variations by id.

        :param dict refs: the parent product's id by id of a variation, '' by id of a product
        :param str fields: names of the fields to return
        :return: the rows of those that exist
        """
        of_parents = defaultdict(list)
        for ref, parent in refs.items():
            of_parents[parent].append(ref)
        rows = self._rows_of(channel, "/products", of_parents.pop("", []), fields)
        try:
            variations = [ref for some in of_parents.values() for ref in some]
            return rows + self._rows_of(channel, "/variations", variations, fields)
        except FinalError as error:
            if http.status_of(error) != 404:
                raise
        for parent, some in of_parents.items():
            rows += self._rows_of(channel, f"/products/{segment(parent)}/variations", some, fields)
        return rows

    @api.model
    def _rows_of(self, channel, path, refs, fields):
        """:return: the rows of a list that have one of these ids"""
        rows = []
        for some in split_every(PAGE, map(str, refs), list):
            params = {"include": ",".join(some), "per_page": str(PAGE), "_fields": fields}
            rows += self._call(channel, "GET", path, params=params).json()
        return rows

    @api.model
    def _shop_currency(self, channel):
        """:return: the currency code of the store's prices"""
        setting = "/settings/general/woocommerce_currency"
        value = self._call(channel, "GET", setting, accept=(401, 403, 404)).json().get("value")
        return value if isinstance(value, str) else ""

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: one for each name and rate; orders refer to a tax by
        the id of one of its rows and by its name.
        """
        setting = "/settings/tax/woocommerce_prices_include_tax"
        included = self._call(channel, "GET", setting).json().get("value") == "yes"
        found = {}
        for row in self._all(channel, "/taxes"):
            rate = to_decimal(row["rate"]).normalize()
            compound = row.get("compound") is True
            found.setdefault(
                (row["name"], rate, compound),
                {
                    "name": row["name"],
                    "rate": rate,
                    "included": included,
                    "ref": "" if row["name"] else str(row["id"]),
                    "compound": compound,
                    "priority": int(row.get("priority") or 1),
                },
            )
        return list(found.values())

    @api.model
    def _fetch_tax_rounding(self, channel):
        """Override of `oms.channel.adapter`."""
        setting = "/settings/tax/woocommerce_tax_round_at_subtotal"
        value = self._call(channel, "GET", setting).json().get("value")
        return {"yes": "round_globally", "no": "round_per_line"}.get(value, "")
