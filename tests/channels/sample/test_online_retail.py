"""The packaged real orders: untouched, and read as they are."""

import gzip
import hashlib
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.sample import parse_online_retail as shop
from odoo.addons.oms_addon.documents.order import Address, Customer, DocumentError

SAMPLE = Path(shop.__file__).parents[2] / "data" / "sample" / "online_retail.csv.gz"
ROW = {
    "InvoiceNo": "536365",
    "StockCode": "85123a",
    "Description": "WHITE HANGING HEART",
    "Quantity": "6",
    "InvoiceDate": "2011-06-01 08:26:00",
    "UnitPrice": "2.55",
    "CustomerID": "17850",
    "Country": "United Kingdom",
}


@pytest.fixture(scope="module")
def invoices():
    return dict(shop.read_invoices(SAMPLE))


def read(*changes):
    """Return the order of an invoice whose rows differ from ``ROW`` by ``changes``."""
    rows = [ROW | change for change in changes or ({},)]
    return shop.parse_order(shop.invoice_payload("536365", rows))


# === THE EXTRACT === #


def test_the_extract_holds_whole_invoices(invoices):
    assert len(invoices) == 1400
    assert sum(map(len, invoices.values())) == 29918
    assert next(iter(invoices)) == "536365"


def test_the_extract_is_made_reproducibly():
    packed = SAMPLE.read_bytes()
    assert packed[4:8] == bytes(4)
    digest = hashlib.sha256(gzip.decompress(packed)).hexdigest()
    assert digest == "81ac937a5c9bee1c5bfe9e292add83758f075f2d463dce3f7ed0da5d1cf614d3"


def test_the_dirt_of_the_source_is_there(invoices):
    rows = [row for of_invoice in invoices.values() for row in of_invoice]
    assert sum(shop.topic_of(number) == shop.CANCELLED for number in invoices) == 206
    assert sum(not row["CustomerID"] for row in rows) == 10042
    assert sum(Decimal(row["UnitPrice"]) == 0 for row in rows) == 185
    assert {row["StockCode"] for row in rows} >= {"POST", "DOT", "M", "D", "S", "AMAZONFEE"}


def test_every_invoice_is_read_and_its_total_is_the_sum_of_its_rows(invoices):
    for number, rows in invoices.items():
        payload = shop.invoice_payload(number, rows)
        total = sum(Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows)
        if shop.topic_of(number) == shop.CANCELLED:
            cancellation = shop.parse_cancellation(payload)
            assert cancellation.total == -total
            assert all(line.quantity > 0 for line in cancellation.lines)
        else:
            document = shop.parse_order(payload)
            assert document.total == document.expected_total() == total
            assert len(document.lines) == len(rows)


def test_the_problems_of_the_extract_are_known(invoices):
    codes = [
        problem.code
        for number, rows in invoices.items()
        if shop.topic_of(number) == shop.CREATED
        for problem in shop.parse_order(shop.invoice_payload(number, rows)).problems()
    ]
    assert {code: codes.count(code) for code in codes} == {
        "MISSING_CUSTOMER": 197,
        "BAD_QUANTITY": 67,
    }


# === ONE INVOICE === #


def test_the_same_invoice_is_sent_in_the_same_bytes():
    payload = shop.invoice_payload("536365", [ROW])
    assert payload == shop.invoice_payload("536365", [dict(ROW)])
    assert json.loads(payload) == {"invoice": "536365", "rows": [ROW]}


def test_an_order_is_read_whole():
    document = read()
    assert (document.ref, document.number, document.currency) == ("536365", "536365", "GBP")
    assert document.placed_at == datetime(2011, 6, 1, 7, 26, tzinfo=timezone.utc)
    assert document.source_zone == "Europe/London"
    assert document.prices_include_tax
    assert document.customer == Customer(ref="17850", name="Customer 17850")
    assert document.shipping == Address(name="Customer 17850", country="GB")
    assert document.total == Decimal("15.30")
    (line,) = document.lines
    assert (line.sku, line.kind, line.taxes) == ("85123a", "product", ())


