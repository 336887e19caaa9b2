"""Distribution of an order's lines over warehouses."""

from collections import Counter
from itertools import combinations

from .sourcing_terms import DIGITS, FAR, Plan

# Above this many candidates, the fewest warehouses are searched greedily instead of exactly.
EXACT_LIMIT = 8


def usable(rule, supply, warehouse, product):
    """:return: the quantity of a product that a rule may use in a warehouse"""
    quantity = supply.free.get((warehouse, product), 0.0)
    if rule.keeps_safety:
        quantity -= supply.floor(warehouse, product)
    return max(quantity, 0.0)


def stock_of(rule, order, supply, places):
    """:return: quantities of an order's products that a rule may use, by (warehouse, product)"""
    return {
        (place, product): usable(rule, supply, place, product)
        for place in places
        for line in order.lines
        for product, _units in line.needs
    }


# === DISTRIBUTION === #


def _room(rule, order):
    """:return: how many parcels may be added to those being prepared"""
    if order.complete or rule.one_parcel:
        return 1 - len(order.standing)
    return rule.max_parcels - len(order.standing) if rule.max_parcels else FAR


def within_of(rule, order, places):
    """:return: the warehouses that a rule allows, those with a parcel being prepared first"""
    along = [place for place in places if place in order.standing]
    if _room(rule, order) <= 0:
        return along
    return along + [place for place in places if place not in order.standing]


def best_of(rule, order, supply, places):
    """Distribute an order over the fewest warehouses within a rule's limits.

    :param list places: the warehouses that may serve it, best first
    :return: the plan, with missing quantities
    :rtype: Plan
    """
    stock = stock_of(rule, order, supply, places)
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
    """:return: the plan with the fewest missing units from at most ``most`` warehouses, then the
    fewest warehouses, then the first ones
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
    """:return: warehouses that together have the most, chosen one by one by what each adds"""
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
    """:return: whether each parcel and the backorder are worth at least the rule's minimum value;
    true when there is only one of them
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
    """Distribute lines over warehouses in order: a line ships from the first that has all of it.

    :return: the plan; missing units are backordered at the line's first allowed warehouse
    """
    left = dict(stock)
    result = Plan(main=places[0])
    serving = {}
    # Lines with the fewest allowed warehouses first.
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
    """:return: candidates that are not excluded for a line"""
    return [w for w in order.candidates if w not in line.excluded]


def _waiting(order, place):
    """:return: the plan that backorders all of an order at one warehouse"""
    result = Plan(main=place)
    for line in order.lines:
        home = place
        if place in line.excluded:
            home = (_elsewhere(order, line) or [place])[0]
        result.shares[line.id] = {home: line.quantity}
        result.missing[line.product] += line.quantity
    return result


def _share(line, left, places):
    """Take a line's quantity from the first warehouse that has all of it, else from several.

    :return: {warehouse: quantity}, and the missing quantity
    """
    counts = {p: count for p in places if (count := line.count(left, p)) > 0}
    whole = next((p for p in counts if round(counts[p] - line.quantity, DIGITS) >= 0), None)
    share, rest = {}, line.quantity
    for place in [whole] if whole else counts:
        taken = min(counts[place], rest)
        if round(taken, DIGITS) <= 0:
            break
        share[place] = round(taken, DIGITS)
        line.deduct(left, place, taken)
        rest = round(rest - taken, DIGITS)
    return share, rest
