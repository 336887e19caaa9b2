"""How much to buy: the need, its rounding, price breaks, and the rows that explain it.

The rows of a proposal add up to its quantity: a person can check each number.
"""

from dataclasses import dataclass
from math import ceil, isfinite

DIGITS = 6
DAYS = 365.0


# === INPUT === #


@dataclass(frozen=True)
class Terms:
    """What a vendor asks: minimum, multiple, and prices from a quantity on.

    :ivar float minimum: smallest order quantity (MOQ)
    :ivar float multiple: pack size; 0 is any quantity
    :ivar tuple prices: pairs (from quantity, price per unit), ascending
    :ivar float holding_rate: cost of holding stock per year, as a share of its value
    :ivar float cover_days: a price break buys no more than the demand of so many days
    """

    minimum: float = 0.0
    multiple: float = 0.0
    prices: tuple = ()
    holding_rate: float = 0.20
    cover_days: float = 180.0


@dataclass(frozen=True)
class Need:
    """Demand and supply of the protection interval.

    :ivar float demand: total demand: open orders and open forecast
    :ivar float safety_stock: units
    :ivar float on_hand: *physical* stock; what is reserved for orders is part of ``demand``
    :ivar float incoming: receipts due in the interval
    :ivar float backorders: units owed that are not part of ``demand``
    :ivar float daily_demand: expected demand per day, for price breaks
    """

    demand: float
    safety_stock: float
    on_hand: float
    incoming: float = 0.0
    backorders: float = 0.0
    daily_demand: float = 0.0


# === RESULT === #


@dataclass(frozen=True)
class Row:
    """A row of the explanation: ``code`` names it, ``quantity`` is added.

    The codes are ``demand``, ``safety_stock``, ``backorders``, ``on_hand``, ``incoming``,
    ``covered`` (stock is enough), ``minimum``, ``multiple`` and ``price_break``.
    """

    code: str
    quantity: float


@dataclass(frozen=True)
class Proposal:
    """A quantity to buy.

    :ivar float quantity: what to order; 0 when stock is enough
    :ivar float need: the quantity before the vendor's terms
    :ivar tuple rows: `Row` records that add up to ``quantity``
    :ivar price: price per unit, ``None`` without prices
    :ivar float saving: what the price break saves after the cost of holding more stock
    """

    quantity: float
    need: float
    rows: tuple
    price: float | None = None
    saving: float = 0.0


def propose(need, terms=None):
    """Compute the quantity to buy.

    ``q = max(0, demand + safety stock + backorders − on hand − incoming)``, then at least the
    minimum, then up to the multiple, then up to a price break that pays for the stock it adds.

    :param Need need: demand and supply
    :param Terms terms: those of the vendor
    :rtype: Proposal
    """
    terms = terms or Terms()
    rows = [
        Row("demand", need.demand),
        Row("safety_stock", need.safety_stock),
        Row("backorders", need.backorders),
        Row("on_hand", -need.on_hand),
        Row("incoming", -need.incoming),
    ]
    if not all(isfinite(row.quantity) for row in rows):
        raise ValueError("demand and stock of a proposal must be finite numbers")
    missing = round(sum(row.quantity for row in rows), DIGITS)
    if missing <= 0:
        rows.append(Row("covered", -missing))
        return Proposal(0.0, 0.0, _told(rows), _price(0.0, terms.prices))
    quantity = max(missing, terms.minimum)
    rows.append(Row("minimum", quantity - missing))
    rounded = _rounded(quantity, terms.multiple)
    rows.append(Row("multiple", rounded - quantity))
    bought, saving = _price_break(rounded, need.daily_demand, terms)
    rows.append(Row("price_break", bought - rounded))
    return Proposal(bought, missing, _told(rows), _price(bought, terms.prices), saving)


def _told(rows):
    """Return the rows that change the number."""
    rows = [Row(row.code, round(row.quantity, DIGITS)) for row in rows]
    return tuple(row for row in rows if row.quantity)


def _rounded(quantity, multiple):
    if multiple <= 0:
        return quantity
    return round(ceil(round(quantity / multiple, DIGITS)) * multiple, DIGITS)


# === PRICE BREAKS === #


def _price(quantity, prices):
    """Return the price that holds for a quantity; below the first break its price."""
    if not prices:
        return None
    valid = [price for start, price in prices if start <= quantity]
    return valid[-1] if valid else prices[0][1]


def _price_break(quantity, daily_demand, terms):
    """Return the quantity with the greatest saving, and that saving.

    Buying Q instead of q at a price lower by d saves ``Q · d`` on units that are bought anyway.
    The Q − q units more lie in stock until they are sold, ``(q + (Q − q)/2) / demand`` days on
    average, at ``holding rate · price`` a year.
    """
    best = (quantity, 0.0)
    if daily_demand <= 0 or not terms.prices:
        return best
    price = _price(quantity, terms.prices)
    for start, cheaper in terms.prices:
        larger = _rounded(start, terms.multiple)
        if larger <= quantity or cheaper >= price or larger > terms.cover_days * daily_demand:
            continue
        extra = larger - quantity
        days = (quantity + extra / 2) / daily_demand
        holding = extra * cheaper * terms.holding_rate * days / DAYS
        saving = larger * (price - cheaper) - holding
        if saving > best[1]:
            best = (larger, saving)
    return best
