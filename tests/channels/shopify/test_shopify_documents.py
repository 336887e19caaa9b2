"""What Shopify says, as documents: every shape, exact sums, nothing but DocumentError."""

import copy
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.shopify import (
    parse_documents as documents,
)
from odoo.addons.oms_addon.channels.shopify import parse_exports, parse_topics
from odoo.addons.oms_addon.channels.shopify import (
    parse_nodes as nodes,
)
from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.documents.order import DocumentError, OrderDocument

from simulators.shopify import ShopifySimulator, rest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "shopify"
TOPICS = {
    "cancelled": "orders/cancelled",
    "data_request": "customers/data_request",
    "erase_customer": "customers/redact",
    "erase_shop": "shop/redact",
    "fulfilment": "fulfillments/create",
    "hold": "fulfillment_orders/placed_on_hold",
    "level": "inventory_levels/update",
    "order_edit": "orders/edited",
    "product": "products/update",
    "product_deleted": "products/delete",
    "refund": "refunds/create",
    "risk": "orders/risk_assessment_changed",
    "transaction": "order_transactions/create",
    "uninstalled": "app/uninstalled",
}
SHAPES = sorted(
    path.name.removesuffix(".expected.json") for path in FIXTURES.glob("*.expected.json")
)


def topic_of(name):
    return TOPICS.get(name, parse_topics.ASKED if name.endswith("_graphql") else "orders/updated")


def read(name):
    return documents.parse(topic_of(name), (FIXTURES / f"{name}.json").read_bytes())


def as_told(asked):
    """:return: an asked order without what no webhook tells"""
    refunds = tuple(charge for charge in asked.charges if charge.kind == "refund")
    return replace(asked, version=documents.TOLD_VERSION, holds=None, risk="", charges=refunds)


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gives_the_expected_document_without_problems(name):
    document = read(name)
    expected = json.loads((FIXTURES / f"{name}.expected.json").read_bytes())
    assert document.to_dict() == expected
    assert document.problems() == ()


@pytest.mark.parametrize("name", ["order", "refunded", "edited"])
def test_a_webhook_and_the_answer_to_a_question_give_the_same_document(name):
    told, asked = read(name), read(f"{name}_graphql")
    assert as_told(asked).to_dict() == told.to_dict()
    assert asked.is_newer_than(told.version, told.updated_at)
    assert not told.is_newer_than(asked.version, asked.updated_at)


def test_money_is_what_the_customer_pays_in_and_the_shop_books_another():
    order = read("order")
    assert (order.currency, order.total) == ("GBP", Decimal("77.92"))
    assert (order.settlement_currency, order.settlement_total) == ("EUR", Decimal("89.61"))
    assert order.expected_total() == order.total


def test_what_was_taken_off_leaves_the_order_and_paying_it_back_is_no_refund():
    edited, settled = read("edited_graphql"), read("edited_settled_graphql")
    assert [(line.sku, line.quantity) for line in edited.lines] == [("MUG", 1), ("PAN", 2)]
    assert edited.total == edited.expected_total() == Decimal("15.70")
    assert settled.refunds == ()
    assert settled.lines == edited.lines
    assert [(c.kind, c.amount) for c in settled.charges] == [
        ("charge", Decimal("36.44")),
        ("refund", Decimal("19.43")),
    ]


def test_pieces_that_came_back_are_returned_and_shipping_given_back_is_money_only():
    returned, shipping = read("refunded").refunds
    assert [(line.quantity, line.returned) for line in returned.lines] == [(1, True)]
    assert [(line.quantity, line.amount) for line in shipping.lines] == [(0, Decimal("4.95"))]


def test_a_gift_card_pays_as_a_charge_and_is_bought_as_a_line():
    assert [charge.method for charge in read("refunded_graphql").charges][:2] == [
        "gift_card",
        "visa",
    ]
    assert [line.kind for line in read("order").lines] == [
        "product",
        "product",
        "gift_card",
        "fee",
        "shipping",
    ]


