"""WooCommerce: what is offered, and how it is taxed."""

from dataclasses import replace

from odoo import api, models
from odoo.tools import split_every

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.document_values import to_decimal
from odoo.addons.oms_addon.tools.woocommerce import NOT_SOLD, read_listing

from .adapter import PAGE


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: products, then the variations of the others."""
        kind, _slash, page = (cursor or "products/1").partition("/")
        params = {"page": page, "per_page": str(PAGE), "orderby": "id", "order": "asc"}
        answer = self._call(channel, "GET", f"/{kind}", params=params, accept=(404,))
        if answer.status == 404:
            raise FinalError(
                self.env._("The shop cannot list its variations: update WooCommerce to 9.0.")
            )
        rows = answer.json()
        currency = self._shop_currency(channel)
        listings = [
            replace(listing, currency=currency) for row in rows if (listing := read_listing(row))
        ]
        if self._has_next(answer, int(page), rows):
            return listings, f"{kind}/{int(page) + 1}"
        return listings, "variations/1" if kind == "products" else None

    @api.model
    def _find_listed(self, channel, listings):
        """Override of `oms.channel.adapter`: by their ids, products and variations apart."""
        found = set()
        for kind, is_variation in (("products", False), ("variations", True)):
            refs = [l.external_ref for l in listings if bool(l.parent_ref) == is_variation]
            for some in split_every(PAGE, refs, list):
                params = {"include": ",".join(some), "per_page": str(PAGE), "_fields": "id,type"}
                answer = self._call(channel, "GET", f"/{kind}", params=params)
                rows = answer.json()
                found |= {str(row["id"]) for row in rows if row.get("type") not in NOT_SOLD}
        return found

    @api.model
    def _shop_currency(self, channel):
        """:return: the code of the currency the shop's prices are in"""
        setting = "/settings/general/woocommerce_currency"
        value = self._call(channel, "GET", setting, accept=(401, 403, 404)).json().get("value")
        return value if isinstance(value, str) else ""

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: one of each name and rate; orders name a tax by
        the id of one of its rows, and by its name.
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
