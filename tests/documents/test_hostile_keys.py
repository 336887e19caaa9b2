"""Every parser, with each key of each golden message missing, null or of another type: an error in
words, and nothing else.
"""

import copy
import json
from pathlib import Path

import pytest

from odoo.addons.oms_addon.channels.amazon import (
    parse_notifications as amazon_notifications,
)
from odoo.addons.oms_addon.channels.amazon import (
    parse_refunds as amazon_refunds,
)
from odoo.addons.oms_addon.channels.amazon import (
    parse_reports as amazon_reports,
)
from odoo.addons.oms_addon.channels.amazon.parse_orders import read_order as read_amazon_order
from odoo.addons.oms_addon.channels.csv_file import parse_orders as csv_orders
from odoo.addons.oms_addon.channels.prestashop import parse_orders as prestashop_order
from odoo.addons.oms_addon.channels.sample import parse_online_retail as online_retail
from odoo.addons.oms_addon.channels.shopify import parse_documents as documents
from odoo.addons.oms_addon.channels.woocommerce import (
    parse_orders as woocommerce_orders,
)
from odoo.addons.oms_addon.channels.woocommerce import (
    parse_values as woocommerce,
)
from odoo.addons.oms_addon.documents import tracking as tracking_document
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import parse_document
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import FinalError

from ..channels.shopify.test_shopify_documents import topic_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
MISSING = object()
#: what may stand where something else is expected
VALUES = (
    MISSING,
    None,
    "",
    "x",
    "\x00",
    "9" * 5000,
    "1e999999999",
    -1,
    1e300,
    True,
    [],
    {},
    [None],
    [[]],
    ["x"],
    {"x": {}},
    [{}],
)
#: an order of a marketplace as it is listed, for which there is no golden message
LISTING = {
    "sku": "MUG",
    "summaries": [
        {
            "marketplaceId": "A1PA6795UKMFR9",
            "asin": "B0",
            "fnSku": "X0",
            "itemName": "Mug",
            "status": ["BUYABLE"],
            "mainImage": {"link": "https://example.com/a.png"},
        }
    ],
    "offers": [
        {"marketplaceId": "A1PA6795UKMFR9", "price": {"amount": "9.00", "currencyCode": "EUR"}}
    ],
    "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": 3}],
    "relationships": [{"relationships": [{"parentSkus": ["PARENT"]}]}],
}
NOTIFICATION = {
    "NotificationType": "ORDER_CHANGE",
    "NotificationMetadata": {"NotificationId": "n-1"},
    "Payload": {"OrderChangeNotification": {"AmazonOrderId": "1"}},
}
PRODUCT = {
    "id": 4711,
    "name": "Mug",
    "type": "simple",
    "status": "publish",
    "sku": "MUG",
    "price": "9.00",
    "regular_price": "9.00",
    "manage_stock": True,
    "stock_quantity": 5,
    "virtual": False,
    "images": [{"src": "https://example.com/a.png"}],
    "global_unique_id": "4006381333931",
    "date_modified_gmt": "2026-03-01T10:00:00",
    "parent_id": 0,
    "meta_data": [{"key": "x", "value": "y"}],
    "variations": [],
}


def _golden(kind):
    paths = sorted((FIXTURES / kind).glob("*.json"))
    return [
        (path.stem, json.loads(path.read_bytes()))
        for path in paths
        if ".expected." not in path.name
    ]


def _bytes(read):
    return lambda data: read(json.dumps(data).encode())


def _notified(data):
    told = amazon_notifications.read_notification(json.dumps(data).encode())
    return amazon_notifications.order_of(told), amazon_notifications.id_of(told)


def _woocommerce(data):
    data = woocommerce.read_object(json.dumps(data).encode())
    return woocommerce_orders.read_order(data, woocommerce.ref_of(data), ())


def _cases():
    """Yield the name of a case, its golden data and what reads it."""
    for name, data in _golden("shopify"):
        yield (
            f"shopify {name}",
            data,
            _bytes(lambda body, name=name: documents.parse(topic_of(name), body)),
        )
    for name, data in _golden("woocommerce"):
        yield f"woocommerce {name}", data, _woocommerce
    for event in ("updated", "deleted"):
        yield (
            f"woocommerce product {event}",
            PRODUCT,
            _bytes(
                lambda body, event=event: woocommerce.read_product(
                    woocommerce.read_object(body), event
                )
            ),
        )
    yield "woocommerce listing", PRODUCT, lambda data: woocommerce.read_listing(data)
    for name, data in _golden("prestashop"):
        yield (
            f"prestashop {name}",
            data,
            _bytes(lambda body: prestashop_order.read_order(loads(body))),
        )
    for name, data in _golden("amazon"):
        read = amazon_refunds.read_refund if name.startswith("refund") else read_amazon_order
        yield f"amazon {name}", data, _bytes(read)
    yield "amazon notification", NOTIFICATION, _notified
    yield (
        "amazon listing",
        LISTING,
        lambda data: amazon_reports.read_listing(data, "A1PA6795UKMFR9"),
    )
    for name, data in _golden("canonical"):
        yield f"canonical {name}", data, _bytes(parse_document)
    for name, data in _golden("sample"):
        yield f"sample {name}", data, _bytes(online_retail.parse_order)