def test_a_voided_authorisation_has_failed_and_a_void_alone_asks_for_the_order():
    [charge] = read("voided_graphql").charges
    assert (charge.kind, charge.status) == ("authorization", "failed")
    void = {"id": 2, "kind": "void", "order_id": 1, "parent_id": 3, "amount": "1.00"}
    document = documents.parse("order_transactions/create", json.dumps(void).encode())
    assert document == OrderRequest(order_ref="1")


def test_holds_risk_and_the_day_of_a_preorder_come_with_the_asked_order_only():
    asked = read("preorder_graphql")
    assert [(hold.code, hold.reason) for hold in asked.holds] == [("other", "Check the address")]
    assert asked.risk == "high"
    assert {line.available_at.isoformat() for line in asked.lines} == {"2026-05-01T00:00:00+00:00"}
    assert read("order").holds is None
    assert read("pickup_graphql").holds == ()


def test_a_pickup_goes_to_the_place_and_never_to_the_billing_address():
    asked = read("pickup_graphql")
    assert (asked.pickup_point, asked.shipping.city) == ("71", "Berlin")
    assert asked.billing.city == "Leeds"


def test_a_company_has_its_name_and_tax_number():
    customer = read("company_graphql").customer
    assert (customer.company, customer.tax_number) == ("ACME", "DE123456789")


def test_a_test_order_is_marked_and_a_free_one_costs_nothing():
    free = read("free")
    assert (free.tags, free.total, free.charges) == (("test",), Decimal("0.00"), ())


def test_a_refund_that_takes_off_pays_back_or_cancels_asks_for_the_order():
    refund = json.loads((FIXTURES / "refund.json").read_bytes())
    order_ref = str(refund["order_id"])
    without_money = {**refund, "transactions": []}
    paying_back = {
        **refund,
        "refund_line_items": [],
        "order_adjustments": [{"reason": "Pending refund discrepancy"}],
    }
    items = [{**item, "restock_type": "cancel"} for item in refund["refund_line_items"]]
    cancelling = {**refund, "refund_line_items": items}
    for body in (without_money, paying_back, cancelling):
        document = documents.parse("refunds/create", json.dumps(body).encode())
        assert document == OrderRequest(order_ref=order_ref)


def test_an_order_with_taxes_in_one_sum_does_not_tell_those_of_its_lines():
    order = json.loads((FIXTURES / "taxes_excluded.json").read_bytes())
    for line in (*order["line_items"], *order["shipping_lines"]):
        line["tax_lines"] = []
    document = documents.parse("orders/updated", json.dumps(order).encode())
    assert [line.taxes for line in document.lines if line.kind == "product"] == [None, None]
    assert document.problems() == ()


def test_what_shopify_invents_later_is_nothing_to_us():
    assert documents.parse("orders/link_requested", b"{}") is None
    assert documents.parse("themes/publish", b"{}") is None


# === EXPORTS === #


def test_an_export_is_put_together_whatever_the_order_of_its_lines():
    lines = [
        {"id": "gid://shopify/LineItem/3", "sku": "A", "__parentId": "gid://shopify/Order/1"},
        {"purpose": "TAX", "value": "X", "__parentId": "gid://shopify/Order/1"},
        {"id": "gid://shopify/Order/2", "refunds": []},
        {"id": None, "title": "Post", "__parentId": "gid://shopify/Order/2"},
        {"id": "gid://shopify/Order/1", "refunds": [{"id": "gid://shopify/Refund/9"}]},
    ]
    second, first = parse_exports.assemble("\n".join(map(json.dumps, lines)).encode())
    assert first["lineItems"]["nodes"][0]["sku"] == "A"
    assert first["localizedFields"]["nodes"][0]["value"] == "X"
    assert second["shippingLines"]["nodes"][0]["title"] == "Post"
    assert not nodes.is_whole(first) and nodes.is_whole(second)


