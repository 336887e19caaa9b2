"""What the sourcing of an order works with: lines, warehouses, rules, supply, decisions."""

from collections import Counter
from dataclasses import dataclass, field
from math import floor

DIGITS = 6
FAR = float("inf")


# === WHAT COMES IN === #


@dataclass(frozen=True)
class Line:
    """A quantity of a product that an order wants, worth ``price`` a unit.

    ``parts`` are pairs (product, units in one) of a kit, which has no stock of its own.
    """

    id: int
    product: int
    quantity: float
    price: float = 0.0
    excluded: frozenset = frozenset()
    parts: tuple = ()

    @property
    def needs(self):
        """Return what one takes from stock: pairs (product, units)."""
        return self.parts or ((self.product, 1.0),)

    def count(self, stock, place):
        """Return how many a place has; of kits that it cannot make all, whole ones."""
        there = min(stock.get((place, product), 0.0) / units for product, units in self.needs)
        if self.parts:
            there = round(there, DIGITS)
            return there if there >= self.quantity else floor(there)
        return there

    def take(self, stock, place, quantity):
        """Take from the stock of a place what a quantity needs."""
        for product, units in self.needs:
            stock[place, product] = stock.get((place, product), 0.0) - quantity * units


@dataclass(frozen=True)
class Warehouse:
    """A place items come from; no ``carriers`` means that it works with all of them."""

    id: int
    name: str = ""
    point: tuple | None = None
    carriers: frozenset = frozenset()


@dataclass(frozen=True)
class Rule:
    """Which stock serves an order, in which order, and what happens when it cannot.

    ``warehouses`` and ``zones`` empty are all; ``costs`` are triples (warehouse, zone or
    ``None``, amount) of which the first that fits counts; 0 is no limit.
    """

    id: int = 0
    name: str = ""
    warehouses: frozenset = frozenset()
    zones: tuple = ()
    max_km: float = 0.0
    needs_carrier: bool = False
    keeps_safety: bool = True
    sorts: tuple = ("sequence",)
    max_parcels: int = 0
    min_value: float = 0.0
    one_parcel: bool = False
    action: str = "partial"
    cancel_days: int = 0


@dataclass(frozen=True)
class Order:
    """What is to be served: lines, candidate warehouses best first, the rules in turn."""

    id: int
    lines: tuple
    candidates: tuple
    rules: tuple = ()
    destination: object = None
    carrier: int = 0
    complete: bool = False
    # Places of work it has today already.
    slots: frozenset = frozenset()
    # Warehouses from which some of it is about to leave: more goes along, in the same parcel.
    standing: frozenset = frozenset()
    # A person let it go on: no rule queues it again, and a full day is no reason.
    released: bool = False
    # A person chose the warehouse: a full day is no reason either.
    chosen: bool = False


@dataclass
class Supply:
    """What can be had: reduced by what is planned.

    ``free`` by (warehouse, product); ``safety`` by (warehouse, product or ``None``);
    ``capacity`` left today by warehouse, without those that have no limit; ``since`` when the
    oldest items came, by (warehouse, product), as anything that can be compared.
    """

    free: dict = field(default_factory=dict)
    safety: dict = field(default_factory=dict)
    capacity: dict = field(default_factory=dict)
    since: dict = field(default_factory=dict)
    costs: tuple = ()

    def floor(self, warehouse, product):
        """:return: what of a product a warehouse keeps back"""
        own = self.safety.get((warehouse, product))
        return self.safety.get((warehouse, None), 0.0) if own is None else own

    def cost(self, warehouse, destination):
        """:return: what a parcel from a warehouse to a destination costs, 0 if not told"""
        for place, zone, amount in self.costs:
            if place == warehouse and (zone is None or destination and zone.holds(destination)):
                return amount
        return 0.0


# === WHAT COMES OUT === #


@dataclass
class Plan:
    """From where the lines of one order are served.

    ``shares`` is {line: {warehouse: quantity}}; what nowhere is there is part of the share
    of ``main`` and counted in ``missing``, by product. ``served`` is what is there, by (line,
    warehouse).
    """

    main: int
    shares: dict = field(default_factory=dict)
    missing: Counter = field(default_factory=Counter)
    served: dict = field(default_factory=dict)
    serving: tuple = ()

    @property
    def warehouses(self):
        """Return the warehouses that take part, the main one first."""
        used = {warehouse for share in self.shares.values() for warehouse in share}
        return [self.main, *sorted(used - {self.main})]


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a warehouse: a code and the figures behind it."""

    warehouse: int
    code: str
    has: float = 0.0
    wanted: float = 0.0
    km: float | None = None
    cost: float = 0.0
    limit: float = 0.0
    chosen: bool = False

    @property
    def is_open(self):
        """Return whether the warehouse may serve."""
        return self.code == "open"


@dataclass
class Trial:
    """A rule that was tried, its verdicts and how it ended."""

    rule: Rule
    outcome: str
    verdicts: list = field(default_factory=list)


@dataclass
class Decision:
    """How an order is served: ``outcome`` is whole, split, partial, waits, queue or cancel."""

    outcome: str
    plan: Plan | None = None
    rule: Rule | None = None
    trials: list = field(default_factory=list)
    km: float | None = 0.0
    cost: float = 0.0
