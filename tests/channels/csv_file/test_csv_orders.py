"""Orders as a table: what a good one gives."""

import time
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.csv_file.parse_orders import (
    COLUMNS,
    parse_orders,
    read_table,
    template_csv,
)
from odoo.addons.oms_addon.documents.order import Charge, Tax, parse_document
from odoo.addons.oms_addon.tools.table import DELIMITERS

from ...tools.tables import PAID, ROW, read, table

WORDS = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Zs", "Cf")), min_size=1, max_size=12
)


def test_the_payload_of_an_order_is_its_document_with_its_own_rows():
    result = parse_orders(table({}, {"order_ref": "1002", "colour": "=1+1"}))
    assert result.payloads.keys() == {"1001", "1002"}
    for document in result.documents:
        assert parse_document(result.payloads[document.ref]) == document
    assert result.documents[1].extra == {
        "rows": [ROW | {"order_ref": "1002", "colour": "=1+1"}],
    }


def test_the_template_has_every_column_and_is_an_order_without_problems():
    result = parse_orders(template_csv())
    (document,) = result.documents
    assert read_table(template_csv()).headers == COLUMNS
    assert (result.errors, document.problems()) == ((), ())
    assert [line.kind for line in document.lines] == ["product", "product", "shipping"]
    assert document.total == document.expected_total() == Decimal("41.45")


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@settings(max_examples=25)
@given(
    orders=st.dictionaries(
        WORDS.map("£{}".format), st.lists(st.tuples(WORDS, WORDS), min_size=1), min_size=1
    )
)
def test_orders_survive_every_delimiter_and_encoding(delimiter, encoding, orders):
    rows = [
        {"order_ref": ref, "sku": sku, "line_note": note}
        for ref, lines in orders.items()
        for sku, note in lines
    ]
    result = parse_orders(table(*rows, delimiter=delimiter, encoding=encoding))
    assert result.errors == ()
    assert {
        document.ref: [(line.sku, line.note) for line in document.lines]
        for document in result.documents
    } == orders


def test_formulas_emoji_and_right_to_left_text_survive():
    (document,) = read({"name": "=1+1", "note": "🔔\nשלום", "gift_message": "@x"})
    assert document.lines[0].name == "=1+1"
    assert (document.note, document.gift_message) == ("🔔\nשלום", "@x")


def test_an_unknown_sku_keeps_its_line_whatever_its_place():
    """faults.md, row 10."""
    (document,) = read({}, {"sku": "NO-SUCH-SKU", "name": "Gone"})
    assert [(line.sku, line.name) for line in document.lines] == [
        ("MUG", ""),
        ("NO-SUCH-SKU", "Gone"),
    ]


def test_rows_of_an_order_need_not_be_neighbours():
    documents = read({}, {"order_ref": "1002"}, {"sku": "CUP"})
    assert [(d.ref, [line.sku for line in d.lines]) for d in documents] == [
        ("1001", ["MUG", "CUP"]),
        ("1002", ["MUG"]),
    ]


def test_a_blank_order_ref_continues_the_order_above():
    (document,) = read({}, {"order_ref": "", "placed_at": "", "email": "", "sku": "CUP"})
    assert [line.ref for line in document.lines] == ["1", "2"]


def test_prices_times_and_defaults_are_read_as_told():
    (document,) = read(
        {"placed_at": "01/02/2026 00:30", "unit_price": "1.234", "line_discount": "-0,50"},
        timezone="Europe/Berlin",
        currency="EUR",
        date_format="mm/dd/yyyy",
        prices_include_tax=False,
    )
    assert document.placed_at == datetime(2026, 1, 1, 23, 30, tzinfo=timezone.utc)
    assert (document.source_zone, document.currency) == ("Europe/Berlin", "EUR")
    assert document.prices_include_tax is False
    assert document.lines[0].unit_price == 1234
    assert document.lines[0].discount == Decimal("0.50")


