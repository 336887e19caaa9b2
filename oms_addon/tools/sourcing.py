"""Allocation of an order to warehouses: rules and stock in, a plan out, in plain Python.

No database access. The same input gives the same plan.
"""

from dataclasses import replace

from .geo import haversine
from .sourcing_shares import best_of, stock_of, within_of
from .sourcing_terms import (
    DIGITS,
    FAR,
    Decision,
    Line,
    Order,
    Rule,
    Supply,
    Trial,
    Verdict,
    Warehouse,
)

SORTS = ("sequence", "distance", "cost", "age", "capacity", "stock")
ACTIONS = ("partial", "next", "queue", "cancel")


# === DECISION === #


def decide(order, supply, warehouses):
    """Allocate an order and deduct the allocated quantities from the supply.

    :param Order order: the order to serve
    :param Supply supply: the available supply, reduced by the plan
    :param dict warehouses: ``Warehouse`` by id
    :return: the decision; without rules the first candidate that can serve all, else the fewest
        candidates
    :rtype: Decision
    """
    trials = []
    for rule in order.rules:
        decision = _try(rule, order, supply, warehouses, trials)
        if decision:
            return _deduct(decision, order, supply, warehouses)
    if order.rules and not order.released:
        return Decision("queue", rule=order.rules[-1], trials=trials)
    free_hand = Rule(keeps_safety=False)
    verdicts = judge(free_hand, order, supply, warehouses)
    by_hand = order.released or order.chosen
    places = [v.warehouse for v in verdicts if v.is_open or by_hand and v.code == "full"]
    trials.append(Trial(free_hand, "free", verdicts))
    if not places:
        return Decision("queue", rule=free_hand, trials=trials)
    found = best_of(free_hand, order, supply, within_of(free_hand, order, places))
    outcome = _outcome(found)
    return _deduct(Decision(outcome, found, free_hand, trials), order, supply, warehouses)


def judge(rule, order, supply, warehouses):
    """Evaluate for each candidate whether a rule allows it to serve an order.

    :return: the verdicts; open warehouses first, in the rule's order
    :rtype: list[Verdict]
    """
    verdicts = [_judge(rule, order, supply, warehouses[w]) for w in order.candidates]
    places = {warehouse: place for place, warehouse in enumerate(order.candidates)}
    return sorted(
        verdicts,
        key=lambda v: (not v.is_open, *_rank(rule, order, supply, v), places[v.warehouse]),
    )


def applies(rule, order):
    """:return: whether a rule applies to the destination of an order"""
    return not rule.zones or any(zone.holds(order.destination) for zone in rule.zones)


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
    """:return: the units of an order that a warehouse can serve"""
    left = stock_of(rule, order, supply, [warehouse])
    has = 0.0
    for line in order.lines:
        if warehouse not in line.excluded:
            served = min(line.count(left, warehouse), line.quantity)
            line.deduct(left, warehouse, served)
            has += served
    return has


def _distance(warehouse, destination):
    if not warehouse.point or not destination or not destination.point:
        return None
    return round(haversine(warehouse.point, destination.point), 1)


def _rank(rule, order, supply, verdict):
    """:return: the sort key by which a rule ranks warehouses, best first"""
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

    :return: the decision; ``None`` when the next rule is to be tried
    """
    if not applies(rule, order):
        trials.append(Trial(rule, "zone"))
        return None
    verdicts = judge(rule, order, supply, warehouses)
    places = within_of(rule, order, [v.warehouse for v in verdicts if v.is_open])
    found = best_of(rule, order, supply, places) if places else None
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


def _deduct(decision, order, supply, warehouses):
    """Deduct a decision from the supply, and add up its distance and cost."""
    if not decision.plan:
        return decision
    for line in order.lines:
        for warehouse, quantity in decision.plan.shares[line.id].items():
            line.deduct(supply.free, warehouse, quantity)
    for warehouse in decision.plan.serving:
        if warehouse in supply.capacity and warehouse not in order.slots:
            supply.capacity[warehouse] -= 1
        way = _distance(warehouses[warehouse], order.destination)
        # One unknown distance makes the total unknown.
        decision.km = None if way is None or decision.km is None else decision.km + way
        decision.cost += supply.cost(warehouse, order.destination)
    trial = decision.trials[-1]
    trial.verdicts = [
        replace(v, chosen=v.warehouse in decision.plan.warehouses) for v in trial.verdicts
    ]
    return decision


def plan(lines, free, candidates):
    """Plan one order without rules and deduct it from the free stock.

    The order ships from the first candidate that can serve all of it, else from the fewest
    candidates that serve all that is available; missing units are backordered at the first.

    :param list lines: tuples (line, product, quantity)
    :param dict free: free quantity by (warehouse, product); reduced by the plan
    :param list candidates: warehouses, best first; at least one
    :return: the plan
    :rtype: Plan
    """
    order = Order(0, tuple(Line(*line) for line in lines), tuple(candidates))
    places = {candidate: Warehouse(candidate) for candidate in candidates}
    return decide(order, Supply(free=free), places).plan