def test_an_order_is_paid_once_by_card():
    (charge,) = read().charges
    assert (charge.ref, charge.kind, charge.status) == ("OR-536365", "charge", "success")
    assert (charge.amount, charge.currency, charge.method) == (Decimal("15.30"), "GBP", "card")
    assert charge.at == datetime(2011, 6, 1, 7, 26, tzinfo=timezone.utc)


def test_nothing_is_paid_for_a_free_order():
    document = read({"UnitPrice": "0"})
    assert (document.total, document.charges, len(document.lines)) == (0, (), 1)


def test_a_missing_customer_stays_missing():
    document = read({"CustomerID": ""})
    assert document.customer == Customer()
    assert document.shipping == Address(country="GB")
    assert [problem.code for problem in document.problems()] == ["MISSING_CUSTOMER"]


def test_duplicate_lines_stay_separate():
    assert len(read({}, {}).lines) == 2


@pytest.mark.parametrize(
    "code, price, kind",
    [
        ("POST", "18", "shipping"),
        ("DOT", "18", "shipping"),
        ("C2", "50", "shipping"),
        ("M", "1", "fee"),
        ("m", "1", "fee"),
        ("M", "-1", "discount"),
        ("BANK CHARGES", "15", "fee"),
        ("AMAZONFEE", "-100", "discount"),
        ("CRUK", "1", "fee"),
        ("B", "-11062.06", "discount"),
        ("S", "1", "fee"),
        ("D", "-5", "discount"),
        ("gift_0001_40", "40", "product"),
        ("DCGS0076", "1", "product"),
    ],
)
def test_codes_that_are_no_goods_are_told_apart(code, price, kind):
    assert read({"StockCode": code, "UnitPrice": price}).lines[0].kind == kind


@pytest.mark.parametrize(
    "name, code",
    [
        ("EIRE", "IE"),
        ("USA", "US"),
        ("Channel Islands", "JE"),
        ("Unspecified", ""),
        ("European Community", ""),
        ("Hong Kong", "HK"),
    ],
)
def test_countries_become_codes(name, code):
    assert read({"Country": name}).shipping.country == code


def test_a_cancellation_names_what_was_taken_back_but_no_order():
    rows = [ROW | {"InvoiceNo": "C536379", "Quantity": "-2"}]
    document = shop.parse_cancellation(shop.invoice_payload("C536379", rows))
    assert (document.ref, document.order_ref) == ("C536379", "")
    assert document.customer.ref == "17850"
    assert document.total == Decimal("5.10")
    (line,) = document.lines
    assert (line.sku, line.quantity, line.unit_price) == ("85123a", 2, Decimal("2.55"))
    assert shop.topic_of("C536379") == "orders/cancelled"
    assert shop.topic_of("536379") == "orders/create"


@pytest.mark.parametrize(
    "payload, message",
    [
        (b"{", "expected the raw rows of an invoice as JSON"),
        (b'{"invoice": "1"}', "expected the raw rows of an invoice as JSON"),
        (b'{"invoice": "1", "rows": []}', "rows: expected at least one row, found none"),
        (b'{"invoice": "1", "rows": [{}]}', "InvoiceDate: expected text, found None"),
    ],
)
def test_what_is_no_invoice_is_refused(payload, message):
    with pytest.raises(DocumentError) as caught:
        shop.parse_order(payload)
    assert str(caught.value) == message


def test_a_malformed_number_is_refused_with_its_row():
    with pytest.raises(DocumentError) as caught:
        read({}, {"Quantity": "six"})
    assert str(caught.value) == "rows[1].Quantity: expected a decimal number, found 'six'"


# === BROUGHT TO THE PRESENT === #


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_last_day_is_one_of_the_seven_before_and_weekdays_stay(day):
    shift = shop.shift_to(day)
    last = shop.LAST_DAY + shift
    assert 1 <= (day - last).days <= 7
    assert last.weekday() == shop.LAST_DAY.weekday()


def test_the_hour_of_the_shops_clock_stays_in_summer_time():
    payload = shop.invoice_payload("536365", [ROW | {"InvoiceDate": "2010-12-01 08:26:00"}])
    shift = timedelta(weeks=30)
    placed = shop.parse_order(payload, shift).placed_at
    assert placed.isoformat() == "2011-06-29T07:26:00+00:00"