@pytest.mark.parametrize(
    "text, taxes",
    [
        ("", None),
        ("0", (Tax(name="0%", rate=Decimal(0)),)),
        ("20.0 %", (Tax(name="20%", rate=Decimal("20.0")),)),
        (
            "5+9.975",
            (Tax(name="5%", rate=Decimal(5)), Tax(name="9.975%", rate=Decimal("9.975"))),
        ),
    ],
)
def test_tax_rates_are_percents_and_blank_means_unknown(text, taxes):
    (document,) = read({"tax_rate": text})
    assert document.lines[0].taxes == taxes


def test_three_thirds_and_a_total_are_told_apart_to_the_cent():
    """faults.md, row 31: nothing is rounded, and a missing cent is seen."""
    third = {"unit_price": "0.333", "quantity": "3"}
    (near,) = read(third | {"total": "1.00", "currency": "EUR"})
    (off,) = read(third | {"total": "1.01", "currency": "EUR"})
    assert near.lines_total == Decimal("0.999")
    assert near.problems() == ()
    assert [problem.code for problem in off.problems()] == ["TOTAL_MISMATCH"]


@pytest.mark.parametrize(
    "written, country",
    [
        ("gb", "GB"),
        ("United Kingdom", "GB"),
        ("USA", "US"),
        ("Eire", "IE"),
        ("Atlantis", "ATLANTIS"),
    ],
)
def test_countries_are_codes_or_names(written, country):
    (document,) = read({"ship_city": "x", "ship_country": written})
    assert document.shipping.country == document.billing.country == country


def test_words_for_a_status_are_understood():
    documents = read({"status": "Processing"}, {"order_ref": "2", "status": "canceled"})
    assert [document.status for document in documents] == ["open", "cancelled"]


def test_shipping_is_a_line_once():
    (document,) = read(
        {"shipping_amount": "4.95", "shipping_method": "Express"},
        {"shipping_amount": "4.95", "shipping_method": "Express"},
    )
    assert [(line.kind, line.name, line.unit_price) for line in document.lines[2:]] == [
        ("shipping", "Express", Decimal("4.95"))
    ]


def test_free_shipping_is_no_line():
    (document,) = read({"shipping_amount": "0.00", "shipping_method": "Free"})
    assert (len(document.lines), document.shipping_method) == (1, "Free")


def test_reading_takes_time_in_proportion_to_the_rows():
    def seconds(count):
        data = table(*({"order_ref": str(i)} for i in range(count)))
        start = time.process_time()
        assert len(parse_orders(data).documents) == count
        return time.process_time() - start

    assert seconds(4000) < 12 * seconds(1000)


# === PAYMENTS === #


def charge(**values):
    plain = {
        "ref": "T1",
        "kind": "charge",
        "amount": Decimal("20.00"),
        "currency": "EUR",
        "at": datetime(2026, 1, 31, 14, 5, tzinfo=timezone.utc),
        "status": "success",
    }
    return Charge(**(plain | values))


def test_a_payment_repeated_in_every_row_is_one_charge():
    (document,) = read(PAID, PAID | {"sku": "CUP"})
    assert document.charges == (charge(),)


def test_a_split_payment_may_stand_in_a_row_without_a_line():
    gift = {"payment_ref": "G1", "payment_method": "Gift card", "payment_amount": "5"}
    rest = dict.fromkeys(("sku", "quantity", "unit_price"), "")
    (document,) = read(PAID | gift, PAID | rest | {"payment_amount": "15"})
    assert len(document.lines) == 1
    assert document.charges == (
        charge(ref="G1", amount=Decimal(5), method="gift_card"),
        charge(amount=Decimal(15)),
    )


def test_a_date_of_payment_alone_means_the_total_was_paid():
    paid_at = {"payment_amount": "", "payment_ref": "", "paid_at": "2026-02-01"}
    (document,) = read(PAID | paid_at)
    at = datetime(2026, 2, 1, tzinfo=timezone.utc)
    assert document.charges == (charge(ref="1001/payment", at=at),)


def test_a_method_alone_is_no_payment():
    (document,) = read({"payment_method": "Cash on delivery", "payment_ref": "T1"})
    assert document.charges == ()


def test_a_negative_payment_is_a_refund():
    (document,) = read(PAID, PAID | {"payment_ref": "T2", "payment_amount": "-20.00"})
    assert document.charges == (charge(), charge(ref="T2", kind="refund"))
