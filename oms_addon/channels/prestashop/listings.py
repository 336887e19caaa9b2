"""PrestaShop: fetch listings, stock locations and taxes."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.documents.channel import Listing

from .parse_values import (
    ROUND_MODES,
    combination_of,
    listing_ref,
    localised,
    money,
    number_of,
    rows_by,
    shop_rounded,
    text,
)
from .values import PAGE, shop_ids

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: products, or each of their combinations.

        Where shops of one installation have separate stocks, each has its own row. The webservice
        returns no length of the list: it ends with an empty page.
        """
        products = self._get(
            channel,
            "products",
            **{
                "display": "[id,reference,ean13,upc,name,price,active,state,id_default_image,"
                "id_tax_rules_group,ecotax,is_virtual]",
                "filter[id]": f">[{int(cursor or 0)}]",
                "sort": "[id_ASC]",
                "limit": str(PAGE),
            },
        )
        ids = [text(product, "id") for product in products]
        combinations = rows_by(
            self._get_all(
                channel,
                "combinations",
                "id_product",
                ids,
                "[id,id_product,reference,ean13,upc,price,ecotax]",
            ),
            "id_product",
        )
        stocks = {}
        for row in self._stocks(channel, ids):
            stocks.setdefault((text(row, "id_product"), combination_of(row)), []).append(row)
        rates = self._rates_by_group(channel)
        listings = self._parse_each(
            channel,
            products,
            lambda product: [
                listing
                for combination in combinations.get(text(product, "id"), [None])
                for listing in self._listings(channel, product, combination, stocks, rates)
            ],
        )
        return listings, ids[-1] if ids else None

    @api.model
    def _listings(self, channel, product, combination, stocks, rates):
        """:return: the listings of one product or combination, one for each stock"""
        ref = listing_ref(text(product, "id"), text(combination or {}, "id"))
        net = money(product, "price") + money(combination or {}, "price")
        rate = rates.get(text(product, "id_tax_rules_group"), ZERO)
        ecotax = self._ecotax(channel, product, combination, rates)
        rows = stocks.get((text(product, "id"), text(combination or {}, "id") or "0"), [{}])
        active = text(product, "active") == "1" and text(product, "state") != "0"
        own = combination or product
        is_untracked = self._shop(channel)["settings"].get("PS_STOCK_MANAGEMENT") == "0"
        return [
            Listing(
                ref=ref,
                item_ref=text(row, "id"),
                parent_ref=text(product, "id") if combination else "",
                sku=text(own, "reference") or text(product, "reference") * (not combination) or ref,
                barcode=text(own, "ean13") or text(own, "upc"),
                name=localised(product.get("name")),
                price=shop_rounded(
                    net * (1 + rate / HUNDRED) + ecotax,
                    self._default_unit(channel),
                    self._price_rounding(channel),
                ),
                currency=self._default_currency(channel),
                quantity=money(row, "quantity") if text(row, "quantity") else None,
                stock_mode="none" if is_untracked else "",
                location_ref=text(row, "id_shop") if len(rows) > 1 else "",
                is_virtual=text(product, "is_virtual") == "1",
                image_url=self._image_url(channel, product),
                status="active" if active else "inactive",
                # The catalogue returns a combination's own codes, unlike orders.
                is_sku_inherited=False,
                is_barcode_inherited=False,
            )
            for row in rows
        ]

    @api.model
    def _find_listed(self, channel, listings):
        """Override of `oms.channel.adapter`: by id, products and combinations separately."""
        refs = {listing.external_ref for listing in listings}
        parts = [ref.partition("-") for ref in refs]
        products = {product for product, dash, _combination in parts if not dash}
        combinations = {combination for _product, dash, combination in parts if dash}
        found = {
            text(row, "id") for row in self._get_all(channel, "products", "id", products, "[id]")
        }
        # A product that has combinations now is sold as these.
        fields = "[id,id_product]"
        parents = self._get_all(channel, "combinations", "id_product", products, fields)
        found -= {text(row, "id_product") for row in parents}
        for row in self._get_all(channel, "combinations", "id", combinations, fields):
            found.add(listing_ref(text(row, "id_product"), text(row, "id")))
        return found & refs

    @api.model
    def _image_url(self, channel, product):
        """:return: the URL of a product's picture, '' without one"""
        number = text(product, "id_default_image")
        if not number.isdecimal() or number == "0":
            return ""
        return "/".join([self._base_url(channel), "img/p", *number, f"{number}.jpg"])

    @api.model
    def _default_currency(self, channel):
        """:return: the code of the currency of the catalogue"""
        shop = self._shop(channel)
        row = shop["currencies"].get(shop["settings"].get("PS_CURRENCY_DEFAULT", ""), {})
        return text(row, "iso_code")

    @api.model
    def _default_unit(self, channel):
        """:return: the smallest unit of the currency of the catalogue"""
        shop = self._shop(channel)
        row = shop["currencies"].get(shop["settings"].get("PS_CURRENCY_DEFAULT", ""), {})
        return Decimal((0, (1,), -number_of(row, "precision"))) if "precision" in row else CENT

    @api.model
    def _ecotax(self, channel, product, combination, rates):
        """:return: the eco-tax that the shop adds to a price, including its own tax; a
        combination's eco-tax replaces the product's
        """
        settings = self._shop(channel)["settings"]
        if settings.get("PS_USE_ECOTAX") != "1":
            return ZERO
        rate = rates.get(settings.get("PS_ECOTAX_TAX_RULES_GROUP_ID") or "0", ZERO)
        net = money(combination or {}, "ecotax") or money(product, "ecotax")
        return net * (1 + rate / HUNDRED)

    @api.model
    def _rates_by_group(self, channel):
        """:return: the rate in percent by id of tax rules, in the shop's own country"""
        shop = self._shop(channel)
        rules = self._get(
            channel,
            "tax_rules",
            **{
                "display": "[id,id_tax_rules_group,id_country,id_state,id_tax]",
                "filter[id_country]": f"[{shop['settings'].get('PS_COUNTRY_DEFAULT', '0')}]",
            },
        )
        rates = {}
        for rule in rules:
            if text(rule, "id_state") in ("", "0"):
                tax = shop["taxes"].get(text(rule, "id_tax"), {})
                rates.setdefault(text(rule, "id_tax_rules_group"), money(tax, "rate"))
        return rates

    @api.model
    def _stocks(self, channel, products):
        """:return: the stock rows of products, for the channel's shops"""
        rows = self._get_all(channel, "stock_availables", "id_product", products)
        shops = shop_ids(channel)
        if not shops:
            return rows
        return [row for row in rows if text(row, "id_shop") in ("", "0", *shops)]

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: one per shop, unless shops share their stock."""
        shops = shop_ids(channel)
        return [
            {"ref": text(row, "id"), "name": text(row, "name"), "fulfils": True}
            for row in self._get(channel, "shops", display="[id,name]")
            if not shops or text(row, "id") in shops
        ]

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: orders are imported with prices as customers pay them,
        so prices include every rate.
        """
        return [
            {
                "name": localised(tax.get("name")),
                "rate": money(tax, "rate").normalize(),
                "included": True,
                "ref": text(tax, "id"),
            }
            for tax in self._shop(channel)["taxes"].values()
            if text(tax, "active") == "1" and text(tax, "deleted") != "1"
        ]

    @api.model
    def _price_rounding(self, channel):
        """Override of `oms.channel.adapter`: the shop's setting Round mode."""
        return ROUND_MODES.get(
            self._shop(channel)["settings"].get("PS_PRICE_ROUND_MODE") or "2", ""
        )

    @api.model
    def _fetch_tax_rounding(self, channel):
        """Override of `oms.channel.adapter`: the shop's setting Round type, by default per unit."""
        ways = {"1": "round_per_unit", "2": "round_per_line", "3": "round_globally"}
        return ways.get(self._shop(channel)["settings"].get("PS_ROUND_TYPE") or "1", "")
