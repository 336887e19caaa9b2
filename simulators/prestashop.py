"""A PrestaShop 8 and its webservice: tables, filters, permissions, states, stock, slips.

It answers as the real one: JSON where ``output_format`` asks for it, else XML; ``[]`` where
there is nothing; errors with PrestaShop's own numbers. It sends nothing by itself.
"""

import base64
import html
import re
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from .base import Refusal, Response, Simulator

CENT = Decimal("0.01")
#: PS_PRICE_ROUND_MODE; 5 is half to odd
MODES = {
    "0": ROUND_CEILING,
    "1": ROUND_FLOOR,
    "2": ROUND_HALF_UP,
    "3": ROUND_HALF_DOWN,
    "4": ROUND_HALF_EVEN,
}
KEY = "Z9Q88PRJX5VWQHCWE4EE7SQ7HPNX00RA"
XLINK = "http://www.w3.org/1999/xlink"
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
#: (node of one, fields a write cannot do without, methods nobody is allowed)
RESOURCES = {
    "addresses": ("address", ("id_country", "alias", "lastname", "firstname", "address1"), ()),
    "carriers": ("carrier", ("name",), ()),
    "combinations": ("combination", ("id_product", "minimal_quantity"), ()),
    "configurations": ("configuration", ("name",), ()),
    "countries": ("country", ("iso_code",), ()),
    "currencies": ("currency", ("iso_code",), ()),
    "customer_messages": ("customer_message", ("message",), ()),
    "customer_threads": ("customer_thread", ("id_lang", "token"), ()),
    "customers": ("customer", ("lastname", "firstname", "email"), ()),
    "languages": ("language", ("iso_code",), ()),
    "messages": ("message", ("message",), ()),
    "order_carriers": ("order_carrier", ("id_order", "id_carrier"), ()),
    "order_cart_rules": ("order_cart_rule", ("id_order", "name", "value"), ()),
    "order_details": ("order_detail", ("id_order", "product_name", "product_quantity"), ()),
    "order_histories": ("order_history", ("id_order_state", "id_order"), ()),
    "order_payments": ("order_payment", ("id_currency", "amount"), ()),
    "order_slip": (
        "order_slip",
        (
            "id_customer",
            "id_order",
            "conversion_rate",
            "total_products_tax_excl",
            "total_products_tax_incl",
            "total_shipping_tax_excl",
            "total_shipping_tax_incl",
        ),
        (),
    ),
    "order_states": ("order_state", ("name",), ()),
    "orders": ("order", ("id_address_delivery", "id_cart", "id_currency"), ()),
    "products": ("product", ("price", "name", "link_rewrite"), ()),
    "shops": ("shop", ("name",), ()),
    "states": ("state", ("name",), ()),
    "stock_availables": (
        "stock_available",
        ("id_product", "id_product_attribute", "quantity", "depends_on_stock", "out_of_stock"),
        ("POST", "DELETE"),
    ),
    "tax_rules": ("tax_rule", ("id_tax_rules_group",), ()),
    "taxes": ("tax", ("rate",), ()),
}
#: id: name, logable, paid, shipped, delivery, invoice; as PrestaShop installs them
STATES = {
    1: ("Awaiting check payment", 0, 0, 0, 0, 0),
    2: ("Payment accepted", 1, 1, 0, 0, 1),
    3: ("Processing in progress", 1, 1, 0, 1, 1),
    4: ("Shipped", 1, 1, 1, 1, 1),
    5: ("Delivered", 1, 1, 1, 1, 1),
    6: ("Canceled", 0, 0, 0, 0, 0),
    7: ("Refunded", 0, 0, 0, 0, 1),
    8: ("Payment error", 0, 0, 0, 0, 0),
    9: ("On backorder (paid)", 0, 1, 0, 0, 1),
    10: ("Awaiting bank wire payment", 0, 0, 0, 0, 0),
    11: ("Remote payment accepted", 1, 1, 0, 0, 1),
    12: ("On backorder (not paid)", 0, 0, 0, 0, 0),
    13: ("Awaiting Cash On Delivery validation", 0, 0, 0, 0, 0),
}
UNWANTED = ("6", "8")
#: the state in which an order of a payment module begins
AWAITING = {"ps_checkpayment": "1", "ps_cashondelivery": "13"}
#: what payment modules call themselves to customers
PAYMENTS = {
    "ps_wirepayment": "Bank wire",
    "ps_checkpayment": "Payments by check",
    "ps_cashondelivery": "Cash on delivery",
}


