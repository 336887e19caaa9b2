"""PrestaShop's webservice: what its rows say, how far they were read, XML. No database."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)
from xml.etree import ElementTree

from lxml import etree

from odoo.addons.oms_addon.documents.values import UTC, get_zone, to_decimal, to_text
from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.shares import rounded

#: the date that is none, and the one nothing lies behind
NO_DATE = "0000-00-00 00:00:00"
END_OF_TIME = "9999-12-31 23:59:59"
XLINK = "http://www.w3.org/1999/xlink"

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_MICRO = Decimal("0.000001")
# More than what adding binary fractions is off by, less than what six decimals tell apart.
_HAIR = Decimal("1e-9")
_SEEN_AT_MOST = 500
#: how a shop rounds its prices, by its number of PS_PRICE_ROUND_MODE
ROUND_MODES = {
    "0": "up",
    "1": "down",
    "2": "half_up",
    "3": "half_down",
    "4": "half_even",
    "5": "half_odd",
}
_ROUNDINGS = {
    "up": ROUND_CEILING,
    "down": ROUND_FLOOR,
    "half_down": ROUND_HALF_DOWN,
    "half_even": ROUND_HALF_EVEN,
}


# === ROWS === #


def text(row, key):
    """Return a value of a row as text; PrestaShop writes nothing as null, '' or false."""
    value = row.get(key)
    if value is None or value is False:
        return ""
    return value if isinstance(value, str) else to_text(value, key)


def money(row, key):
    """Return a number of a row, 0 when it is not told.

    :raise DocumentError: when it is none
    """
    value = row.get(key)
    if value is None or value is False or value == "":
        return _ZERO
    return to_decimal(value, key)


def number_of(row, key="id"):
    """Return an id of a row as a number, 0 where there is none."""
    value = text(row, key)
    return int(value) if value.isascii() and value.isdigit() else 0


def localised(value):
    """Return the first text of a field that has one for each language."""
    if isinstance(value, list):
        value = next((row.get("value") for row in value if row.get("value")), "")
    return value if isinstance(value, str) else ""


def rows_by(rows, key):
    """Return lists of rows by one of their values."""
    found = {}
    for row in rows:
        found.setdefault(text(row, key), []).append(row)
    return found


def any_of(values):
    """Return a filter for any of some values."""
    return f"[{'|'.join(sorted(values))}]"


def listing_ref(product, combination=""):
    """Return how we name what is sold: ``10`` or, as a combination, ``10-25``."""
    return product if combination in ("", "0") else f"{product}-{combination}"


def event_ref(ref, payload):
    """Return the name of one state of an order, the same whenever it is asked for.

    :param str ref: the order's id
    :param bytes payload: the composed order
    """
    return f"poll:{ref}:{hashlib.sha256(payload).hexdigest()[:20]}"


def is_late(order, zone, now):
    """Say which of the two a time is that comes twice, because the clock is set back.

    :param dict order: as the webservice tells it, in the shop's own time
    :param str zone: the shop's
    :param datetime now: when it was asked for, aware
    :return: whether the order changed in the second one; only that had come already
    """
    try:
        local = datetime.fromisoformat(text(order, "date_upd"))
    except ValueError:
        return False
    earlier = local.replace(tzinfo=get_zone(zone)).astimezone(UTC)
    later = local.replace(tzinfo=get_zone(zone), fold=1).astimezone(UTC)
    return earlier < later <= now


# === PRICES === #


def shop_rounded(amount, coin, mode):
    """Return an amount in whole coins, as a shop rounds it.

    :param str mode: one of ``ROUND_MODES``
    """
    if mode != "half_odd":
        return amount.quantize(coin, _ROUNDINGS.get(mode, ROUND_HALF_UP))
    even = amount.quantize(coin, ROUND_HALF_EVEN)
    # Of two coins that are equally near, the other one.
    is_tie = abs(amount - even) * 2 == coin
    return (2 * amount - even).quantize(coin) if is_tie else even


def net_price(price, rate, ecotax, coin, mode, is_sum=False):
    """Find the price without tax with which a shop shows a price to the coin: it keeps six
    decimals, and rounds what it makes of them in its own way.

    :param Decimal price: with tax, as customers see it
    :param Decimal rate: of the tax, in percent
    :param Decimal ecotax: what the shop adds, with its tax
    :param bool is_sum: whether the shop adds it up of two prices, as for combinations: in binary
        fractions, which may leave a hair less or more than the sum
    :return: the net price; the nearest where none shows it
    """
    factor = 1 + rate / _HUNDRED
    nearest = ((price - ecotax) / factor).quantize(_MICRO, ROUND_HALF_UP)
    hairs = (-_HAIR, _HAIR) if is_sum else (_ZERO,)
    for net in (nearest, nearest + _MICRO, nearest - _MICRO):
        gross = net * factor + ecotax
        if all(shop_rounded(gross + hair, coin, mode) == price for hair in hairs):
            return net
    return nearest


# === COMPOSING AND ANSWERING === #


def rows_of(data):
    """:return: the rows of an answer; PrestaShop says [] for none
    :raise RetryableError: when it says what went wrong, or is no list of rows: a page that was
        not told is not an empty one
    """
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        told = "; ".join(text(e, "message") for e in data["errors"] if isinstance(e, dict))
        raise RetryableError(f"The shop could not answer: {told}")
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list):
        raise RetryableError("The shop's answer is no list of records.")
    return [row for row in data if isinstance(row, dict)]


def combination_of(row):
    """:return: the combination a stock row is of; 0 for the product itself"""
    return text(row, "id_product_attribute") or "0"


def of_order(order, people):
    """:return: who ordered, where to, and by which carrier"""
    addresses = people["addresses"]
    return {
        "customer": people["customers"].get(text(order, "id_customer"), {}),
        "delivery": addresses.get(text(order, "id_address_delivery"), {}),
        "invoice": addresses.get(text(order, "id_address_invoice"), {}),
        "carrier": people["carriers"].get(text(order, "id_carrier"), {}),
    }


def of_shop(order, shop):
    """:return: what an order's ids stand for"""
    currency = shop["currencies"].get(text(order, "id_currency"), {})
    rates = {key: text(tax, "rate") for key, tax in shop["taxes"].items()}
    return {
        "zone": shop["zone"],
        "roles": shop["roles"],
        "language": shop["languages"].get(text(order, "id_lang"), ""),
        "currency": text(currency, "iso_code"),
        "precision": text(currency, "precision") or "2",
        "taxes": rates,
        "rates": sorted(set(rates.values())),
    }


