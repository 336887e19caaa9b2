"""Planning is arithmetic: it holds for any orders, stock and rules."""

from collections import Counter, defaultdict
from copy import deepcopy
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools import sourcing
from odoo.addons.oms_addon.tools.geo import haversine
from odoo.addons.oms_addon.tools.sourcing_terms import Line, Order, Rule, Supply, Warehouse
from odoo.addons.oms_addon.tools.zones import Destination, Zone

PLACES = (1, 2, 3, 4)
PRODUCTS = (10, 11, 12)
POINTS = {1: (51.5, -0.1), 2: (53.8, -1.5), 3: (52.5, 13.4), 4: None}
WAREHOUSES = {p: Warehouse(p, f"W{p}", POINTS[p], frozenset({7} if p == 3 else ())) for p in PLACES}
BRITAIN = Zone(countries=frozenset({1}))

supplies = st.builds(
    Supply,
    free=st.dictionaries(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(PRODUCTS)), st.integers(-2, 8)
    ),
    safety=st.dictionaries(
        st.tuples(st.sampled_from(PLACES), st.sampled_from((None, *PRODUCTS))), st.integers(0, 3)
    ),
    capacity=st.dictionaries(st.sampled_from(PLACES), st.integers(0, 2)),
)
rules = st.builds(
    Rule,
    id=st.integers(1, 9),
    warehouses=st.frozensets(st.sampled_from(PLACES)),
    zones=st.sampled_from(((), (BRITAIN,))),
    max_km=st.sampled_from((0, 250, 1000)),
    needs_carrier=st.booleans(),
    keeps_safety=st.booleans(),
    sorts=st.lists(st.sampled_from(sourcing.SORTS), min_size=1, max_size=2).map(tuple),
    max_parcels=st.integers(0, 3),
    min_value=st.sampled_from((0, 5, 30)),
    one_parcel=st.booleans(),
    action=st.sampled_from(sourcing.ACTIONS),
)


@st.composite
def orders(draw, ruled=True):
    count = draw(st.integers(1, 4))
    lines = tuple(
        Line(
            number,
            draw(st.sampled_from(PRODUCTS)),
            draw(st.integers(1, 6)),
            draw(st.sampled_from((0, 5, 10))),
            draw(st.frozensets(st.sampled_from(PLACES), max_size=2)) if ruled else frozenset(),
        )
        for number in range(count)
    )
    return Order(
        1,
        lines,
        tuple(draw(st.permutations(PLACES))),
        tuple(draw(st.lists(rules, max_size=3))) if ruled else (),
        Destination(draw(st.sampled_from((1, 2))), point=(53.7, -1.6)),
        carrier=draw(st.sampled_from((7, 8))),
        complete=draw(st.booleans()),
        released=draw(st.booleans()),
    )


def served(order, decision):
    """:return: what is there of each product at each place"""
    products = {line.id: line.product for line in order.lines}
    found = Counter()
    for (line, place), quantity in decision.plan.served.items():
        found[place, products[line]] += quantity
    return found


@given(orders(), supplies)
def test_every_unit_is_in_exactly_one_share(order, supply):
    decision = sourcing.decide(order, supply, WAREHOUSES)
    assert (decision.plan is None) == (decision.outcome == "queue")
    if decision.plan:
        for line in order.lines:
            assert sum(decision.plan.shares[line.id].values()) == line.quantity
        wanted = sum(line.quantity for line in order.lines)
        there = sum(decision.plan.served.values())
        assert there + sum(decision.plan.missing.values()) == wanted


@given(orders(), supplies)
def test_nothing_is_planned_that_is_not_free(order, supply):
    before = deepcopy(supply)
    decision = sourcing.decide(order, supply, WAREHOUSES)
    if decision.plan:
        for (place, product), quantity in served(order, decision).items():
            there = before.free.get((place, product), 0)
            if decision.rule.keeps_safety:
                there -= before.floor(place, product)
            assert quantity <= max(there, 0)


@given(orders(), supplies)
def test_the_same_figures_give_the_same_plan(order, supply):
    again = deepcopy(supply)
    assert sourcing.decide(order, supply, WAREHOUSES) == sourcing.decide(order, again, WAREHOUSES)
    assert supply == again


@given(orders(), supplies)
def test_a_rule_is_kept(order, supply):
    before = deepcopy(supply)
    decision = sourcing.decide(order, supply, WAREHOUSES)
    if not decision.plan or not decision.rule.id:
        return
    rule, serving = decision.rule, decision.plan.serving
    if rule.max_parcels:
        assert len(serving) <= rule.max_parcels
    if rule.one_parcel or order.complete:
        assert len(serving) <= 1
    for place in serving:
        assert not rule.warehouses or place in rule.warehouses
        assert before.capacity.get(place, 1) > 0
        assert place in order.candidates
        if rule.max_km:
            assert haversine(POINTS[place], order.destination.point) <= rule.max_km + 0.1
    parts = defaultdict(float)
    prices = {line.id: line.price for line in order.lines}
    for (line, place), quantity in decision.plan.served.items():
        parts[place] += quantity * prices[line]
    if len(parts) > 1:
        assert min(parts.values()) >= rule.min_value


