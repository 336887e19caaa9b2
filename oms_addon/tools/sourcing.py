"""Which warehouses serve an order: the rule, in plain Python."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

# Above this many candidates the fewest are approached greedily instead of proved.
EXACT_LIMIT = 8
DIGITS = 6


@dataclass
class Plan:
    """From where the lines of one order are served.

    ``shares`` is {line: {warehouse: quantity}}; what nowhere is there is part of the share
    of ``main`` and counted in ``missing``, by product.
    """

    main: int
    shares: dict = field(default_factory=dict)
    missing: Counter = field(default_factory=Counter)

    @property
    def warehouses(self):
        """Return the warehouses that take part, the main one first."""
        used = {warehouse for share in self.shares.values() for warehouse in share}
        return [self.main, *sorted(used - {self.main})]


def plan(lines, free, candidates):
    """Plan one order and take what it needs from the free stock.

    The whole order comes from the first candidate that can serve all of it, else from the
    fewest that together serve all there is; what nowhere is there waits at the first.

    :param list lines: tuples (line, product, quantity)
    :param dict free: free quantity by (warehouse, product); reduced by what is planned
    :param list candidates: warehouses, best first; at least one
    :return: the plan
    :rtype: Plan
    """
    need = Counter()
    for _line, product, quantity in lines:
        need[product] += quantity
    chosen = _fewest(need, free, candidates)
    result = Plan(main=chosen[0])
    for line, product, quantity in lines:
        share, rest = _share(product, quantity, free, chosen)
        if rest or not share:
            share[result.main] = round(share.get(result.main, 0) + rest, DIGITS)
            free[result.main, product] = free.get((result.main, product), 0) - rest
        if rest:
            result.missing[product] += rest
        result.shares[line] = share
    return result


def _fewest(need, free, candidates):
    """Return the fewest candidates that together have all that can be had of ``need``."""

    def had(product, warehouses):
        return sum(max(free.get((w, product), 0), 0) for w in warehouses)

    goal = {product: min(quantity, had(product, candidates)) for product, quantity in need.items()}

    def serves(warehouses):
        return all(
            round(had(product, warehouses) - quantity, DIGITS) >= 0
            for product, quantity in goal.items()
        )

    useful = [w for w in candidates if any(had(product, [w]) for product in goal)]
    if len(useful) > EXACT_LIMIT:
        useful = _greedy(goal, had, useful)
    for size in range(1, len(useful) + 1):
        for chosen in combinations(useful, size):
            if serves(chosen):
                return list(chosen)
    return candidates[:1]


def _greedy(goal, had, candidates):
    """Return candidates that serve the goal, each the one that adds most when chosen."""
    chosen, left = [], dict(goal)
    while any(round(quantity, DIGITS) > 0 for quantity in left.values()):
        best = max(
            (w for w in candidates if w not in chosen),
            key=lambda w: sum(min(had(p, [w]), q) for p, q in left.items()),
        )
        chosen.append(best)
        left = {p: max(q - had(p, [best]), 0) for p, q in left.items()}
    return [w for w in candidates if w in chosen][:EXACT_LIMIT] or candidates[:1]


def _share(product, quantity, free, warehouses):
    """Take a line's quantity from the first that has all of it, else from one after another.

    :return: {warehouse: quantity} and the rest that is not there
    """
    having = [w for w in warehouses if free.get((w, product), 0) > 0]
    whole = next((w for w in having if round(free[w, product] - quantity, DIGITS) >= 0), None)
    share, rest = {}, quantity
    for warehouse in [whole] if whole else having:
        taken = min(free[warehouse, product], rest)
        if round(taken, DIGITS) <= 0:
            break
        share[warehouse] = round(taken, DIGITS)
        free[warehouse, product] -= taken
        rest = round(rest - taken, DIGITS)
    return share, rest
