"""Parse a PrestaShop order, composed of a dozen resources of its webservice.

The composed order is one JSON object with the keys ``order``, ``details``, ``payments``,
``siblings``, ``slips``, ``cart_rules``, ``histories``, ``messages``, ``threads`` (what the
customer wrote after checkout), ``customer``, ``delivery``, ``invoice``, ``carrier``, ``states``,
``roles``, ``zone``, ``language``, ``currency``, ``precision``, ``taxes`` and ``rates``;
``own_slips`` are the ids of credit slips created through the webservice, by us; ``late`` is whether
ambiguous local times are the later ones.
"""

from datetime import datetime
from decimal import Decimal

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.documents.values import (
    UTC,
    DocumentError,
    get_zone,
    mismatch,
    refuses_bad_input,
    to_decimal,
)
from odoo.addons.oms_addon.tools.payment_terms import POSTPAID, method_key, recognize_terms
from odoo.addons.oms_addon.tools.shares import rounded

from .parse_items import ZERO
from .parse_lines import LinesReader
from .parse_money import MoneyReader
from .parse_people import PeopleReader, address_of, carrier_name, pickup_point_of
from .parse_states import StateReader
from .parse_values import money, number_of, text

#: how an order rounds taxes, by its value of PS_ROUND_TYPE
ROUND_TYPES = {"1": "unit", "2": "line", "3": "order"}


@refuses_bad_input
def read_order(composed, postpaid=()):
    """Return the document of a composed order.

    :param postpaid: keys of further payment modules that are paid on delivery or later
    :raise DocumentError: when it is invalid
    """
    if not isinstance(composed, dict) or not isinstance(composed.get("order"), dict):
        raise mismatch("an order of PrestaShop", composed, "order")
    try:
        return _Reader(composed, postpaid).document()
    except DocumentError:
        raise
    except (AttributeError, TypeError, KeyError, ArithmeticError) as error:
        raise DocumentError(f"this is not a valid order of PrestaShop: {error}") from error


class _Reader(LinesReader, MoneyReader, StateReader, PeopleReader):
    """Parses one composed order; amounts include tax, as the customer pays them."""

    def __init__(self, data, postpaid):
        self.data = data
        self.order = data["order"]
        self.ref = text(self.order, "id")
        self.zone = get_zone(data.get("zone") or "UTC", "zone")
        self.is_late = bool(data.get("late"))
        self.currency = text(data, "currency").upper()
        precision = text(data, "precision")
        self.coin = Decimal(1).scaleb(-int(precision if precision.isdigit() else 2))
        self.rates = [to_decimal(rate, "rates") for rate in data.get("rates") or ()]
        self.histories = data.get("histories") or ()
        self.state = text(self.order, "current_state")
        self.role = next((r for r, i in (data.get("roles") or {}).items() if i == self.state), "")
        self.slips = data.get("slips") or ()
        self.module, self.payment_name = text(self.order, "module"), text(self.order, "payment")
        terms = recognize_terms(self.module, self.payment_name)
        self.is_postpaid = terms in POSTPAID or method_key(self.module) in postpaid
        self.payments = [p for p in data.get("payments") or () if self.has_moved(p)]

    # --- order ---

    def document(self):
        order, invoice = self.order, self.data.get("invoice") or {}
        delivery = self.data.get("delivery") or invoice
        status = self.status()
        charges = self.charges()
        total = order.get("total_paid_tax_incl")
        return OrderDocument(
            ref=self.ref,
            number=self.number(),
            version=self.version(),
            updated_at=self.updated_at(),
            placed_at=self.moment(order, "date_add"),
            source_zone=self.zone.key,
            currency=self.currency,
            total=rounded(
                money(order, "total_paid" if total in (None, "") else "total_paid_tax_incl"),
                self.coin,
            ),
            total_tax=self.total_tax(),
            tax_rounding=ROUND_TYPES.get(text(order, "round_type"), ""),
            prices_include_tax=True,
            customer=self.customer(invoice),
            billing=address_of(invoice),
            shipping=address_of(delivery),
            lines=tuple(self.lines()),
            charges=tuple(charges),
            payment_method=self.module,
            payment_name=self.payment_name,
            status=status,
            shipping_method=carrier_name(self.data.get("carrier") or {}),
            note=self.note(delivery),
            gift_message=text(order, "gift_message") if text(order, "gift") == "1" else "",
            refunds=tuple(self.refunds(charges)),
            pickup_point=pickup_point_of(delivery),
            extra=self.extra(),
        )

    def total_tax(self):
        """:return: the tax in the total, ``None`` when unknown"""
        names = "total_paid_tax_incl", "total_paid_tax_excl"
        if any(self.order.get(name) in (None, "") for name in names):
            return None
        gross, net = (rounded(money(self.order, name), self.coin) for name in names)
        return gross - net

    def number(self):
        """:return: the reference, with a number where split orders share it"""
        reference, siblings = text(self.order, "reference"), self.siblings()
        if len(siblings) < 2:
            return reference
        return f"{reference}#{[number for number, _t in siblings].index(int(self.ref)) + 1}"

    def siblings(self):
        """:return: (id, total) of the orders of one checkout, by id"""
        rows = {
            number_of(row): money(row, "total_paid_tax_incl")
            for row in self.data.get("siblings") or ()
        }
        rows[int(self.ref)] = money(self.order, "total_paid_tax_incl")
        return sorted(rows.items())

    def version(self):
        """:return: a version that only grows: the highest row id of all the order's rows"""
        groups = (self.histories, self.payments, self.slips, self.data.get("details") or ())
        newest = ".".join(str(max(map(number_of, rows), default=0)) for rows in groups)
        # Units refunded without a slip add no row.
        taken = sum(self.refunded_units().values(), ZERO)
        return f"{newest}.{int(taken)}" if taken else newest

    def updated_at(self):
        """:return: the latest change, including slips and histories that do not touch the order"""
        latest = text(self.order, "date_upd")
        for rows in (self.slips, self.histories, self.payments, self.data.get("threads") or ()):
            for row in rows:
                latest = max(latest, text(row, "date_upd"), text(row, "date_add"))
        return self.moment({"date_upd": latest}, "date_upd")

    def moment(self, row, key):
        """:return: a local time in UTC"""
        value = text(row, key)
        try:
            local = datetime.fromisoformat(value)
        except ValueError as error:
            raise mismatch("a time", value, key) from error
        moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        if self.is_late:
            return max(moment, local.replace(tzinfo=self.zone, fold=1).astimezone(UTC))
        return moment

    def extra(self):
        found = {
            "shop": text(self.order, "id_shop"),
            "payment": text(self.order, "payment"),
            "staff_note": text(self.order, "note"),
            "siret": text(self.data.get("customer") or {}, "siret"),
            "vouchers": [text(rule, "name") for rule in self.rules()],
            "transactions": {
                text(p, "id"): text(p, "transaction_id")
                for p in self.payments
                if text(p, "transaction_id")
            },
        }
        rate = money(self.order, "conversion_rate")
        if rate and rate != 1:
            found["conversion_rate"] = f"{rate.normalize():f}"
        return {key: value for key, value in found.items() if value}