def states_of(order, histories, states):
    """:return: the flags of the states an order is and was in"""
    ids = {text(order, "current_state"), *(text(row, "id_order_state") for row in histories)}
    return {key: states[key] for key in sorted(ids) if key in states}


def in_currencies(payments, currencies):
    """:return: payments with the codes of their currencies"""
    return [
        {**row, "currency": text(currencies.get(text(row, "id_currency"), {}), "iso_code")}
        for row in payments
    ]


def without_secrets(order):
    return {key: value for key, value in order.items() if key != "secure_key"}


def slip_row(line, detail, coin):
    """:param Decimal coin: the smallest amount of the currency
    :return: the row of a credit slip for a line of a refund
    """
    gross = rounded(Decimal(str(line.get("amount") or 0)), coin)
    return {
        "id_order_detail": line["line_ref"],
        "product_quantity": int(Decimal(str(line.get("quantity") or 0))),
        # In whole coins, as the credit note has them.
        "amount_tax_excl": rounded(rounded(net_of(detail, gross, "unit_price"), coin), _MICRO),
        "amount_tax_incl": rounded(gross, _MICRO),
    }


def slip_total(slip, coin):
    """:param Decimal coin: the smallest amount of the currency
    :return: what a credit slip gives back, with tax

    Its goods, less a voucher that was taken off them; or what somebody chose instead,
    which is neither of its two sums.
    """
    gross, net = money(slip, "total_products_tax_incl"), money(slip, "total_products_tax_excl")
    chosen = money(slip, "amount")
    if text(slip, "order_slip_type") == "2" and chosen and chosen not in (gross, net):
        gross = chosen
    return rounded(gross + money(slip, "total_shipping_tax_incl"), coin)


def net_of(row, gross, name="total_paid"):
    """:return: a gross amount without tax, in the proportion of a row's two sums"""
    whole = money(row, f"{name}_tax_incl")
    return gross * money(row, f"{name}_tax_excl") / whole if whole else gross


def is_same_slip(one, slip, rows):
    """:return: whether a slip says what another would"""

    def content(rows):
        return sorted(
            (text(r, "id_order_detail"), money(r, "product_quantity"), money(r, "amount_tax_incl"))
            for r in rows
        )

    totals = ("total_products_tax_incl", "total_shipping_tax_incl")
    details = (one.get("associations") or {}).get("order_slip_details") or []
    return all(money(one, t) == money(slip, t) for t in totals) and content(details) == content(
        rows
    )


# === HOW FAR A SHOP WAS READ === #