class PrestashopSimulator(Simulator):
    code = "prestashop"
    topics = ()
    lacks = frozenset({"webhooks", "cancel_request", "locations", "ship_there", "exchange"})
    adds_to_shipped = False

    def __init__(self, port=0, seed=1, zone="Europe/Paris"):
        super().__init__(port, seed)
        self.key = KEY
        self.is_on = True
        self.zone = ZoneInfo(zone)
        self.permissions = {name: set(METHODS) for name in RESOURCES}
        self.tables = {name: {} for name in RESOURCES}
        self.totals = {}
        #: the orders and states whose customers got a mail
        self.mails = []
        #: what PHP writes before every answer, where errors are displayed: b"" is nothing
        self.notice = b""
        #: the most rows of an answer, whatever is asked for
        self.page_limit = 0
        #: ids of virtual products with a file to download
        self.files = set()
        #: states that a module of the shop turns into others, by id
        self.diverted = {}
        self._install()

    # === TABLES === #

    def _install(self):
        for iso, rate in (("EUR", "1.000000"), ("GBP", "0.850000"), ("USD", "1.100000")):
            self.insert("currencies", iso_code=iso, conversion_rate=rate, precision="2", active="1")
        for iso in ("FR", "DE", "GB", "US", "ES"):
            self.insert("countries", iso_code=iso, active="1")
        self.insert("states", iso_code="CA", name="California", id_country="4")
        self.insert("languages", iso_code="fr", locale="fr-FR", active="1")
        self.insert("languages", iso_code="en", locale="en-GB", active="1")
        self.insert("shops", name="Main", id_shop_group="1", active="1", deleted="0")
        self.insert("carriers", name="0", id_reference="1", external_module_name="")
        self.insert("carriers", name="My carrier", id_reference="2", external_module_name="")
        for name, *flags in STATES.values():
            names = ("logable", "paid", "shipped", "delivery", "invoice")
            self.insert(
                "order_states",
                name=name,
                deleted="0",
                **dict(zip(names, map(str, flags), strict=True)),
            )
        settings = {
            "PS_TIMEZONE": str(self.zone),
            "PS_CURRENCY_DEFAULT": "1",
            "PS_COUNTRY_DEFAULT": "1",
            "PS_LANG_DEFAULT": "1",
            "PS_ROUND_TYPE": "2",
            "PS_PRICE_ROUND_MODE": "2",
            "PS_STOCK_MANAGEMENT": "1",
            "PS_USE_ECOTAX": "0",
            "PS_ECOTAX_TAX_RULES_GROUP_ID": "0",
            "PS_OS_SHIPPING": "4",
            "PS_OS_DELIVERED": "5",
            "PS_OS_CANCELED": "6",
            "PS_OS_REFUND": "7",
            "PS_OS_ERROR": "8",
        }
        for name, value in settings.items():
            self.insert("configurations", name=name, value=value, id_shop="", id_shop_group="")

    def insert(self, resource, **values):
        """Add a row. :return: the row; its id is the next of its table"""
        rows = self.tables[resource]
        row = {"id": max(rows, default=0) + 1, **values}
        rows[row["id"]] = row
        return row

    def rows(self, resource, **values):
        """:return: the rows with these values"""
        return [
            row
            for row in self.tables[resource].values()
            if all(str(row.get(key)) == str(value) for key, value in values.items())
        ]

    def local(self, moment=None):
        """:return: a moment as the shop writes it: its own time, no offset"""
        return f"{(moment or self.now).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    # === THE WEBSERVICE === #

    def credentials(self):
        return {"base_url": self.url, "api_key": self.key, "account_ref": ""}

    def handle(self, request):
        path = [part for part in request.path.split("/") if part]
        if not path or path[0] != "api":
            return Response(404, "<html>not found</html>", {"Content-Type": "text/html"})
        self._check_key(request)
        if len(path) == 1:
            return self._root()
        resource = self._check_resource(request, path[1])
        headers = {"Access-Time": str(int(self.now.timestamp()))}
        if request.method in ("GET", "HEAD"):
            response = self._read(request, resource, path[2:])
        elif request.method == "DELETE":
            response = self._delete(request, resource, path[2:])
        else:
            response = self._save(request, resource)
        response.headers = {**headers, **response.headers}
        return response

    def respond(self, request):
        """Extend: what PHP wrote first has sent the headers, so the status is that of success."""
        response = super().respond(request)
        if self.notice and response.status < 502:
            body = response.encoded()
            response = Response(200, self.notice + body, dict(response.headers))
        return response

    def _check_key(self, request):
        if not self.is_on:
            raise self._refuse(
                request,
                503,
                22,
                "The PrestaShop webservice is disabled. Please activate it in the PrestaShop "
                "Back Office",
            )
        kind, _space, given = request.headers.get("Authorization", "").partition(" ")
        try:
            key = base64.b64decode(given).decode().partition(":")[0] if kind == "Basic" else ""
        except ValueError:
            key = ""
        if not key:
            raise self._refuse(request, 401, 17, "Authentication key is empty")
        if len(key) != 32:
            raise self._refuse(request, 401, 18, "Invalid authentication key format")
        if key != self.key:
            raise self._refuse(request, 401, 20, "Authentification key is not active")
        shop = request.query.get("id_shop", "1")
        if shop != "all" and not (shop.isdigit() and int(shop) in self.tables["shops"]):
            raise self._refuse(request, 404, 999, "This shop id does not exist")

    def _check_resource(self, request, resource):
        if resource not in RESOURCES:
            raise self._refuse(request, 400, 27, f'Resource of type "{resource}" does not exists')
        allowed = self.permissions.get(resource)
        if not allowed:
            raise self._refuse(
                request,
                401,
                26,
                f'Resource of type "{resource}" is not allowed with this authentication key',
            )
        if request.method in RESOURCES[resource][2]:
            text = f"Method {request.method} is not allowed for the resource {resource}"
            raise self._refuse(request, 405, 101, text)
        if request.method not in allowed:
            raise self._refuse(
                request,
                405,
                25,
                f"Method {request.method} is not allowed for the resource {resource} with this "
                "authentication key",
            )
        return resource

    def _root(self):
        root = ElementTree.Element("prestashop")
        api = ElementTree.SubElement(root, "api", shopName="Shop")
        for name, methods in sorted(self.permissions.items()):
            if methods:
                flags = {m.lower(): "true" if m in methods else "false" for m in METHODS}
                ElementTree.SubElement(api, name, flags)
        return _xml(200, root)

    def _refuse(self, request, status, code, message):
        if request.query.get("output_format") == "JSON":
            return Refusal(Response(status, {"errors": [{"code": code, "message": message}]}))
        root = ElementTree.Element("prestashop")
        error = ElementTree.SubElement(ElementTree.SubElement(root, "errors"), "error")
        ElementTree.SubElement(error, "code").text = str(code)
        ElementTree.SubElement(error, "message").text = message
        return Refusal(_xml(status, root))

    # === READING === #

    def _read(self, request, resource, rest):
        query = request.query
        if rest:
            row = self.tables[resource].get(int(rest[0]) if rest[0].isdigit() else 0)
            if not row:
                return Response(404, b"")
            return self._render(request, RESOURCES[resource][0], self._shown(resource, row, None))
        rows = [self._full(resource, row) for row in self.tables[resource].values()]
        rows = [row for row in rows if self._is_of_shops(query, row, resource)]
        for name, value in query.items():
            if field := re.fullmatch(r"filter\[(\w+)\]", name):
                rows = self._filter(request, rows, field[1], value)
        rows = self._sort(request, rows)
        rows = self._limit(request, rows)
        fields = self._fields(request, resource)
        shown = [self._shown(resource, row, fields) for row in rows]
        plural = "order_slips" if resource == "order_slip" else resource
        if query.get("output_format") != "JSON":
            return self._render_xml_list(plural, RESOURCES[resource][0], shown)
        return Response(200, {plural: shown} if shown else [])

    def _is_of_shops(self, query, row, resource):
        if "id_shop" not in row or resource == "configurations":
            return True
        asked = query.get("id_shop", "1")
        return asked == "all" or str(row["id_shop"]) in ("", "0", asked)

    def _filter(self, request, rows, field, value):
        if field in ("date_add", "date_upd") and request.query.get("date") != "1":
            raise self._refuse(request, 400, 32, "This filter does not exist. Did you mean")
        if value == "":
            raise self._refuse(request, 400, 33, f'The filter "{field}" is malformed.')
        if rows and not any(field in row for row in rows):
            raise self._refuse(request, 400, 32, "This filter does not exist. Did you mean")
        test = _test(value)
        return [row for row in rows if test(str(row.get(field, "")))]

    def _sort(self, request, rows):
        asked = request.query.get("sort", "")
        for one in reversed([s for s in asked.strip("[]").split(",") if s]):
            field, _under, direction = one.rpartition("_")
            if direction not in ("ASC", "DESC"):
                raise self._refuse(request, 400, 37, 'The "sort" value has to be formed as')
            rows = sorted(
                rows, key=lambda row, f=field: _order(row.get(f)), reverse=direction == "DESC"
            )
        return rows

    def _limit(self, request, rows):
        limit = request.query.get("limit")
        if not limit:
            return rows
        parts = limit.split(",")
        if len(parts) > 2:
            raise self._refuse(request, 400, 39, 'The "limit" value has to be formed as')
        numbers = [int(part) for part in parts]
        start, count = numbers if len(numbers) == 2 else (0, numbers[0])
        return rows[start : start + min(count, self.page_limit or count)]

    def _fields(self, request, resource):
        """:return: the fields to show; ``None`` for all"""
        display = request.query.get("display", "[id]")
        if display == "full":
            return None
        if not re.fullmatch(r"\[.*\]", display):
            raise self._refuse(request, 400, 36, "The 'display' syntax is wrong.")
        fields = display[1:-1].split(",")
        known = next(iter(self.tables[resource].values()), None)
        for field in fields:
            if known is not None and field not in self._full(resource, known):
                raise self._refuse(request, 400, 35, f'Unable to display this field "{field}".')
        return fields

    def _full(self, resource, row):
        """:return: a row with what belongs to it"""
        if resource == "orders":
            keys = (
                "id product_id product_attribute_id product_quantity product_name "
                "product_reference product_ean13 product_isbn product_upc product_price "
                "id_customization unit_price_tax_incl unit_price_tax_excl"
            ).split()
            details = self.rows("order_details", id_order=row["id"])
            rows = [{key: str(d.get(key, "")) for key in keys} for d in details]
            return {**row, "associations": {"order_rows": rows}}
        return row

    def _shown(self, resource, row, fields):
        row = self._full(resource, row)
        if fields is not None:
            return {field: row[field] for field in fields if field in row}
        return {
            key: value for key, value in row.items() if key != "associations" or any(value.values())
        }

    def _render(self, request, node, row):
        if request.query.get("output_format") == "JSON":
            return Response(200, {node: row})
        return _xml(200, _element(ElementTree.Element("prestashop"), node, row))

    def _render_xml_list(self, plural, node, rows):
        root = ElementTree.Element("prestashop")
        group = ElementTree.SubElement(root, plural)
        for row in rows:
            _element(group, node, row)
        return _xml(200, root)

    # === WRITING === #

    def _delete(self, request, resource, rest):
        if not rest or not self.tables[resource].pop(int(rest[0]), None):
            raise self._refuse(request, 404, 87, "Id(s) not exists")
        return Response(200, b"")

    def _save(self, request, resource):
        node, _required, _forbidden = RESOURCES[resource]
        try:
            entities = list(ElementTree.fromstring(request.body))
        except ElementTree.ParseError as error:
            raise self._refuse(request, 500, 127, f"XML error : {error}") from error
        self._check_ids(request, entities)
        root = ElementTree.Element("prestashop")
        for entity in entities:
            row = self._save_one(request, resource, entity)
            if resource == "order_histories" and request.query.get("sendemail") == "1":
                self.mails.append((row["id_order"], row["id_order_state"]))
            _element(root, node, self._full(resource, row))
        return _xml(201 if request.method == "POST" else 200, root)

    def _check_ids(self, request, entities):
        ids = [entity.findtext("id") for entity in entities if entity.findtext("id")]
        if request.method == "POST":
            if ids:
                raise self._refuse(request, 400, 91, "id is forbidden when adding a new resource")
            return
        if len(set(ids)) != len(ids):
            raise self._refuse(request, 400, 89, "id is duplicate in request")
        if len(ids) != len(entities):
            raise self._refuse(request, 400, 90, "id is required when modifying a resource")

    def _save_one(self, request, resource, entity):
        """Save one of a call; what came before it in the call stays saved."""
        _node, required, _forbidden = RESOURCES[resource]
        given = {
            child.tag: (child.text or "")
            for child in entity
            if child.tag not in ("id", "associations")
        }
        row = self.tables[resource].get(int(entity.findtext("id") or 0))
        if request.method != "POST" and not row:
            raise self._refuse(request, 404, 92, "Invalid ID")
        if request.method != "PATCH":
            for name in required:
                if given.get(name, "") == "":
                    raise self._refuse(request, 400, 41, f'parameter "{name}" required')
        self._validate(request, resource, given, row)
        if request.method == "PUT":
            # What a PUT does not tell is emptied.
            lost = {
                key: "" for key in row if key not in ("id", "associations") and key not in given
            }
            given = {**lost, **given}
        if request.method == "POST":
            return getattr(self, f"_post_{resource}")(given, entity)
        row.update(given)
        self._after_update(resource, row)
        return row

    def _validate(self, request, resource, given, row):
        number = given.get("tracking_number", "")
        if not re.fullmatch(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]{0,64}", number):
            raise self._refuse(
                request, 400, 85, 'Validation error: "Property tracking_number is not valid"'
            )
        for name in ("price", "quantity"):
            if name in given and not re.fullmatch(r"-?\d+(\.\d+)?", given[name]):
                text = f'Validation error: "Property {name} is not valid"'
                raise self._refuse(request, 400, 85, text)
        if resource == "stock_availables" and row["depends_on_stock"] == "1":
            raise self._refuse(
                request,
                500,
                133,
                "You cannot update the available stock when it depends on stock.",
            )
        if resource == "order_histories" and given.get("id_order"):
            order = self.tables["orders"].get(int(given["id_order"]))
            if not order or int(given["id_order_state"]) not in self.tables["order_states"]:
                raise self._refuse(request, 500, 46, "Unable to save resource")

    def _after_update(self, resource, row):
        if resource == "order_carriers":
            self.shipments.append(
                {"order_ref": str(row["id_order"]), "number": row["tracking_number"]}
            )
        if resource in ("products", "combinations"):
            sku, base = self._sku_of(resource, row), "0"
            product = row
            if resource == "combinations":
                product = self.tables["products"][int(row["id_product"])]
                base = product["price"]
            rate = self._rate_of(product)
            # PHP adds binary fractions: 35.9 - 35.075 is a hair less than 0.825.
            net = Decimal(repr(float(base) + float(row["price"])))
            gross = net * (1 + rate / 100)
            gross += self._ecotax_of(product, row)
            self.prices[sku] = f"{_rounded(gross, CENT, self._setting('PS_PRICE_ROUND_MODE'))}"

    def _post_order_histories(self, given, _entity):
        order = self.tables["orders"][int(given["id_order"])]
        wanted = given["id_order_state"]
        row = self._set_state(order, self.diverted.get(wanted, wanted))
        if row["id_order_state"] == "6":
            self.cancellations.append({"order_ref": str(order["id"])})
        if self._flag(row["id_order_state"], "shipped"):
            numbers = [
                c["tracking_number"] for c in self.rows("order_carriers", id_order=order["id"])
            ]
            self.shipments.append(
                {
                    "order_ref": str(order["id"]),
                    "state": row["id_order_state"],
                    "number": ",".join(numbers),
                }
            )
        return row

    def _post_order_slip(self, given, entity):
        details = [
            {child.tag: child.text or "" for child in item}
            for item in entity.iterfind("associations/order_slip_details/*")
        ]
        slip = self._add_slip(given, details)
        self.refunds_told.append(
            {
                "order_ref": given["id_order"],
                "amount": str(
                    Decimal(given["total_products_tax_incl"])
                    + Decimal(given["total_shipping_tax_incl"])
                ),
                "lines": details,
                "refund_ref": str(slip["id"]),
            }
        )
        return slip

    # === A SHOPKEEPER'S DAY === #

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        """Override: ``tax_rate`` (prices include it), ``combinations`` as tuples (SKU,
        quantity, price) or (…, ecotax), ``depends_on_stock``, ``shops`` with a stock of their
        own, ``ean13``, ``virtual``, with or without a ``file`` to download.
        """
        with self.lock:
            rate = Decimal(values.get("tax_rate", "0"))
            net = Decimal(price) / (1 + rate / 100)
            product = self.insert(
                "products",
                reference=sku,
                ean13=values.get("ean13", ""),
                upc="",
                name=[{"id": "1", "value": name}, {"id": "2", "value": name}],
                price=_six(net),
                ecotax=_six(Decimal(values.get("ecotax", "0"))),
                active="1",
                state="1",
                id_default_image=values.get("image", ""),
                id_tax_rules_group=self._tax_group(rate),
                link_rewrite=[{"id": "1", "value": sku.lower()}],
                product_type="virtual" if values.get("virtual") else "standard",
                is_virtual="1" if values.get("virtual") else "0",
            )
            if values.get("file"):
                self.files.add(str(product["id"]))
            combinations = values.get("combinations", ())
            for combination_sku, count, gross, *ecotax in combinations:
                impact = Decimal(gross) / (1 + rate / 100) - net
                row = self.insert(
                    "combinations",
                    id_product=str(product["id"]),
                    reference=combination_sku,
                    ean13="",
                    upc="",
                    price=_six(impact),
                    ecotax=_six(Decimal(ecotax[0] if ecotax else "0")),
                    minimal_quantity="1",
                )
                self._add_stock(product, row["id"], count, values)
            self._add_stock(product, 0, quantity or sum(c[1] for c in combinations), values)
            return str(product["id"])

    def _add_stock(self, product, combination, quantity, values):
        for shop in values.get("shops", ("1",)):
            self.insert(
                "stock_availables",
                id_product=str(product["id"]),
                id_product_attribute=str(combination),
                id_shop=shop,
                id_shop_group="0",
                quantity=str(quantity),
                depends_on_stock="1" if values.get("depends_on_stock") else "0",
                out_of_stock="2",
                location="",
            )

    def _tax_group(self, rate):
        """:return: the id of the tax rules of a rate, made where there are none"""
        if not rate:
            return "0"
        tax = next((t for t in self.rows("taxes") if Decimal(t["rate"]) == rate), None)
        if tax is None:
            tax = self.insert(
                "taxes",
                rate=f"{rate:.3f}",
                active="1",
                deleted="0",
                name=[{"id": "1", "value": f"TVA {rate}%"}],
            )
            self.insert(
                "tax_rules",
                id_tax_rules_group=str(tax["id"]),
                id_country="1",
                id_state="0",
                id_tax=str(tax["id"]),
            )
        return str(tax["id"])

    def _rate_of(self, product):
        tax = self.tables["taxes"].get(int(product["id_tax_rules_group"] or 0))
        return Decimal(tax["rate"]) if tax else Decimal(0)

    def _ecotax_of(self, product, row):
        """:return: the ecological tax, with its own tax, of a product or its combination"""
        if self._setting("PS_USE_ECOTAX") != "1":
            return Decimal(0)
        net = Decimal(row["ecotax"]) or Decimal(product["ecotax"])
        tax = self.tables["taxes"].get(int(self._setting("PS_ECOTAX_TAX_RULES_GROUP_ID")))
        return net * (1 + (Decimal(tax["rate"]) if tax else Decimal(0)) / 100)

    def _setting(self, name):
        [row] = self.rows("configurations", name=name)
        return row["value"]

    def set_precision(self, iso, precision):
        """A shopkeeper changes how many decimals a currency has."""
        with self.lock:
            [row] = self.rows("currencies", iso_code=iso)
            row["precision"] = str(precision)

    def _coin(self, order):
        """:return: the smallest amount of an order's currency"""
        precision = int(self.tables["currencies"][int(order["id_currency"])]["precision"])
        return Decimal((0, (1,), -precision))

    def set_setting(self, name, value):
        """A shopkeeper changes a setting of the shop."""
        with self.lock:
            [row] = self.rows("configurations", name=name)
            row["value"] = value

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """Override: knows as well ``shop``, ``gift_message``, ``wrapping``, ``reference`` (of a
        checkout that was split), ``voucher`` (name), ``free_shipping``, ``company``,
        ``vat_number``, ``conversion_rate``, ``module``, ``off`` (by how much the total differs
        from its parts, for the real shop rounds each of them).

        PrestaShop does not tell money that is authorised only: such an order is unpaid.
        """
        with self.lock:
            self.tick()
            customer, address = self._add_person(shape)
            rate = Decimal(str(shape.get("tax_rate", "0")))
            order = self._add_head(customer, address, rate, shape)
            self._fill(order, lines, rate)
            self._add_extras(order, rate, shape)
            self._sum_up(order)
            for name in ("total_paid", "total_paid_tax_incl"):
                order[name] = _six(Decimal(order[name]) + Decimal(shape.get("off", "0")))
            self.totals[str(order["id"])] = order["total_paid_tax_incl"]
            self._take_stock(order, -1)
            self.insert(
                "order_carriers",
                id_order=str(order["id"]),
                id_carrier="2",
                tracking_number="",
                date_add=self.local(),
            )
            unpaid = AWAITING.get(order["module"], "10")
            is_paid = paid and order["module"] != "ps_cashondelivery"
            self._set_state(order, "8" if status == "pending" else "2" if is_paid else unpaid)
            return str(order["id"])

    def _add_head(self, customer, address, rate, shape):
        """:return: a new order of a customer, without rows and sums"""
        currency = self.rows("currencies", iso_code=shape.get("currency", "EUR"))[0]
        usual = "ps_cashondelivery" if shape.get("cash") else "ps_wirepayment"
        module = shape.get("module", usual)
        return self.insert(
            "orders",
            id_address_delivery=str(address["id"]),
            id_address_invoice=str(address["id"]),
            id_cart="0",
            id_currency=str(currency["id"]),
            id_lang="2",
            id_customer=str(customer["id"]),
            id_carrier="2",
            current_state="0",
            module=module,
            valid="0",
            date_add=self.local(),
            date_upd=self.local(),
            note="",
            id_shop=str(shape.get("shop", "1")),
            id_shop_group="1",
            secure_key="b44a6d9efd7a0076a0fbce6b15eaf3b1",
            payment=PAYMENTS.get(module, module),
            gift="1" if shape.get("gift_message") or shape.get("wrapping") else "0",
            gift_message=shape.get("gift_message", ""),
            carrier_tax_rate=f"{rate:.3f}",
            conversion_rate=currency["conversion_rate"],
            total_paid_real="0.000000",
            reference=shape.get("reference") or self._reference(),
            round_mode=self._setting("PS_PRICE_ROUND_MODE"),
            round_type=self._setting("PS_ROUND_TYPE"),
        )

    def _reference(self):
        return "".join(self.random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _n in range(9))

    def _add_person(self, shape):
        first, _space, last = shape.get("name", "Ann Lee").partition(" ")
        customer = self.insert(
            "customers",
            firstname=first,
            lastname=last,
            email=shape.get("email", "ann.lee@example.com"),
            company=shape.get("company", ""),
            siret=shape.get("siret", ""),
            ape="",
            id_lang="2",
            is_guest="1" if shape.get("guest") else "0",
            passwd="$2y$10$secret",
        )
        iso = shape.get("country", "FR")
        country = self.rows("countries", iso_code=iso)
        state = {}
        if code := shape.get("state"):
            # Of every country there are the states of its localization pack.
            country = country or [self.insert("countries", iso_code=iso, active="1")]
            state = self.insert(
                "states",
                iso_code=code,
                name=shape.get("state_name", code),
                id_country=str(country[0]["id"]),
            )
        address = self.insert(
            "addresses",
            id_customer=str(customer["id"]),
            firstname=first,
            lastname=last,
            company=shape.get("company", ""),
            vat_number=shape.get("vat_number", ""),
            dni="",
            address1="16, Main street",
            address2="",
            postcode="75002",
            city="Paris",
            id_country=str(country[0]["id"]) if country else "0",
            id_state=str(state.get("id", 0)),
            phone="0102030405",
            phone_mobile="",
            other=shape.get("address_note", ""),
            alias="My Address",
        )
        return customer, address

    def _fill(self, order, lines, rate):
        """Give an order its rows, those it has for the same SKU are kept."""
        kept = {
            (d["product_id"], d["product_attribute_id"]): d
            for d in self.rows("order_details", id_order=order["id"])
        }
        for detail in kept.values():
            del self.tables["order_details"][detail["id"]]
        for sku, quantity, price in lines:
            values = self._detail_values(order, sku, quantity, price, rate)
            sold = values["product_id"], values["product_attribute_id"]
            if sold in kept:
                refunded = kept[sold]["product_quantity_refunded"]
                row = {"id": kept[sold]["id"], **values, "product_quantity_refunded": refunded}
                self.tables["order_details"][row["id"]] = row
            else:
                self.insert("order_details", **values)

    def _detail_values(self, order, sku, quantity, price, rate):
        """:return: the values of a row of an order"""
        product, combination = self._find(sku)
        gross = Decimal(price)
        net = gross / (1 + rate / 100)
        tax = self._tax_group(rate)
        own = combination or product
        return {
            "id_order": str(order["id"]),
            "product_id": str(product["id"]),
            "product_attribute_id": str(combination["id"] if combination else 0),
            "product_quantity": str(quantity),
            "product_quantity_refunded": "0",
            "product_name": product["name"][0]["value"],
            # Those of the product, where the combination has none.
            "product_reference": own["reference"] or product["reference"],
            "product_ean13": own["ean13"] or product["ean13"],
            "product_upc": "",
            "product_isbn": "",
            "product_price": _six(net),
            "id_customization": "0",
            "download_hash": "hash" if str(product["id"]) in self.files else "",
            "unit_price_tax_incl": _six(gross),
            "unit_price_tax_excl": _six(net),
            "total_price_tax_incl": _six(self._row_total(order, gross, quantity)),
            "total_price_tax_excl": _six(self._row_total(order, net, quantity)),
            "associations": {"taxes": [{"id": tax}] if rate else []},
        }

    def _row_total(self, order, price, quantity):
        """:return: what pieces of a price cost, rounded by piece, by row or not yet"""
        coin, mode = self._coin(order), order["round_mode"]
        if order["round_type"] == "1":
            return _rounded(price, coin, mode) * quantity
        total = price * quantity
        return _rounded(total, coin, mode) if order["round_type"] == "2" else total

    def _find(self, sku):
        """:param str sku: or the ids of a product and its combination, as ``10-25``
        :return: the product and combination; a shop sells what it has
        """
        product, _dash, combination = sku.partition("-")
        if product.isdigit() and combination.isdigit():
            row = self.tables["combinations"][int(combination)]
            return self.tables["products"][int(product)], row
        for row in self.rows("combinations", reference=sku):
            return self.tables["products"][int(row["id_product"])], row
        for row in self.rows("products", reference=sku):
            return row, None
        ref = self.add_product(sku, sku.title(), quantity=1000)
        return self.tables["products"][int(ref)], None

    def _add_extras(self, order, rate, shape):
        for key, name in (("shipping", "total_shipping"), ("wrapping", "total_wrapping")):
            gross = Decimal(shape.get(key) or "0")
            order[f"{name}_tax_incl"] = order[name] = _six(gross)
            order[f"{name}_tax_excl"] = _six(gross / (1 + rate / 100))
        discount = Decimal(shape.get("discount") or "0")
        order["total_discounts_tax_incl"] = order["total_discounts"] = _six(discount)
        order["total_discounts_tax_excl"] = _six(discount / (1 + rate / 100))
        if discount:
            self.insert(
                "order_cart_rules",
                id_order=str(order["id"]),
                id_cart_rule="1",
                name=shape.get("voucher", "Welcome"),
                value=_six(discount),
                value_tax_excl=order["total_discounts_tax_excl"],
                free_shipping="1" if shape.get("free_shipping") else "0",
                deleted="0",
            )
        if shape.get("note"):
            self.insert(
                "messages",
                id_order=str(order["id"]),
                id_customer=order["id_customer"],
                id_employee="0",
                message=shape["note"],
                private="0",
                date_add=self.local(),
            )
            self._add_message(order, shape["note"])

    def _add_message(self, order, text, employee="0"):
        """Keep a message in the thread of an order; the shop escapes it as for a page."""
        threads = self.rows("customer_threads", id_order=order["id"])
        thread = threads[0] if threads else None
        if thread is None:
            thread = self.insert(
                "customer_threads",
                id_order=str(order["id"]),
                id_customer=order["id_customer"],
                id_lang="1",
                token="token",
                status="open",
            )
        self.insert(
            "customer_messages",
            id_customer_thread=str(thread["id"]),
            id_employee=employee,
            message=html.escape(html.unescape(text), quote=False),
            private="0",
            date_add=self.local(),
            date_upd=self.local(),
        )

    def write_message(self, ref, text, *, by_staff=False):
        """A customer, or staff, write about an order later: its own time does not change."""
        with self.lock:
            self.tick()
            self._add_message(self.tables["orders"][int(ref)], text, "1" if by_staff else "0")

    def _sum_up(self, order):
        details = self.rows("order_details", id_order=order["id"])
        for kind, products in (("incl", "total_products_wt"), ("excl", "total_products")):
            goods = sum((Decimal(d[f"total_price_tax_{kind}"]) for d in details), Decimal(0))
            order[products] = _six(_rounded(goods, self._coin(order), order["round_mode"]))
            total = (
                Decimal(order[products])
                + Decimal(order[f"total_shipping_tax_{kind}"])
                + Decimal(order[f"total_wrapping_tax_{kind}"])
                - Decimal(order[f"total_discounts_tax_{kind}"])
            )
            order[f"total_paid_tax_{kind}"] = _six(max(total, Decimal(0)))
        order["total_paid"] = order["total_paid_tax_incl"]

    def _take_stock(self, order, sign):
        for detail in self.rows("order_details", id_order=order["id"]):
            for combination in {detail["product_attribute_id"], "0"}:
                for row in self.rows(
                    "stock_availables",
                    id_product=detail["product_id"],
                    id_product_attribute=combination,
                ):
                    if row["id_shop"] in ("0", order["id_shop"]):
                        change = sign * int(detail["product_quantity"])
                        row["quantity"] = str(int(row["quantity"]) + change)

    def _flag(self, state, name):
        row = self.tables["order_states"].get(int(state or 0))
        return bool(row) and row[name] == "1"

    def _set_state(self, order, state):
        """Move an order, with all that follows: stock, payment, carrier."""
        before = order["current_state"]
        if state in UNWANTED and before not in UNWANTED and before != "0":
            self._take_stock(order, 1)
        if before in UNWANTED and self._flag(state, "logable"):
            self._take_stock(order, -1)
        order.update(
            current_state=state,
            valid="1" if self._flag(state, "logable") else "0",
            date_upd=self.local(),
        )
        if self._flag(state, "paid"):
            self._pay_rest(order)
        return self.insert(
            "order_histories",
            id_order=str(order["id"]),
            id_order_state=state,
            id_employee="0",
            date_add=self.local(),
        )

    def _pay_rest(self, order):
        rest = Decimal(order["total_paid_tax_incl"]) - Decimal(order["total_paid_real"])
        if rest > 0:
            self.add_payment(order["id"], rest)

    def add_payment(self, ref, amount, currency="", **values):
        """Money comes, as PrestaShop books it: by the reference of the checkout."""
        with self.lock:
            order = self.tables["orders"][int(ref)]
            row = self.insert(
                "order_payments",
                order_reference=order["reference"],
                id_currency=str(self.rows("currencies", iso_code=currency)[0]["id"])
                if currency
                else order["id_currency"],
                amount=_six(Decimal(amount)),
                payment_method=order["payment"],
                conversion_rate=order["conversion_rate"],
                transaction_id=values.get("transaction_id", ""),
                date_add=self.local(),
            )
            order["total_paid_real"] = _six(Decimal(order["total_paid_real"]) + Decimal(amount))
            order["date_upd"] = self.local()
            return str(row["id"])

    def pay(self, ref):
        self._move(ref, "2")

    def _move(self, ref, state):
        with self.lock:
            self.tick()
            self._set_state(self.tables["orders"][int(ref)], state)

    def ship(self, ref):
        """Staff of the shop say that it was shipped."""
        self._move(ref, "4")

    def edit_order(self, ref, lines):
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            self._take_stock(order, 1)
            self._fill(order, lines, Decimal(order["carrier_tax_rate"]))
            self._share_rules(order)
            self._sum_up(order)
            self._take_stock(order, -1)
            order["date_upd"] = self.local()

    def add_line(self, ref, sku, quantity, price, tax_rate=None):
        """Override: the back office adds nothing to an order that was ever shipped; what it adds
        may have a ``tax_rate`` of its own.
        """
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            states = {row["id_order_state"] for row in self.rows("order_histories", id_order=ref)}
            if any(self._flag(state, "shipped") for state in states):
                raise ValueError("Cannot add product to shipped order")
            rate = Decimal(tax_rate or order["carrier_tax_rate"])
            values = self._detail_values(order, sku, quantity, price, rate)
            self.insert("order_details", **values)
            self._share_rules(order)
            self._sum_up(order)
            order["date_upd"] = self.local()

    def _share_rules(self, order):
        """Compute discounts again over the rows as they are now: amounts stay, up to what the
        goods cost, and the part of them that is tax follows the goods; both are rounded then.
        """
        details = self.rows("order_details", id_order=order["id"])
        goods, net = (
            sum((Decimal(d[f"total_price_tax_{kind}"]) for d in details), Decimal(0))
            for kind in ("incl", "excl")
        )
        sums = {"incl": Decimal(0), "excl": Decimal(0)}
        for rule in self.rows("order_cart_rules", id_order=order["id"]):
            value = _rounded(min(Decimal(rule["value"]), goods), self._coin(order))
            of_net = _rounded(value * net / goods if goods else value, self._coin(order))
            rule.update(value=_six(value), value_tax_excl=_six(of_net))
            sums["incl"] += value
            sums["excl"] += of_net
        for kind, amount in sums.items():
            order[f"total_discounts_tax_{kind}"] = _six(amount)
        order["total_discounts"] = order["total_discounts_tax_incl"]

    def change_address(self, ref, city):
        """Override: an order gets another row, since the old one stays the customer's."""
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            [old] = self.rows("addresses", id=order["id_address_delivery"])
            values = {key: value for key, value in old.items() if key != "id"}
            new = self.insert("addresses", **{**values, "city": city})
            order.update(id_address_delivery=str(new["id"]), date_upd=self.local())

    def touch(self, ref):
        with self.lock:
            self.tick()
            self.tables["orders"][int(ref)].update(note="Call back", date_upd=self.local())

    def cancel_order(self, ref):
        self._move(ref, "6")

    def reopen_order(self, ref):
        self._move(ref, "2")

    def refund_order(self, ref, lines=(), amount=None, *, returned=False, shipping="0"):
        """Override: a credit slip of staff; it does not touch the order's time of change.

        A line may have a third value: what is given back for it. Its rows are rounded, its sums
        are not.
        """
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            details = {d["product_reference"]: d for d in self.rows("order_details", id_order=ref)}
            rows, total = [], {"incl": Decimal(0), "excl": Decimal(0)}
            is_chosen = amount is not None or Decimal(shipping) > 0
            for sku, quantity, *price in lines:
                detail = details[sku]
                values = {"id_order_detail": str(detail["id"]), "product_quantity": str(quantity)}
                for kind in total:
                    unit = Decimal(detail[f"unit_price_tax_{kind}"])
                    part = unit * quantity
                    if price:
                        is_chosen = True
                        part = Decimal(price[0]) * unit / Decimal(detail["unit_price_tax_incl"])
                    total[kind] += part
                    values[f"amount_tax_{kind}"] = _six(_rounded(part, self._coin(order)))
                rows.append(values)
                refunded = int(detail["product_quantity_refunded"]) + quantity
                detail["product_quantity_refunded"] = str(refunded)
            chosen = Decimal(amount) if amount is not None else total["incl"]
            slip = self._add_slip(
                {
                    "id_customer": order["id_customer"],
                    "id_order": str(order["id"]),
                    "conversion_rate": order["conversion_rate"],
                    "total_products_tax_incl": _six(total["incl"] if rows else chosen),
                    "total_products_tax_excl": _six(total["excl"] if rows else chosen),
                    "total_shipping_tax_incl": _six(Decimal(shipping)),
                    "total_shipping_tax_excl": _six(
                        Decimal(shipping) / (1 + Decimal(order["carrier_tax_rate"]) / 100)
                    ),
                    "amount": _six(chosen),
                    "order_slip_type": "2" if is_chosen else "0",
                },
                rows,
            )
            return str(slip["id"])

    def refund_by_voucher(self, ref, lines):
        """Staff give a voucher for pieces, and no credit slip: only the rows of the order say
        so, and nothing has a new time.
        """
        with self.lock:
            self.tick()
            details = {d["product_reference"]: d for d in self.rows("order_details", id_order=ref)}
            for sku, quantity in lines:
                refunded = int(details[sku]["product_quantity_refunded"]) + quantity
                details[sku]["product_quantity_refunded"] = str(refunded)

    def _add_slip(self, values, details):
        at = self.local()
        return self.insert(
            "order_slip",
            **{
                "amount": "0",
                "shipping_cost": "0",
                "shipping_cost_amount": "0",
                "partial": "0",
                "order_slip_type": "0",
                **values,
                "date_add": at,
                "date_upd": at,
                "associations": {
                    "order_slip_details": [
                        {"id": str(n), **row} for n, row in enumerate(details, 1)
                    ]
                },
            },
        )

    def orders(self):
        with self.lock:
            return {
                str(order["id"]): self._truth(order) for order in self.tables["orders"].values()
            }

    def _truth(self, order):
        slips = self.rows("order_slip", id_order=order["id"])
        currency = self.tables["currencies"][int(order["id_currency"])]
        cancelled = order["current_state"] == "6"
        given_back = {}
        for slip in slips:
            for row in slip["associations"]["order_slip_details"]:
                number = int(row["id_order_detail"])
                given_back[number] = given_back.get(number, 0) + int(row["product_quantity"])
        return {
            "total": f"{Decimal(self.totals[str(order['id'])]):.2f}",
            "currency": currency["iso_code"],
            "cancelled": cancelled,
            "paid": sum(
                (
                    Decimal(p["amount"])
                    for p in self.rows("order_payments", order_reference=order["reference"])
                ),
                Decimal(0),
            ),
            "refunded": sum((self._slip_total(slip) for slip in slips), Decimal(0)),
            "quantities": {
                d["product_reference"]: 0
                if cancelled
                else int(d["product_quantity"]) - given_back.get(d["id"], 0)
                for d in self.rows("order_details", id_order=order["id"])
            },
        }

    def _slip_total(self, slip):
        chosen = slip["order_slip_type"] == "2"
        goods = slip["amount"] if chosen else slip["total_products_tax_incl"]
        return Decimal(goods) + Decimal(slip["total_shipping_tax_incl"])

    def stock(self):
        with self.lock:
            found = {}
            several = len(self.tables["shops"]) > 1
            for row in self.tables["stock_availables"].values():
                sku = self._stock_sku(row)
                if sku:
                    found[sku, row["id_shop"] if several else ""] = int(row["quantity"])
            return found

    def _stock_sku(self, row):
        """:return: the SKU a stock row is of; '' for the sum of combinations"""
        product, combination = row["id_product"], int(row["id_product_attribute"])
        if combination:
            return self.tables["combinations"][combination]["reference"]
        if self.rows("combinations", id_product=product):
            return ""
        return self.tables["products"][int(product)]["reference"]

    def _sku_of(self, resource, row):
        return row["reference"] or str(row["id"])