CASES = {name: (data, read) for name, data, read in _cases()}


def _places(data, path=()):
    """Yield the path of each key, of lists the first item."""
    items = data.items() if isinstance(data, dict) else enumerate(data[:1])
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from _places(value, (*path, key))


def _put(data, path, value):
    """:return: a copy in which another value stands at a path"""
    changed = copy.copy(data)
    key, rest = path[0], path[1:]
    if rest:
        changed[key] = _put(data[key], rest, value)
    elif value is MISSING:
        del changed[key]
    else:
        changed[key] = value
    return changed


@pytest.mark.parametrize("name", CASES)
def test_no_key_that_is_missing_or_of_another_type_breaks_a_parser(name):
    data, read = CASES[name]
    read(data)
    broken = []
    for number, path in enumerate(_places(data)):
        # Each value meets each parser; which key it stands at goes round.
        values = {0, 1, *((number + turn) % len(VALUES) for turn in (0, 5, 11))}
        for place in sorted(values):
            try:
                read(_put(data, path, VALUES[place]))
            except (DocumentError, FinalError) as error:
                assert str(error)
            except Exception as error:  # noqa: BLE001 - what is looked for
                broken.append((path, repr(VALUES[place])[:20], repr(error)[:120]))
    assert broken == []


ORDER_HEAD = "amazon-order-id\tpurchase-date\tlast-updated-date\tsku\tquantity\titem-price"
OFFER_HEAD = "seller-sku\tprice\tquantity\titem-name"


def test_a_row_of_an_order_report_that_cannot_be_read_stops_no_other_order():
    at = "2026-01-02T00:00:00+00:00"
    good = f"{at}\t{at}\tMUG\t1\t5.00"
    rows = [
        f"1\t{good}",
        f"\t{good}",
        f"2\t\t{at}\tMUG\t1\t5.00",
        f"3\t{at}\t{at}\tMUG\tmany\t5.00",
    ]
    rows += [
        f"4\t{good}",
        f"4\t{at}\t{at}\tPOT\t{'9' * 5000}\t5.00",
        "5",
        f"6\t{good}\tmore\teven more",
    ]
    orders, problems = amazon_reports.read_order_report("\n".join([ORDER_HEAD, *rows]))
    assert [order["AmazonOrderId"] for order in orders] == ["1", "6"]
    assert [problem.partition(":")[0] for problem in problems] == [
        "row 3",
        "row 4",
        "row 5",
        "row 7",
        "row 8",
    ]
    assert "amazon-order-id: expected a value" in problems[0]


def test_a_report_without_the_column_of_the_id_names_it():
    orders, problems = amazon_reports.read_order_report("sku\tquantity\nMUG\t1\nPOT\t1")
    assert orders == []
    assert len(problems) == 2
    assert "amazon-order-id" in problems[0]


def test_a_row_of_an_offer_report_that_cannot_be_read_stops_no_other_offer():
    rows = ["MUG\t5.00\t3\tMug", "\t5.00\t3\tMug", "POT\t1e999999999\tmany\tPot", "PAN"]
    listings, problems = amazon_reports.read_listing_report("\n".join([OFFER_HEAD, *rows]), "EUR")
    assert [(row.sku, row.price, row.quantity) for row in listings] == [
        ("MUG", 5, 3),
        ("POT", None, None),
        ("PAN", None, None),
    ]
    assert [problem.partition(":")[0] for problem in problems] == ["row 3"]


@pytest.mark.parametrize(
    "head, read",
    [
        ("number,state,at", lambda data: tracking_document.read_csv(data)),
        ("order_ref,sku,quantity,price", lambda data: csv_orders.parse_orders(data)),
    ],
)
def test_a_row_of_a_table_that_cannot_be_read_is_told_and_nothing_is_raised(head, read):
    for cells in ("", ",,", "\x00,\x00", '"', "1,2,3,4,5,6,7,8,9", "9" * 5000, "1e999999999," * 3):
        try:
            read(f"{head}\n{cells}\n".encode())
        except DocumentError as error:
            assert str(error)