@dataclass
class Cursor:
    """How far the orders of a shop were read, by the shop's own times.

    ``offset`` counts within a second that fills more than a page, ``ended`` says that the
    last page was not full, ``slip`` is the newest credit slip that was read and ``message`` the
    newest message of a customer, ``seen`` knows the digests of what the overlap shows again.
    ``refunded`` is how many pieces were taken back by the row of an order, of orders from
    ``floor`` on, which is of the day ``floor_day``.
    """

    at: str = ""
    offset: int = 0
    ended: bool = True
    slip: int | None = None
    message: int | None = None
    seen: dict = field(default_factory=dict)
    refunded: dict = field(default_factory=dict)
    floor: int = 0
    floor_day: str = ""

    @classmethod
    def loads(cls, value):
        """Return the cursor a text says; the first one for none."""
        return cls(**json.loads(value)) if value else cls()

    def dumps(self):
        """Return the cursor as text."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))

    def start(self, zone, overlap):
        """Return where the next page starts.

        The hour the clock is set back by is read again as a whole: its times come twice.

        :param str zone: the shop's
        :param int overlap: seconds a new sweep reaches back
        """
        if not self.at or not self.ended:
            return self.at or NO_DATE
        self.offset = 0
        at = datetime.fromisoformat(self.at)
        local = at.replace(tzinfo=get_zone(zone))
        repeated = local.utcoffset() - local.replace(fold=1).utcoffset()
        back = timedelta(seconds=overlap) + max(repeated, timedelta(0))
        return f"{at - back:%Y-%m-%d %H:%M:%S}"

    def advance(self, orders, start, is_full, overlap):
        """Move behind a page.

        :param list orders: its orders
        :param bool is_full: whether there may be more
        :return: the orders that are not as they were seen
        """
        fresh = []
        for order in orders:
            body = json.dumps(order, sort_keys=True, default=str).encode()
            digest = hashlib.sha256(body).hexdigest()[:12]
            ref = text(order, "id")
            if self.seen.get(ref, ["", ""])[1] != digest:
                fresh.append(order)
            self.seen[ref] = [text(order, "date_upd"), digest]
        last = text(orders[-1], "date_upd") if orders else self.at
        if is_full:
            # A page within one second can only be left by counting.
            self.offset = self.offset + len(orders) if last == start else 0
        self.ended = not is_full
        self.at = last if is_full else max(self.at, last)
        self._forget(overlap)
        return fresh

    def _forget(self, overlap):
        """Drop what the overlap will not show again."""
        if not self.at:
            return
        edge = datetime.fromisoformat(self.at) - timedelta(seconds=2 * overlap, hours=1)
        kept = {r: s for r, s in self.seen.items() if s[0] >= f"{edge:%Y-%m-%d %H:%M:%S}"}
        newest = sorted(kept, key=lambda ref: kept[ref][0])[-_SEEN_AT_MOST:]
        self.seen = {ref: kept[ref] for ref in newest}


# === XML === #


def to_xml(node, records):
    """Return records as the webservice takes them.

    :param str node: the name of one, e.g. ``stock_available``
    :param list records: dicts; a list as value is an association's rows
    :rtype: bytes
    """
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.Element("prestashop")
    for record in records:
        element = ElementTree.SubElement(root, node)
        for key, value in record.items():
            if isinstance(value, list):
                _add_association(element, key, value)
            else:
                ElementTree.SubElement(element, key).text = str(value)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _add_association(element, name, rows):
    parent = element.find("associations")
    if parent is None:
        parent = ElementTree.SubElement(element, "associations")
    group = ElementTree.SubElement(parent, name)
    for row in rows:
        item = ElementTree.SubElement(group, name.removesuffix("s"))
        for key, value in row.items():
            ElementTree.SubElement(item, key).text = str(value)


def parse_xml(body):
    """Return the root of an XML document, ``None`` when it is none.

    Entities and outside documents are not followed. What PHP writes before and behind the
    document, such as a notice, is left out.
    """
    start, end = _xml_bounds(body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    try:
        return etree.fromstring(body[start:end], parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _xml_bounds(body):
    """:return: where the webservice's document begins and ends in a body"""
    start = body.find(b"<?xml")
    if start < 0:
        start = max(body.find(b"<prestashop"), 0)
    end = body.rfind(b"</prestashop>")
    return start, len(body) if end < start else end + len(b"</prestashop>")


def read_errors(body):
    """Return what the webservice complains of, as XML or as JSON.

    :return: pairs (PrestaShop's number of the error, its words)
    """
    data = read_json(body)
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        return [(number_of(e, "code"), text(e, "message")) for e in data["errors"]]
    root = parse_xml(body) if data is None else None
    if root is None:
        return []
    return [
        (int(error.findtext("code") or 0), (error.findtext("message") or "").strip())
        for error in root.iter("error")
    ]