def _rounded(amount, coin, mode="2"):
    """:return: an amount in whole coins, by a number of PS_PRICE_ROUND_MODE"""
    if mode != "5":
        return amount.quantize(coin, MODES[mode])
    even = amount.quantize(coin, ROUND_HALF_EVEN)
    return 2 * amount - even if abs(amount - even) * 2 == coin else even


def _six(amount):
    """:return: an amount as PrestaShop writes it"""
    return f"{amount.quantize(Decimal('0.000001'), ROUND_HALF_UP):f}"


def _order(value):
    """:return: a key that sorts numbers as numbers"""
    text = str(value or "")
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def _test(value):
    """:return: the test a filter's value stands for"""
    if found := re.fullmatch(r"\[([\d.:\-\s]+),([\d.:\-\s]+)\]", value):
        low, high = sorted(found.groups())
        return lambda text: low <= text <= high
    if found := re.fullmatch(r"([<>!%]?)\[(.*)\](%?)", value):
        sign, inner, percent = found.groups()
        if sign in ("<", ">"):
            edge = _order(inner)
            return lambda text: _order(text) < edge if sign == "<" else _order(text) > edge
        if sign == "%" or percent:
            return lambda text: inner.casefold() in text.casefold()
        values = inner.split("|")
        return lambda text: (text in values) != (sign == "!")
    return lambda text: text == value


def _element(parent, node, row):
    """:return: ``parent`` with a row as element"""
    element = ElementTree.SubElement(parent, node)
    for key, value in row.items():
        if key == "associations":
            group = ElementTree.SubElement(element, key)
            for name, items in value.items():
                rows = ElementTree.SubElement(group, name)
                for item in items:
                    _element(rows, name.removesuffix("s"), item)
        elif isinstance(value, list):
            field = ElementTree.SubElement(element, key)
            for item in value:
                ElementTree.SubElement(field, "language", id=item["id"]).text = item["value"]
        else:
            ElementTree.SubElement(element, key).text = str(value)
    return parent


def _xml(status, root):
    body = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Response(status, body, {"Content-Type": "text/xml;charset=utf-8"})
