"""PrestaShop 8: orders and offers through its webservice, which answers and never calls.

What is read is JSON, what is written is XML: that is how PrestaShop has it. An order is
composed of what a dozen of its resources say, so that reading it needs nothing else; see
``tools/prestashop_order.py``.
"""

import json
import re
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RetryableError
from odoo.addons.oms_addon.tools.channel_documents import Listing
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import DocumentError, get_zone
from odoo.addons.oms_addon.tools.prestashop import (
    END_OF_TIME,
    Cursor,
    any_of,
    combination_of,
    event_ref,
    in_currencies,
    is_late,
    listing_ref,
    localised,
    money,
    number_of,
    of_order,
    of_shop,
    parse_xml,
    read_errors,
    rows_by,
    rows_of,
    states_of,
    text,
    to_xml,
    without_secrets,
)
from odoo.addons.oms_addon.tools.prestashop_order import read_order
from odoo.addons.oms_addon.tools.shares import rounded

from ..oms_channel_adapter import Event

PAGE = 50
#: how long what hardly changes at a shop is remembered, in seconds
REMEMBERED = 600
_shops = {}
#: PrestaShop's own numbers of errors
ERROR_NO_PERMISSION = (25, 26)
ERROR_PHP = range(2, 16)
#: settings that say what a state means beyond its flags, and where the shop is
ROLES = {
    "cancelled": "PS_OS_CANCELED",
    "error": "PS_OS_ERROR",
    "refunded": "PS_OS_REFUND",
    "shipping": "PS_OS_SHIPPING",
    "delivered": "PS_OS_DELIVERED",
}
SETTINGS = ("PS_TIMEZONE", "PS_CURRENCY_DEFAULT", "PS_COUNTRY_DEFAULT", "PS_LANG_DEFAULT")
#: what the key has to allow
READ = (
    "orders order_details order_payments order_slip order_cart_rules order_histories "
    "order_states order_carriers messages customers addresses carriers currencies languages "
    "countries states taxes tax_rules configurations products combinations "
    "stock_availables shops"
).split()
WRITE = {
    "stock_availables": "put",
    "products": "patch",
    "combinations": "patch",
    "order_carriers": "patch",
    "order_histories": "post",
    "order_slip": "post",
}
#: what one record is called where that is not the resource without its s
NODES = {"order_histories": "order_history", "order_slip": "order_slip"}
ZERO = Decimal(0)
HUNDRED = Decimal(100)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _name = "oms.channel.adapter.prestashop"
    _inherit = "oms.channel.adapter"
    _description = "PrestaShop"

    _icon = "fa-shopping-basket"
    _can_fetch = True
    _can_fetch_listings = True
    _can_fetch_locations = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _credentials = ("base_url", "api_key", "account_ref")
    _required_credentials = ("base_url", "api_key")
    _credential_labels = {
        "base_url": "Shop address",
        "api_key": "Webservice key",
        "account_ref": "Shop numbers",
    }
    _batch_sizes = {"stock": 50, "price": 50}
    # PrestaShop has no limit of its own, its host has; a page of orders takes 15 calls.
    _rate_limits = {"default": (10.0, 150.0)}

    # === IN: PARSING === #

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order as ``_compose`` put it together."""
        return read_order(loads(payload))

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: a state of an order is an event."""
        try:
            composed = loads(payload)
            ref = text(composed["order"], "id")
        except (DocumentError, TypeError, KeyError, AttributeError):
            return super()._describe(topic, payload)
        return event_ref(ref, payload), ref

    # === IN: ASKING === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: by time of change; credit slips by number.

        A slip does not touch the time of its order. Times are to the second, so a page may
        end within one: the next begins with it. ``seen`` knows what the overlap shows again.
        """
        cursor = Cursor.loads(channel.cursor)
        if cursor.slip is None:
            cursor.slip = self._last_slip(channel)
        fresh, now = self._next_page(channel, cursor, max(1, min(limit or PAGE, PAGE)))
        if cursor.ended:
            fresh += self._slipped(channel, cursor, {text(order, "id") for order in fresh})
        return self._events(channel, fresh, now), cursor.dumps()

    @api.model
    def _next_page(self, channel, cursor, count):
        """Read the next page on which anything is new, moving the cursor.

        :return: its orders that are new, and the time at the shop
        """
        while True:
            start = cursor.start(self._shop(channel)["zone"], self._overlap_seconds)
            orders, now = self._get_dated(
                channel,
                "orders",
                **{
                    **self._order_filter(channel),
                    "display": "full",
                    "filter[date_upd]": f"[{start},{END_OF_TIME}]",
                    "sort": "[date_upd_ASC,id_ASC]",
                    "limit": f"{cursor.offset},{count}",
                },
            )
            fresh = cursor.advance(orders, start, len(orders) == count, self._overlap_seconds)
            if fresh or cursor.ended:
                return fresh, now

    @api.model
    def _slipped(self, channel, cursor, known):
        """:return: the orders of credit slips nobody saw, but those of ``known`` ids"""
        slips = self._get(
            channel,
            "order_slip",
            **{
                "display": "[id,id_order]",
                "filter[id]": f">[{cursor.slip}]",
                "sort": "[id_ASC]",
                "limit": str(PAGE),
            },
        )
        if not slips:
            return []
        cursor.slip = number_of(slips[-1])
        refs = {text(slip, "id_order") for slip in slips} - known
        return self._get_orders(channel, refs)[0]

    @api.model
    def _last_slip(self, channel):
        """:return: the number of the newest credit slip, 0 where there is none"""
        slips = self._get(channel, "order_slip", display="[id]", sort="[id_DESC]", limit="1")
        return number_of(slips[0]) if slips else 0

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: a page of ids at a time."""
        events = []
        for start in range(0, len(refs), PAGE):
            orders, now = self._get_orders(channel, refs[start : start + PAGE])
            events += self._events(channel, orders, now)
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: by the time of placing, in the shop's own time.

        In the hour the clock is set back by, the shop's times are told twice: there the
        window is wider than asked for.
        """
        last = int(cursor or 0)
        rows = self._get(
            channel,
            "orders",
            **self._window_filter(channel, start, end),
            **{"filter[id]": f">[{last}]", "sort": "[id_ASC]", "limit": str(PAGE)},
        )
        refs = [text(row, "id") for row in rows]
        return refs, refs[-1] if len(refs) == PAGE else None

    @api.model
    def _count_orders(self, channel, start, end):
        """Override of `oms.channel.adapter`: the webservice counts by telling ids."""
        return len(self._get(channel, "orders", **self._window_filter(channel, start, end)))

    @api.model
    def _window_filter(self, channel, start, end):
        """:return: the query for the ids of the orders placed in a window"""
        zone = get_zone(self._shop(channel)["zone"])
        first, last = start.astimezone(zone), (end - timedelta(seconds=1)).astimezone(zone)
        back = max(first.utcoffset() - last.utcoffset(), timedelta(0))
        times = [
            f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"
            for moment in (first - back, last + back)
        ]
        return {
            **self._order_filter(channel),
            "display": "[id]",
            "filter[date_add]": f"[{times[0]},{times[1]}]",
        }

    @api.model
    def _get_orders(self, channel, refs):
        """:return: some orders as they are now, and the time at the shop"""
        if not refs:
            return [], datetime.now(timezone.utc)
        return self._get_dated(
            channel,
            "orders",
            **{
                **self._order_filter(channel),
                "display": "full",
                "filter[id]": any_of(refs),
                "sort": "[id_ASC]",
            },
        )

    @api.model
    def _events(self, channel, orders, now):
        """:return: the events of orders, in the order of their changes"""
        events, zone = [], self._shop(channel)["zone"] if orders else ""
        for composed in self._compose(channel, orders):
            if is_late(composed["order"], zone, now):
                composed["late"] = True
            payload = json.dumps(
                composed, ensure_ascii=False, separators=(",", ":"), sort_keys=True
            ).encode()
            ref = text(composed["order"], "id")
            events.append(Event("orders", event_ref(ref, payload), payload, ref))
        return events

    # === IN: COMPOSING === #

    @api.model
    def _compose(self, channel, orders):
        """Ask for all that belongs to orders, with one call for each resource.

        :param list orders: orders as the webservice tells them
        :rtype: list[dict]
        """
        if not orders:
            return []
        shop = self._shop(channel)
        ids = [text(order, "id") for order in orders]
        references = {text(order, "reference") for order in orders}
        parts = {
            name: rows_by(self._get_all(channel, resource, "id_order", ids), "id_order")
            for name, resource in (
                ("details", "order_details"),
                ("slips", "order_slip"),
                ("cart_rules", "order_cart_rules"),
                ("histories", "order_histories"),
                ("messages", "messages"),
            )
        }
        payments = self._get_all(channel, "order_payments", "order_reference", references)
        siblings = self._get_all(
            channel, "orders", "reference", references, "[id,reference,total_paid_tax_incl]"
        )
        people = self._people(channel, orders)
        by_reference = rows_by(payments, "order_reference"), rows_by(siblings, "reference")
        return [
            {
                "order": without_secrets(order),
                **{name: rows.get(text(order, "id"), []) for name, rows in parts.items()},
                "payments": in_currencies(
                    by_reference[0].get(text(order, "reference"), []), shop["currencies"]
                ),
                "siblings": by_reference[1].get(text(order, "reference"), []),
                **of_order(order, people),
                **of_shop(order, shop),
                "states": states_of(
                    order, parts["histories"].get(text(order, "id"), []), shop["states"]
                ),
            }
            for order in orders
        ]

    @api.model
    def _people(self, channel, orders):
        """:return: rows by id of the customers, addresses and carriers of orders"""
        fields = {
            "customers": ("id_customer",),
            "addresses": ("id_address_delivery", "id_address_invoice"),
            "carriers": ("id_carrier",),
        }
        display = {
            # Everything but the digest of the password, which "full" tells.
            "customers": "[id,firstname,lastname,email,company,siret,ape,id_lang,is_guest]",
            "addresses": "full",
            "carriers": "[id,id_reference,name,external_module_name]",
        }
        found = {}
        for resource, names in fields.items():
            ids = {text(order, name) for order in orders for name in names} - {"", "0"}
            rows = self._get_all(channel, resource, "id", ids, display[resource])
            found[resource] = {text(row, "id"): row for row in rows}
        shop = self._shop(channel)
        for address in found["addresses"].values():
            address["country"] = shop["countries"].get(text(address, "id_country"), "")
            address["state"] = shop["regions"].get(text(address, "id_state"), "")
        return found

    @api.model
    def _shop(self, channel):
        """:return: what hardly changes at a shop, asked for every few minutes
        :rtype: dict
        """
        key = channel.id, channel.base_url, channel.account_ref
        found = _shops.get(key)
        if not found or found[0] < time.monotonic():
            _shops[key] = found = time.monotonic() + REMEMBERED, self._ask_shop(channel)
        return found[1]

    @api.model
    def _ask_shop(self, channel):
        """:return: ``zone``, ``settings``, ``states`` and all that ids stand for"""
        settings = self._settings(channel)
        currencies = self._get(channel, "currencies", display="full")
        isos = {
            "countries": "[id,iso_code]",
            "states": "[id,iso_code]",
            "languages": "[id,iso_code,locale]",
        }
        rows = {name: self._get(channel, name, display=display) for name, display in isos.items()}
        return {
            "zone": settings.get("PS_TIMEZONE") or "UTC",
            "settings": settings,
            "roles": {role: settings.get(name, "") for role, name in ROLES.items()},
            "currencies": {text(row, "id"): row for row in currencies},
            "countries": {text(row, "id"): text(row, "iso_code") for row in rows["countries"]},
            "regions": {text(row, "id"): text(row, "iso_code") for row in rows["states"]},
            "languages": {
                text(row, "id"): (text(row, "locale") or text(row, "iso_code")).replace("-", "_")
                for row in rows["languages"]
            },
            "taxes": {text(row, "id"): row for row in self._get(channel, "taxes", display="full")},
            "states": {
                text(row, "id"): {
                    flag: text(row, flag)
                    for flag in ("id", "paid", "shipped", "delivery", "logable", "invoice")
                }
                for row in self._get(channel, "order_states", display="full")
            },
        }

    @api.model
    def _settings(self, channel):
        """:return: settings of the shop by name; its own before those of all shops"""
        rows = self._get(
            channel,
            "configurations",
            **{
                "display": "[id,name,value,id_shop]",
                "filter[name]": any_of((*SETTINGS, *ROLES.values())),
            },
        )
        shops = _shop_ids(channel)
        mine = [r for r in rows if text(r, "id_shop") in ("", "0", *shops[:1])]
        ordered = sorted(mine, key=lambda row: text(row, "id_shop") not in ("", "0"))
        return {text(row, "name"): text(row, "value") for row in ordered}

    # === IN: THE CATALOGUE === #

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: products, or each of their combinations.

        Where shops of one installation keep stocks of their own, there is a row for each.
        """
        products = self._get(
            channel,
            "products",
            **{
                "display": "[id,reference,ean13,upc,name,price,active,state,id_default_image,"
                "id_tax_rules_group]",
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
                "[id,id_product,reference,ean13,upc,price]",
            ),
            "id_product",
        )
        stocks = {}
        for row in self._stocks(channel, ids):
            stocks.setdefault((text(row, "id_product"), combination_of(row)), []).append(row)
        rates = self._rates_by_group(channel)
        listings = [
            listing
            for product in products
            for combination in combinations.get(text(product, "id"), [None])
            for listing in self._listings(channel, product, combination, stocks, rates)
        ]
        return listings, ids[-1] if len(ids) == PAGE else None

    @api.model
    def _listings(self, channel, product, combination, stocks, rates):
        """:return: the listings of one product or combination, one for each of its stocks"""
        ref = listing_ref(text(product, "id"), text(combination or {}, "id"))
        net = money(product, "price") + money(combination or {}, "price")
        rate = rates.get(text(product, "id_tax_rules_group"), ZERO)
        rows = stocks.get((text(product, "id"), text(combination or {}, "id") or "0"), [{}])
        active = text(product, "active") == "1" and text(product, "state") != "0"
        own = combination or product
        return [
            Listing(
                ref=ref,
                item_ref=text(row, "id"),
                parent_ref=text(product, "id") if combination else "",
                sku=text(own, "reference") or text(product, "reference") * (not combination) or ref,
                barcode=text(own, "ean13") or text(own, "upc"),
                name=localised(product.get("name")),
                price=rounded(net * (1 + rate / HUNDRED)),
                currency=self._default_currency(channel),
                quantity=money(row, "quantity") if row else None,
                location_ref=text(row, "id_shop") if len(rows) > 1 else "",
                image_url=self._image_url(channel, product),
                status="active" if active else "inactive",
            )
            for row in rows
        ]

    @api.model
    def _image_url(self, channel, product):
        """:return: where a product's picture is, '' where it has none"""
        number = text(product, "id_default_image")
        if number in ("", "0"):
            return ""
        return f"{self._base_url(channel)}/img/p/{'/'.join(number)}/{number}.jpg"

    @api.model
    def _default_currency(self, channel):
        """:return: the code of the currency of the catalogue"""
        shop = self._shop(channel)
        row = shop["currencies"].get(shop["settings"].get("PS_CURRENCY_DEFAULT", ""), {})
        return text(row, "iso_code")

    @api.model
    def _rates_by_group(self, channel):
        """:return: percent by the id of a product's tax rules, in the shop's own country"""
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
        """:return: the stock rows of products, of the channel's shops"""
        rows = self._get_all(channel, "stock_availables", "id_product", products)
        shops = _shop_ids(channel)
        if not shops:
            return rows
        return [row for row in rows if text(row, "id_shop") in ("", "0", *shops)]

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: each shop has its stock, or shares it."""
        shops = _shop_ids(channel)
        return [
            {"ref": text(row, "id"), "name": text(row, "name"), "fulfils": True}
            for row in self._get(channel, "shops", display="[id,name]")
            if not shops or text(row, "id") in shops
        ]

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: orders are taken with what their customers pay,
        so every rate is one that prices include.
        """
        return [
            {
                "name": localised(tax.get("name")),
                "rate": money(tax, "rate").normalize(),
                "included": True,
            }
            for tax in self._shop(channel)["taxes"].values()
            if text(tax, "active") == "1" and text(tax, "deleted") != "1"
        ]

    # === CONNECTION === #

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: the address, the key, and all it has to allow."""
        key = (channel.sudo().api_key or "").strip()
        if not self._base_url(channel) or not key:
            return self.env._("Enter the shop's address and its webservice key.")
        if len(key) != 32:
            return self.env._("A webservice key has 32 characters, this one %s.", len(key))
        try:
            answer = self._call(
                channel, "GET", "/api/", auth=(key, ""), accept=(401, 403, 404, 503)
            )
        except (RetryableError, FinalError) as error:
            return str(error)
        return self._why_not(channel, answer)

    @api.model
    def _why_not(self, channel, answer):
        """:return: what an answer says is missing, in words; '' when nothing is"""
        told = "; ".join(words for _code, words in read_errors(answer.body))
        if answer.status == 401:
            return self.env._(
                "The shop refuses the webservice key: %(told)s. Copy it again from Advanced "
                "parameters > Webservice, and see that it is enabled there.",
                told=told or answer.status,
            )
        if answer.status == 503:
            return self.env._(
                "The shop's webservice is off: switch it on in Advanced parameters > "
                "Webservice. (%(told)s)",
                told=told or answer.status,
            )
        if answer.status == 403:
            return self.env._("The key does not open this shop: %(told)s", told=told)
        root = parse_xml(answer.body)
        api_node = root.find(".//api") if root is not None else None
        if answer.status != 200 or api_node is None:
            return self.env._(
                "There is no PrestaShop webservice at this address: enter the shop's own, "
                "with the folder it is in, as the browser shows it."
            )
        return self._missing(api_node)

    @api.model
    def _missing(self, api_node):
        """:return: what the key does not allow, in words"""
        wanted = [(name, "get") for name in READ] + list(WRITE.items())
        missing = {}
        for name, method in wanted:
            node = api_node.find(name)
            if node is None or node.get(method) != "true":
                missing.setdefault(method.upper(), []).append(name)
        if not missing:
            return ""
        return self.env._(
            "The webservice key lacks permissions; tick for it: %(missing)s.",
            missing="; ".join(f"{method}: {', '.join(n)}" for method, n in missing.items()),
        )

    @api.model
    def _base_url(self, channel):
        """Override of `oms.channel.adapter`: the address with or without ``/api``."""
        return re.sub(r"/api$", "", super()._base_url(channel))

    # === THE CALL === #

    @api.model
    def _get(self, channel, resource, **params):
        """:return: the rows of a resource
        :rtype: list[dict]
        """
        return self._get_dated(channel, resource, **params)[0]

    @api.model
    def _get_dated(self, channel, resource, **params):
        """:return: the rows of a resource, and the time at the shop"""
        shops = _shop_ids(channel)
        scope = shops[0] if len(shops) == 1 else "all"
        query = {"output_format": "JSON", "date": "1", "id_shop": scope, **params}
        try:
            answer = self._call(
                channel, "GET", f"/api/{resource}", params=query, auth=self._auth(channel)
            )
        except CredentialsError as error:
            codes = {code for code, _words in read_errors(error.answer.body)}
            if codes & set(ERROR_NO_PERMISSION):
                raise CredentialsError(
                    self.env._(
                        "The webservice key may not read %(resource)s: allow GET for it in "
                        "Advanced parameters > Webservice.",
                        resource=resource,
                    )
                ) from error
            raise
        told = answer.headers.get("Access-Time", "")
        seconds = float(told) if told.isdigit() else time.time()
        return rows_of(answer.json()), datetime.fromtimestamp(seconds, timezone.utc)

    @api.model
    def _get_all(self, channel, resource, field, values, display="full"):
        """:return: the rows whose field is one of some values, asked for in handy portions"""
        values = sorted({value for value in values if value})
        rows = []
        for start in range(0, len(values), PAGE):
            some = values[start : start + PAGE]
            rows += self._get(
                channel, resource, display=display, **{f"filter[{field}]": any_of(some)}
            )
        return rows

    @api.model
    def _write(self, channel, method, resource, records, **params):
        """Write records.

        :return: the root of the answer
        :raise FinalError: when PrestaShop refuses
        """
        shops = _shop_ids(channel)
        node = NODES.get(resource, resource.removesuffix("s"))
        answer = self._call(
            channel,
            method,
            f"/api/{resource}",
            body=to_xml(node, records),
            params={"id_shop": shops[0] if len(shops) == 1 else "all", **params},
            headers={"Content-Type": "text/xml; charset=utf-8"},
            auth=self._auth(channel),
            accept=(400, 401, 404, 405, 500),
        )
        root = parse_xml(answer.body)
        if answer.status in (200, 201) and root is not None:
            return root
        raise self._refusal(resource, method, answer)

    @api.model
    def _refusal(self, resource, method, answer):
        """:return: the exception that an answer other than "done" means"""
        errors = read_errors(answer.body)
        codes = {code for code, _words in errors}
        told = "; ".join(words for _code, words in errors) or f"HTTP {answer.status}"
        if codes & set(ERROR_NO_PERMISSION):
            return CredentialsError(
                self.env._(
                    "The webservice key may not change %(resource)s: allow %(method)s for it in "
                    "Advanced parameters > Webservice.",
                    resource=resource,
                    method=method,
                )
            )
        if answer.status == 401:
            return CredentialsError(self.env._("The shop refuses the key: %(told)s", told=told))
        if answer.status >= 500 and (not codes or codes & set(ERROR_PHP)):
            return RetryableError(self.env._("The shop broke down: %(told)s", told=told))
        return FinalError(self.env._("PrestaShop refuses: %(told)s", told=told))

    @api.model
    def _auth(self, channel):
        """:return: who we are: the key as user, no password"""
        return (channel.sudo().api_key or "").strip(), ""

    @api.model
    def _order_filter(self, channel):
        """:return: the filter for the orders of the channel's shops"""
        shops = _shop_ids(channel)
        return {"filter[id_shop]": any_of(shops)} if len(shops) > 1 else {}


def _shop_ids(channel):
    """:return: the numbers of the channel's shops; none for all"""
    return re.findall(r"\d+", channel.account_ref or "")
