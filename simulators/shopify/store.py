"""The data of a store: plain records, and values derived from them."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount):
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Variant:
    id: int
    product_id: int
    item_id: int
    sku: str
    title: str
    price: Decimal
    levels: dict
    barcode: str = ""
    status: str = "active"
    tracked: bool = True


@dataclass
class Line:
    """``gone`` is the number of removed or refunded units, ``discount`` is on all units."""

    id: int
    sku: str
    title: str
    quantity: int
    price: Decimal
    discount: Decimal = ZERO
    taxes: list = field(default_factory=list)
    variant: Variant | None = None
    gift_card: bool = False
    gone: int = 0
    #: the shipped ones of these
    returned: int = 0
    properties: tuple = ()
    duties: tuple = ()

    @property
    def subtotal(self):
        return self.quantity * self.price - self.discount

    def share(self, quantity):
        """:return: the price of units of the line: (subtotal, tax)"""
        tax = sum((amount for _title, _rate, amount in self.taxes), ZERO)
        return cents(self.subtotal * quantity / self.quantity), cents(
            tax * quantity / self.quantity
        )


@dataclass
class Transaction:
    id: int
    kind: str
    amount: Decimal
    at: str
    status: str = "success"
    gateway: str = "shopify_payments"
    method: str = "visa"
    parent: int | None = None


@dataclass
class Refund:
    """``lines`` are tuples (line, quantity, restock type)."""

    id: int
    at: str
    note: str = ""
    lines: list = field(default_factory=list)
    shipping: Decimal = ZERO
    transactions: list = field(default_factory=list)


@dataclass
class Part:
    """A fulfillment order: ``lines`` are [own id, line, remaining]."""

    id: int
    location: int
    lines: list
    updated: str
    status: str = "open"
    holds: list = field(default_factory=list)
    fulfill_at: str | None = None
    method: str = "SHIPPING"


@dataclass
class Fulfilment:
    """``lines`` are tuples (own id, line, quantity)."""

    id: int
    at: str
    lines: list
    numbers: list
    urls: list
    company: str
    location: int | None = None
    status: str = "success"
    delivered: bool = False


@dataclass
class Order:
    id: int
    name: str
    created: str
    updated: str
    email: str
    customer: dict | None
    address: dict | None
    billing: dict
    currency: str
    lines: list
    shop_currency: str = "EUR"
    rate: Decimal = Decimal(1)
    taxes_included: bool = True
    shipping: list = field(default_factory=list)
    transactions: list = field(default_factory=list)
    refunds: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    fulfilments: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    note: str | None = None
    attributes: list = field(default_factory=list)
    cancelled: str | None = None
    cancel_reason: str | None = None
    risk: str = "none"
    test: bool = False
    company: dict | None = None
    tip: Decimal = ZERO
    fees: Decimal = ZERO
    terms: str | None = None

    @property
    def total(self):
        """The price of the order, including removed and refunded items."""
        bought = [*self.lines, *self.shipping]
        total = sum((line.subtotal for line in bought), ZERO) + self.tip + self.fees
        if not self.taxes_included:
            total += sum((amount for line in bought for _t, _r, amount in line.taxes), ZERO)
        return total + sum((duty[2] for line in self.lines for duty in line.duties), ZERO)

    @property
    def paid(self):
        return sum(
            (
                t.amount
                for t in self.transactions
                if t.kind in ("sale", "capture") and t.status == "success"
            ),
            ZERO,
        )

    @property
    def refunded(self):
        return sum(
            (t.amount for t in self.transactions if t.kind == "refund" and t.status == "success"),
            ZERO,
        )

    @property
    def removed_units(self):
        """The price of units removed without a refund."""
        return sum(
            (
                self.worth(line, quantity)
                for refund in self.refunds
                if not refund.transactions
                for line, quantity, _kind in refund.lines
            ),
            ZERO,
        )

    def fulfilled(self, line):
        """:return: the shipped units of a line"""
        made = [f for f in self.fulfilments if f.status == "success"]
        return sum(quantity for f in made for _id, of, quantity in f.lines if of is line)

    def unfulfilled(self, line):
        """:return: the units of a line still to ship"""
        return max(line.quantity - line.gone + line.returned - self.fulfilled(line), 0)

    def worth(self, line, quantity):
        """:return: the price of units of a line, with taxes"""
        subtotal, tax = line.share(quantity)
        return subtotal if self.taxes_included else subtotal + tax

    @property
    def fulfillment_status(self):
        if not any(self.fulfilled(line) for line in self.lines):
            return None
        return "partial" if any(self.unfulfilled(line) for line in self.lines) else "fulfilled"

    @property
    def financial_status(self):
        if self.refunded:
            return "refunded" if self.refunded >= self.paid else "partially_refunded"
        if self.paid >= self.total - self.removed_units:
            return "paid"
        if self.paid:
            return "partially_paid"
        kinds = {t.kind for t in self.transactions if t.status == "success"}
        return "authorized" if "authorization" in kinds and "void" not in kinds else "pending"