@given(orders(), supplies)
def test_a_warehouse_that_rejected_a_line_is_never_chosen_for_it(order, supply):
    decision = sourcing.decide(order, supply, WAREHOUSES)
    if decision.plan:
        for line in order.lines:
            if not set(order.candidates) <= line.excluded:
                assert not set(decision.plan.shares[line.id]) & line.excluded


@given(orders(ruled=False), supplies)
def test_no_fewer_warehouses_would_do(order, supply):
    before = deepcopy(supply)
    decision = sourcing.decide(order, supply, WAREHOUSES)
    need = Counter()
    for line in order.lines:
        need[line.product] += line.quantity

    full = {p for p, left in before.capacity.items() if left <= 0 and p not in order.slots}
    if order.released or order.chosen:
        # A person may give a warehouse more than its day.
        full = set()
    if full >= set(PLACES):
        assert (decision.outcome, decision.plan) == ("queue", None)
        return

    def had(places, product):
        return sum(max(before.free.get((p, product), 0), 0) for p in places if p not in full)

    goal = {p: min(q, had(PLACES, p)) for p, q in need.items()}
    serves = [
        len(places)
        for size in range(len(PLACES) + 1)
        for places in combinations(PLACES, size)
        if all(had(places, p) >= q for p, q in goal.items())
    ]
    if order.complete:
        assert len(decision.plan.serving) <= 1
    else:
        assert len(decision.plan.serving) == min(serves)


@given(orders(), supplies)
def test_an_order_always_ends_somewhere(order, supply):
    decision = sourcing.decide(order, supply, WAREHOUSES)
    assert decision.outcome in ("whole", "split", "partial", "waits", "queue", "cancel")
    assert decision.trials


def more_of(standing, rule, supply, **values):
    """:return: the decision on two of a product more, for an order that is about to leave"""
    order = Order(1, (Line(1, 10, 2),), (1, 2, 3), (rule,), standing=frozenset(standing), **values)
    return sourcing.decide(order, supply, WAREHOUSES)


def test_more_goods_go_along_with_what_is_about_to_leave_if_all_are_there():
    supply = Supply(free={(1, 10): 2, (2, 10): 2})
    assert more_of({2}, Rule(), supply).plan.shares == {1: {2: 2}}
    assert more_of({3}, Rule(), deepcopy(supply)).plan.shares == {1: {1: 2}}


def test_the_limit_of_parcels_counts_those_that_are_about_to_leave():
    free = {(1, 10): 2, (2, 10): 1, (3, 10): 1}
    assert more_of({2}, Rule(max_parcels=2), Supply(free=dict(free))).plan.shares == {1: {1: 2}}
    full = more_of({2}, Rule(max_parcels=1), Supply(free=dict(free)))
    assert (full.outcome, full.plan.shares) == ("partial", {1: {2: 2}})
    single = more_of({2}, Rule(one_parcel=True, action="queue"), Supply(free=dict(free)))
    assert single.outcome == "queue"


# === KITS === #

BODY, WHEEL, CART = 20, 21, 22


def cart(number, quantity):
    return Line(number, CART, quantity, parts=((BODY, 1.0), (WHEEL, 4.0)))


def decided(lines, free, **rule):
    """:return: the plan of an order of two warehouses, and what is left of the free stock"""
    supply = Supply(free=free, safety=rule.pop("safety", {}))
    order = Order(1, lines, (1, 2), (Rule(**rule),))
    return sourcing.decide(order, supply, WAREHOUSES).plan, supply.free


def test_a_kit_is_shared_out_whole_by_its_scarcest_part():
    free = {(1, BODY): 9, (1, WHEEL): 11, (2, BODY): 3, (2, WHEEL): 12, (1, CART): 50}
    plan, left = decided((cart(5, 6),), free)
    assert plan.shares == {5: {1: 3, 2: 3}}
    assert plan.missing == {CART: 1}
    assert left == {(1, BODY): 6, (1, WHEEL): -1, (2, BODY): 0, (2, WHEEL): 0, (1, CART): 50}


def test_a_kit_and_a_loose_part_of_it_do_not_share_the_same_stock():
    free = {(1, BODY): 2, (1, WHEEL): 8, (2, BODY): 2, (2, WHEEL): 12}
    plan, _left = decided((cart(5, 2), Line(6, WHEEL, 4)), free)
    assert plan.shares == {5: {2: 2}, 6: {2: 4}}


def test_a_warehouse_keeps_its_safety_stock_of_a_part_of_a_kit():
    free = {(1, BODY): 2, (1, WHEEL): 8, (2, BODY): 2, (2, WHEEL): 8}
    plan, _left = decided((cart(5, 2),), free, safety={(1, WHEEL): 1})
    assert plan.shares == {5: {2: 2}}
