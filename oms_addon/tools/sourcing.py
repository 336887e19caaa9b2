"""Which warehouses serve an order: rules and stock in, a plan out, in plain Python.

Nothing here reads or writes a database. The same figures give the same plan.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import floor

from .geo import haversine

# Above this many candidates the fewest are approached greedily instead of proved.
EXACT_LIMIT = 8
DIGITS = 6
FAR = float("inf")

SORTS = ("sequence", "distance", "cost", "age", "capacity", "stock")
ACTIONS = ("partial", "next", "queue", "cancel")


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
    """A place goods come from; no ``carriers`` means that it works with all of them."""

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
    oldest goods came, by (warehouse, product), as anything that can be compared.
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


# === DECIDING === #


def decide(order, supply, warehouses):
    """Decide from where an order is served and take what it needs from the supply.

    :param Order order: what is to be served
    :param Supply supply: what can be had, reduced by the plan
    :param dict warehouses: ``Warehouse`` by id
    :return: the decision; without any rule that of the first candidate that is complete,
        else of the fewest
    :rtype: Decision
    """
    trials = []
    for rule in order.rules:
        decision = _try(rule, order, supply, warehouses, trials)
        if decision:
            return _settle(decision, order, supply, warehouses)
    if order.rules and not order.released:
        return Decision("queue", rule=order.rules[-1], trials=trials)
    free_hand = Rule(keeps_safety=False)
    verdicts = judge(free_hand, order, supply, warehouses)
    by_hand = order.released or order.chosen
    places = [v.warehouse for v in verdicts if v.is_open or by_hand and v.code == "full"]
    trials.append(Trial(free_hand, "free", verdicts))
    if not places:
        return Decision("queue", rule=free_hand, trials=trials)
    found = _best(free_hand, order, supply, _within(free_hand, order, places))
    outcome = _outcome(found)
    return _settle(Decision(outcome, found, free_hand, trials), order, supply, warehouses)


def judge(rule, order, supply, warehouses):
    """Say of each candidate whether a rule lets it serve an order, best first.

    :return: the verdicts; those of open warehouses first, in the rule's order
    :rtype: list[Verdict]
    """
    verdicts = [_judge(rule, order, supply, warehouses[w]) for w in order.candidates]
    places = {warehouse: place for place, warehouse in enumerate(order.candidates)}
    return sorted(
        verdicts,
        key=lambda v: (not v.is_open, *_rank(rule, order, supply, v), places[v.warehouse]),
    )


def applies(rule, order):
    """:return: whether a rule is about the destination of an order"""
    return not rule.zones or any(zone.holds(order.destination) for zone in rule.zones)


def usable(rule, supply, warehouse, product):
    """:return: what a rule may take of a product in a warehouse"""
    quantity = supply.free.get((warehouse, product), 0.0)
    if rule.keeps_safety:
        quantity -= supply.floor(warehouse, product)
    return max(quantity, 0.0)


def _judge(rule, order, supply, warehouse):
    wanted = round(sum(line.quantity for line in order.lines), DIGITS)
    has = _has(rule, order, supply, warehouse.id)
    km = _distance(warehouse, order.destination)
    verdict = Verdict(
        warehouse.id,
        "open",
        has=round(has, DIGITS),
        wanted=wanted,
        km=km,
        cost=supply.cost(warehouse.id, order.destination),
    )
    if rule.warehouses and warehouse.id not in rule.warehouses:
        return replace(verdict, code="other")
    if all(warehouse.id in line.excluded for line in order.lines):
        return replace(verdict, code="rejected")
    if rule.needs_carrier and warehouse.carriers and order.carrier not in warehouse.carriers:
        return replace(verdict, code="carrier")
    if rule.max_km and (km is None or km > rule.max_km):
        return replace(verdict, code="unknown" if km is None else "far", limit=rule.max_km)
    if supply.capacity.get(warehouse.id, 1) <= 0 and warehouse.id not in order.slots:
        return replace(verdict, code="full")
    return verdict


def _has(rule, order, supply, warehouse):
    """:return: how much of what an order wants a warehouse has"""
    left = _stock(rule, order, supply, [warehouse])
    has = 0.0
    for line in order.lines:
        if warehouse not in line.excluded:
            served = min(line.count(left, warehouse), line.quantity)
            line.take(left, warehouse, served)
            has += served
    return has


def _stock(rule, order, supply, places):
    """:return: what a rule may take of what an order needs, by (warehouse, product)"""
    return {
        (place, product): usable(rule, supply, place, product)
        for place in places
        for line in order.lines
        for product, _units in line.needs
    }


def _distance(warehouse, destination):
    if not warehouse.point or not destination or not destination.point:
        return None
    return round(haversine(warehouse.point, destination.point), 1)


def _rank(rule, order, supply, verdict):
    """:return: the figures by which a rule compares warehouses, smallest first"""
    figures = {
        "sequence": lambda: 0,
        "distance": lambda: FAR if verdict.km is None else verdict.km,
        "cost": lambda: verdict.cost,
        "capacity": lambda: -supply.capacity.get(verdict.warehouse, FAR),
        "stock": lambda: -sum(line.count(supply.free, verdict.warehouse) for line in order.lines),
    }
    return [
        _age_rank(order, supply, verdict) if sort == "age" else (figures[sort](),)
        for sort in rule.sorts
    ]


def _age_rank(order, supply, verdict):
    dates = [
        supply.since[key]
        for line in order.lines
        for product, _units in line.needs
        if (key := (verdict.warehouse, product)) in supply.since
    ]
    return (0, min(dates)) if dates else (1,)


def _try(rule, order, supply, warehouses, trials):
    """Try one rule.

    :return: the decision, ``None`` when the next rule is asked
    """
    if not applies(rule, order):
        trials.append(Trial(rule, "zone"))
        return None
    verdicts = judge(rule, order, supply, warehouses)
    places = _within(rule, order, [v.warehouse for v in verdicts if v.is_open])
    found = _best(rule, order, supply, places) if places else None
    if found and not found.missing:
        trials.append(Trial(rule, "served", verdicts))
        return Decision(_outcome(found), found, rule, trials)
    if rule.action == "queue" and not order.released:
        trials.append(Trial(rule, "queue", verdicts))
        return Decision("queue", None, rule, trials)
    if found and rule.action in ("partial", "cancel"):
        trials.append(Trial(rule, rule.action, verdicts))
        outcome = "cancel" if rule.action == "cancel" else _outcome(found)
        return Decision(outcome, found, rule, trials)
    trials.append(Trial(rule, "next" if places else "nobody", verdicts))
    return None


def _outcome(plan):
    if plan.missing:
        return "partial" if plan.serving else "waits"
    return "split" if len(plan.serving) > 1 else "whole"


def _settle(decision, order, supply, warehouses):
    """Take what a decision needs from the supply and count what it costs."""
    if not decision.plan:
        return decision
    for line in order.lines:
        for warehouse, quantity in decision.plan.shares[line.id].items():
            line.take(supply.free, warehouse, quantity)
    for warehouse in decision.plan.serving:
        if warehouse in supply.capacity and warehouse not in order.slots:
            supply.capacity[warehouse] -= 1
        way = _distance(warehouses[warehouse], order.destination)
        # One way nobody knows makes the whole unknown, never shorter.
        decision.km = None if way is None or decision.km is None else decision.km + way
        decision.cost += supply.cost(warehouse, order.destination)
    trial = decision.trials[-1]
    trial.verdicts = [
        replace(v, chosen=v.warehouse in decision.plan.warehouses) for v in trial.verdicts
    ]
    return decision


# === SHARING OUT === #


def _room(rule, order):
    """:return: how many parcels may be added to those that are about to leave"""
    if order.complete or rule.one_parcel:
        return 1 - len(order.standing)
    return rule.max_parcels - len(order.standing) if rule.max_parcels else FAR


def _within(rule, order, places):
    """:return: the places whose parcels a rule lets be added, those about to leave first"""
    along = [place for place in places if place in order.standing]
    if _room(rule, order) <= 0:
        return along
    return along + [place for place in places if place not in order.standing]


def plan(lines, free, candidates):
    """Plan one order without rules and take what it needs from the free stock.

    The whole order comes from the first candidate that can serve all of it, else from the
    fewest that together serve all there is; what nowhere is there waits at the first.

    :param list lines: tuples (line, product, quantity)
    :param dict free: free quantity by (warehouse, product); reduced by what is planned
    :param list candidates: warehouses, best first; at least one
    :return: the plan
    :rtype: Plan
    """
    order = Order(0, tuple(Line(*line) for line in lines), tuple(candidates))
    places = {candidate: Warehouse(candidate) for candidate in candidates}
    return decide(order, Supply(free=free), places).plan


def _best(rule, order, supply, places):
    """Share an order out to the fewest warehouses within a rule's limits.

    :param list places: the warehouses that may serve it, best first
    :return: the plan, with what is missing
    :rtype: Plan
    """
    stock = _stock(rule, order, supply, places)
    places = [p for p in places if any(line.count(stock, p) > 0 for line in order.lines)] or [
        places[0]
    ]
    for place in places:
        found = _share_out(order, stock, [place])
        if not found.missing:
            return found
    single = order.complete or rule.one_parcel
    most = 1 if single else min(max(_room(rule, order), 1), len(places))
    if order.complete:
        return _waiting(order, places[0])
    return _fewest(rule, order, stock, places, most)


def _fewest(rule, order, stock, places, most):
    """:return: the plan that misses least with at most so many warehouses, of those the one
    with the fewest, of those the first
    """
    if len(places) > EXACT_LIMIT:
        places = _greedy(order, stock, places)
    least = sum(_share_out(order, stock, places).missing.values())
    best, best_missing = None, FAR
    for size in range(1, most + 1):
        for chosen in combinations(places, size):
            found = _share_out(order, stock, list(chosen))
            missing = round(sum(found.missing.values()), DIGITS)
            if missing < best_missing and _is_worth(rule, order, found):
                best, best_missing = found, missing
            if best is found and best_missing <= round(least, DIGITS):
                return best
    return best or _waiting(order, places[0])


def _greedy(order, stock, places):
    """:return: places that together have most, each the one that adds most when chosen"""
    chosen = []
    left = sum(line.quantity for line in order.lines)
    while len(chosen) < min(EXACT_LIMIT, len(places)):
        rest = {
            p: sum(_share_out(order, stock, [*chosen, p]).missing.values())
            for p in places
            if p not in chosen
        }
        best = min(rest, key=rest.get)
        if round(rest[best] - left, DIGITS) >= 0:
            break
        chosen.append(best)
        left = rest[best]
    return [p for p in places if p in chosen] or places[:1]


def _is_worth(rule, order, found):
    """:return: whether no part of an order, neither a parcel nor what is left, is worth less
    than a rule wants
    """
    if not rule.min_value:
        return True
    prices = {line.id: line.price for line in order.lines}
    parts = Counter()
    for (line, warehouse), quantity in found.served.items():
        parts[warehouse] += quantity * prices[line]
    late = sum(line.quantity * line.price for line in order.lines) - sum(parts.values())
    values = [*parts.values(), *([late] if found.missing else [])]
    return len(values) < 2 or round(min(values) - rule.min_value, DIGITS) >= 0


def _share_out(order, stock, places):
    """Share lines out to places as they come: a line from the first that has all of it.

    :return: the plan; what is missing waits at the first place that takes the line
    """
    left = dict(stock)
    result = Plan(main=places[0])
    serving = {}
    # What may come from fewer places is served first.
    for line in sorted(order.lines, key=lambda line: -len(line.excluded)):
        allowed = [p for p in places if p not in line.excluded]
        share, rest = _share(line, left, allowed)
        serving |= dict.fromkeys(share)
        result.served |= {(line.id, place): quantity for place, quantity in share.items()}
        if rest:
            home = (allowed or _elsewhere(order, line) or places)[0]
            share[home] = round(share.get(home, 0) + rest, DIGITS)
            result.missing[line.product] += rest
        result.shares[line.id] = share
    result.shares = {line.id: result.shares[line.id] for line in order.lines}
    result.serving = tuple(p for p in places if p in serving)
    return result


def _elsewhere(order, line):
    """:return: candidates that have not rejected a line"""
    return [w for w in order.candidates if w not in line.excluded]


def _waiting(order, place):
    """:return: the plan by which all of an order waits at one place"""
    result = Plan(main=place)
    for line in order.lines:
        home = place
        if place in line.excluded:
            home = (_elsewhere(order, line) or [place])[0]
        result.shares[line.id] = {home: line.quantity}
        result.missing[line.product] += line.quantity
    return result


def _share(line, left, places):
    """Take a line's quantity from the first that has all of it, else from one after another.

    :return: {warehouse: quantity} and the rest that is not there
    """
    counts = {p: count for p in places if (count := line.count(left, p)) > 0}
    whole = next((p for p in counts if round(counts[p] - line.quantity, DIGITS) >= 0), None)
    share, rest = {}, line.quantity
    for place in [whole] if whole else counts:
        taken = min(counts[place], rest)
        if round(taken, DIGITS) <= 0:
            break
        share[place] = round(taken, DIGITS)
        line.take(left, place, taken)
        rest = round(rest - taken, DIGITS)
    return share, rest