def test_pieces_that_came_back_had_left_though_the_current_quantity_is_without_them():
    node = json.loads((FIXTURES / "refunded_graphql.json").read_bytes())
    item = node["lineItems"]["nodes"][0]
    item |= {"quantity": 3, "currentQuantity": 1, "unfulfilledQuantity": 1}
    sent = [{"quantity": 2, "lineItem": {"id": item["id"]}}]
    node["fulfillments"] = [
        {
            "status": "SUCCESS",
            "displayStatus": "FULFILLED",
            "location": None,
            "fulfillmentLineItems": {"nodes": sent, "pageInfo": {"hasNextPage": False}},
        }
    ]
    line = documents.parse(parse_topics.ASKED, json.dumps(node).encode()).lines[0]
    assert line.shipped == 2


# === ARITHMETIC === #

prices = st.decimals(Decimal("0.01"), Decimal("500"), places=2).map(str)
rates = st.sampled_from(["0", "5.5", "7", "8.875", "19", "20"])


@given(
    lines=st.lists(st.tuples(st.integers(1, 9), prices), min_size=1, max_size=5),
    discount=st.decimals(Decimal("0"), Decimal("0.01"), places=2).map(str),
    shipping=prices,
    rate=rates,
    included=st.booleans(),
    kept=st.lists(st.integers(0, 9), min_size=5, max_size=5),
    rest_of_world=st.sampled_from(["1", "0.87", "157.31"]),
)
def test_lines_make_the_total_to_the_cent_whatever_was_taken_off(
    lines, discount, shipping, rate, included, kept, rest_of_world
):
    store = ShopifySimulator()
    skus = [(f"P{n}", quantity, price) for n, (quantity, price) in enumerate(lines)]
    ref = store.place_order(
        skus,
        discount=discount,
        shipping=shipping,
        tax_rate=rate,
        tax_included=included,
        currency="USD",
        rate=rest_of_world,
    )
    left = [
        (sku, min(keep, quantity), price)
        for (sku, quantity, price), keep in zip(skus, kept, strict=False)
    ]
    if any(quantity for _sku, quantity, _price in left):
        store.edit_order(ref, [row for row in left if row[1]])
    order = store.by_id[int(ref)]
    store.server.server_close()
    document = documents.parse("orders/updated", json.dumps(rest.order(order)).encode())
    assert document.expected_total() == document.total == order.total - order.removed_units
    assert document.problems() == ()


# === MALFORMED === #


def paths(data, path=()):
    """:return: where the values of JSON data stand"""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from paths(value, (*path, key))


broken = st.sampled_from(
    [None, "", "x", -1, 10**30, True, [], {}, [None], {"a": 1}, "NaN", "1e999", "gid://x", "\x00"]
)


@given(name=st.sampled_from(SHAPES), value=broken, data=st.data())
def test_a_broken_body_is_read_or_refused_in_words_and_never_crashes(name, value, data):
    body = copy.deepcopy(json.loads((FIXTURES / f"{name}.json").read_bytes()))
    *way, key = data.draw(st.sampled_from(list(paths(body))))
    part = body
    for step in way:
        part = part[step]
    part[key] = value
    try:
        document = documents.parse(topic_of(name), json.dumps(body).encode())
    except DocumentError as error:
        assert str(error)
    else:
        if document is not None:
            document.problems()
            document.to_json()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{", b"{}"])
def test_what_is_no_order_is_refused(body):
    with pytest.raises(DocumentError):
        documents.parse("orders/create", body)


def test_a_malformed_line_is_named():
    order = json.loads((FIXTURES / "order.json").read_bytes())
    order["line_items"][1]["quantity"] = "two"
    with pytest.raises(DocumentError) as error:
        documents.parse("orders/create", json.dumps(order).encode())
    assert error.value.path == "line_items[1].quantity"


def test_reading_gives_frozen_documents_of_their_kind():
    assert isinstance(read("order"), OrderDocument)
