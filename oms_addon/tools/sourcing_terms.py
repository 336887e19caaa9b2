"""Data types of allocation: lines, warehouses, rules, supply, decisions."""

from collections import Counter
from dataclasses import dataclass, field
from math import floor

DIGITS = 6
FAR = float("inf")


# === INPUT === #


@dataclass(frozen=True)
class Line:
    """An ordered quantity of a product, at ``price`` per unit.

    ``parts`` are pairs (product, units per kit) of a kit, which has no stock of its own.
    """

    id: int
    product: int
    quantity: float
    price: float = 0.0
    excluded: frozenset = frozenset()
    parts: tuple = ()

    @property
    def needs(self):
        """Return what one unit takes from stock: pairs (product, units)."""
        return self.parts or ((self.product, 1.0),)

    def count(self, stock, place):
        """Return the units a warehouse has; whole kits only, unless it has the full quantity."""
        there = min(stock.get((place, product), 0.0) / units for product, units in self.needs)
        if self.parts:
            there = round(there, DIGITS)
            return there if there >= self.quantity else floor(there)
        return there

    def deduct(self, stock, place, quantity):
        """Deduct a quantity from the stock of a warehouse."""
        for product, units in self.needs:
            stock[place, product] = stock.get((place, product), 0.0) - quantity * units


@dataclass(frozen=True)
class Warehouse:
    """A warehouse; without ``carriers`` it works with all of them."""

    id: int
    name: str = ""
    point: tuple | None = None
    carriers: frozenset = frozenset()


@dataclass(frozen=True)
class Rule:
    """An allocation rule: allowed warehouses, their ranking, and the action when units are missing.

    ``warehouses`` and ``zones`` empty are all; ``costs`` are triples (warehouse, zone or
    ``None``, amount) of which the first match counts; 0 is no limit.
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
    """An order: lines, candidate warehouses best first, rules in order."""

    id: int
    lines: tuple
    candidates: tuple
    rules: tuple = ()
    destination: object = None
    carrier: int = 0
    complete: bool = False
    # Warehouses where the order already uses a slot of today's capacity.
    slots: frozenset = frozenset()
    # Warehouses with a parcel of the order being prepared: more items go into the same parcel.
    standing: frozenset = frozenset()
    # Released by a person: no rule puts it on hold again, and full capacity is ignored.
    released: bool = False
    # A person chose the warehouse: full capacity is ignored.
    chosen: bool = False


@dataclass
class Supply:
    """The available supply, reduced by each plan.

    ``free`` by (warehouse, product); ``safety`` by (warehouse, product or ``None``);
    ``capacity`` left today by warehouse, without unlimited ones; ``since`` is the age of the
    oldest items, by (warehouse, product), as any comparable value.
    """

    free: dict = field(default_factory=dict)
    safety: dict = field(default_factory=dict)
    capacity: dict = field(default_factory=dict)
    since: dict = field(default_factory=dict)
    costs: tuple = ()

    def floor(self, warehouse, product):
        """:return: the safety stock of a product in a warehouse"""
        own = self.safety.get((warehouse, product))
        return self.safety.get((warehouse, None), 0.0) if own is None else own

    def cost(self, warehouse, destination):
        """:return: the cost of a parcel from a warehouse to a destination, 0 if unknown"""
        for place, zone, amount in self.costs:
            if place == warehouse and (zone is None or destination and zone.holds(destination)):
                return amount
        return 0.0


# === OUTPUT === #


@dataclass
class Plan:
    """The warehouses that serve the lines of an order.

    ``shares`` is {line: {warehouse: quantity}}; missing units are part of the share of ``main`` and
    counted in ``missing``, by product. ``served`` are the available units, by (line, warehouse).
    """

    main: int
    shares: dict = field(default_factory=dict)
    missing: Counter = field(default_factory=Counter)
    served: dict = field(default_factory=dict)
    serving: tuple = ()

    @property
    def warehouses(self):
        """Return all warehouses of the plan, the main one first."""
        used = {warehouse for share in self.shares.values() for warehouse in share}
        return [self.main, *sorted(used - {self.main})]


@dataclass(frozen=True)
class Verdict:
    """A rule's verdict on a warehouse: a code and the figures behind it."""

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
    """A rule that was tried, its verdicts and its outcome."""

    rule: Rule
    outcome: str
    verdicts: list = field(default_factory=list)


@dataclass
class Decision:
    """A decision; ``outcome`` is whole, split, partial, waits, queue or cancel."""

    outcome: str
    plan: Plan | None = None
    rule: Rule | None = None
    trials: list = field(default_factory=list)
    km: float | None = 0.0
    cost: float = 0.0
