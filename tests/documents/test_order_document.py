"""Reading and writing the canonical documents."""

import json
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.csv_file import parse_columns as csv_columns
from odoo.addons.oms_addon.documents import order as od
from odoo.addons.oms_addon.documents.tracking import STATES, TrackingDocument

from ..tools.strategies import AMOUNTS, DOCUMENTS, line, order

ROOT = Path(__file__).parents[2]
ORDER = {
    "ref": "1001",
    "placed_at": "2026-01-31T14:05:00Z",
    "prices_include_tax": True,
    "lines": [{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}],
}


def refusal(data, reader=od.OrderDocument.from_dict):
    """Return the error with which data is refused."""
    with pytest.raises(od.DocumentError) as caught:
        reader(data)
    return caught.value


@given(DOCUMENTS)
def test_what_is_written_reads_back_equal(document):
    assert od.parse_document(document.to_json()) == document
    assert type(document).from_dict(document.to_dict()) == document


@given(DOCUMENTS)
def test_writing_is_stable_and_holds_no_binary_float(document):
    written = document.to_json()
    assert od.parse_document(written.encode()).to_json() == written
    json.loads(written, parse_float=lambda text: pytest.fail(f"float {text}"))


@pytest.mark.parametrize(
    "schema, kind",
    [
        ("oms.order/1", od.OrderDocument),
        ("oms.cancellation/1", od.CancellationDocument),
        ("oms.payment/1", od.PaymentDocument),
        ("oms.tracking/1", TrackingDocument),
    ],
)
def test_the_schema_key_chooses_the_kind(schema, kind):
    content = ORDER | {
        "schema": schema,
        "order_ref": "1001",
        "at": "2026-01-31T14:05:00Z",
        "charges": [],
        "events": [],
    }
    if kind is not od.OrderDocument:
        content.pop("lines")
    assert type(od.parse_document(json.dumps(content).encode())) is kind


def test_a_document_without_schema_is_an_order():
    assert od.parse_document(json.dumps(ORDER)).ref == "1001"


def test_an_unknown_schema_is_refused_with_the_known_ones():
    error = refusal(ORDER | {"schema": "oms.order/9"}, od.parse_document)
    assert error.path == "schema"
    assert str(error) == (
        "schema: expected one of oms.order/1, oms.cancellation/1, oms.payment/1, "
        "oms.refund/1, oms.tracking/1, oms.listing/1, oms.notice/1, oms.order_request/1, "
        "found 'oms.order/9'"
    )


@pytest.mark.parametrize("written, amount", [("10.50", "10.50"), (10, "10"), (10.10, "10.1")])
def test_money_is_read_from_text_and_from_json_numbers(written, amount):
    content = json.dumps(ORDER | {"total": written})
    assert od.OrderDocument.from_json(content).total == Decimal(amount)


def test_a_json_number_keeps_every_digit():
    content = json.dumps(ORDER).replace('"10.00"', "0.10000000000000000000000001")
    document = od.OrderDocument.from_json(content)
    assert str(document.lines[0].unit_price) == "0.10000000000000000000000001"


@pytest.mark.parametrize(
    "change, message",
    [
        ({"total": 1.5}, "total: expected a decimal number, found 1.5"),
        ({"total": "ten"}, "total: expected a decimal number, found 'ten'"),
        ({"total": "NaN"}, "total: expected a decimal number, found 'NaN'"),
        ({"total": True}, "total: expected a decimal number, found True"),
        (
            {"total": "1" * 20},
            "total: expected a number within the supported range, found '" + "1" * 20 + "'",
        ),
        ({"ref": ""}, "ref: expected an ID, found ''"),
        ({"ref": None}, "ref: missing, expected text"),
        ({"ref": ["1"]}, "ref: expected text, found ['1']"),
        ({"lines": {}}, "lines: expected a list, found {}"),
        ({"lines": ["x"]}, "lines[0]: expected an object, found 'x'"),
        (
            {"lines": [{"sku": "A", "quantity": 1, "unit_price": 1, "kind": "gift"}]},
            "lines[0].kind: expected one of product, shipping, fee, discount, gift_card, tip, "
            "found 'gift'",
        ),
        ({"lines": [{"quantity": 1}]}, "lines[0].unit_price: missing, expected a decimal number"),
        ({"placed_at": "yesterday"}, "placed_at: expected a time in ISO 8601, found 'yesterday'"),
        (
            {"source_zone": "Europe/Atlantis"},
            "source_zone: expected the name of a time zone, found 'Europe/Atlantis'",
        ),
        ({"prices_include_tax": "yes"}, "prices_include_tax: expected true or false, found 'yes'"),
        ({"customer": "Jane"}, "customer: expected an object, found 'Jane'"),
    ],
)
def test_malformed_input_is_refused_with_field_finding_and_expectation(change, message):
    assert str(refusal(ORDER | change)) == message


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"total": NaN}'])
def test_what_is_no_json_object_is_refused(body):
    assert str(refusal(body, od.parse_document))


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_are_a_document_or_refused(data):
    try:
        od.parse_document(data)
    except od.DocumentError as error:
        assert error.message


@given(
    st.dictionaries(
        st.sampled_from([*ORDER, "schema", "total", "charges", "customer", "source_zone"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.text(max_size=3), st.none()),
    )
)
def test_any_json_is_a_document_or_refused(change):
    try:
        od.parse_document(ORDER | change)
    except od.DocumentError as error:
        assert error.message


def test_unknown_keys_are_kept_by_their_path():
    content = json.dumps(
        ORDER
        | {
            "loyalty": {"points": 12.50},
            "lines": [{"sku": "A", "quantity": 1, "unit_price": 1, "colour": "red"}],
            "customer": {"name": "Jane", "shoe_size": 39},
        }
    )
    extra = od.OrderDocument.from_json(content).extra
    assert extra == {
        "loyalty": {"points": "12.5"},
        "lines[0].colour": "red",
        "customer.shoe_size": 39,
    }


def test_times_without_an_offset_are_local_to_the_source_zone():
    document = od.OrderDocument.from_dict(
        ORDER | {"placed_at": "2026-07-01T08:30:00", "source_zone": "Europe/London"}
    )
    assert document.placed_at == datetime(2026, 7, 1, 7, 30, tzinfo=timezone.utc)
    assert document.source_zone == "Europe/London"


def test_a_time_without_offset_and_without_zone_is_refused():
    assert refusal(ORDER | {"placed_at": "2026-07-01T08:30:00"}).path == "placed_at"


def test_times_are_written_in_utc():
    document = od.OrderDocument.from_dict(ORDER | {"placed_at": "2026-07-01T08:30:00+05:45"})
    assert document.to_dict()["placed_at"] == "2026-07-01T02:45:00Z"


def test_codes_are_upper_case():
    document = od.OrderDocument.from_dict(
        ORDER | {"currency": " gbp ", "shipping": {"country": "gb"}}
    )
    assert (document.currency, document.shipping.country) == ("GBP", "GB")


def test_each_address_defaults_to_the_other():
    address = od.Address(name="Jane", country="GB")
    assert order(shipping=address, billing=None).billing is address
    assert order(shipping=None, billing=address).shipping is address
    assert order(shipping=None, billing=None).shipping == od.Address()


def test_numbers_of_orders_are_read_as_text():
    document = od.OrderDocument.from_dict(ORDER | {"ref": 4711, "number": 12})
    assert (document.ref, document.number) == ("4711", "12")


def test_an_order_without_number_is_called_by_its_ref():
    assert od.OrderDocument.from_dict(ORDER).number == "1001"


def test_taxes_tell_untaxed_from_unknown():
    lines = [
        {"sku": "A", "quantity": 1, "unit_price": 1, "taxes": []},
        {"sku": "A", "quantity": 1, "unit_price": 1},
    ]
    document = od.OrderDocument.from_dict(ORDER | {"lines": lines})
    assert [part.taxes for part in document.lines] == [(), None]
    assert [part["taxes"] for part in document.to_dict()["lines"]] == [[], None]


def test_unstorable_characters_become_the_replacement_character():
    assert od.OrderDocument.from_dict(ORDER | {"note": "a\x00b\ud800"}).note == "a\ufffdb\ufffd"


def test_documents_are_frozen():
    with pytest.raises(AttributeError):
        order().total = Decimal(0)
    with pytest.raises(AttributeError):
        line().sku = "other"


# === TOTALS === #


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), max_size=30))
def test_the_lines_total_is_exact(numbers):
    lines = tuple(line(quantity=q, unit_price=p, discount=d) for q, p, d in numbers)
    cents = sum((int(q * 10**4) * int(p * 10**4) - int(d * 10**4) * 10**4) for q, p, d in numbers)
    assert order(lines=lines).lines_total * 10**8 == cents


@given(AMOUNTS, AMOUNTS)
def test_given_tax_amounts_are_added_when_prices_exclude_tax(price, tax):
    taxed = line(
        quantity=Decimal(3), unit_price=price, taxes=(od.Tax(rate=Decimal(20), amount=tax),)
    )
    assert order(lines=(taxed,), prices_include_tax=False).expected_total() == 3 * price + tax
    assert order(lines=(taxed,), prices_include_tax=True).expected_total() == 3 * price


@pytest.mark.parametrize("taxes", [None, (od.Tax(rate=Decimal(20)),)])
def test_the_total_is_unknown_when_a_tax_amount_is(taxes):
    document = order(lines=(line(taxes=taxes),), prices_include_tax=False)
    assert document.expected_total() is None


@pytest.mark.parametrize("taxes", [(), (od.Tax(rate=Decimal(0)),)])
def test_untaxed_lines_need_no_tax_amount(taxes):
    document = order(lines=(line(taxes=taxes),), prices_include_tax=False)
    assert document.expected_total() == Decimal("20.00")


# === VERSIONS === #

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
LATER = NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    "version, updated_at, stored_version, stored_at, newer",
    [
        (None, LATER, None, NOON, True),
        (None, NOON, None, NOON, False),
        (None, NOON, None, LATER, False),
        ("1", LATER, "2", NOON, True),
        ("3", NOON, "2", NOON, True),
        ("2", NOON, "2", NOON, False),
        ("10", None, "9", None, True),
        ("9", None, "10", None, False),
        ("9", None, "10", NOON, False),
        ("v9", None, "v10", None, False),
        (None, None, "10", NOON, True),
        ("1", None, None, NOON, True),
        (None, None, None, None, True),
        ("1", NOON, None, None, True),
        (None, LATER, None, NOON.replace(tzinfo=None), True),
        ("0", LATER, "", NOON, True),
    ],
)
def test_newer_is_told_by_time_then_version(version, updated_at, stored_version, stored_at, newer):
    document = order(version=version, updated_at=updated_at)
    assert document.is_newer_than(stored_version, stored_at) is newer


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numeric_versions_compare_as_numbers(ours, stored):
    assert order(version=str(ours)).is_newer_than(str(stored), None) is (ours > stored)


# === KEYS OF CUSTOMERS === #


@pytest.mark.parametrize(
    "written, key",
    [
        (" Jane@Example.COM ", "jane@example.com"),
        ("STRASSE@EXAMPLE.DE", "strasse@example.de"),
        ("straße@example.de", "strasse@example.de"),
        ("n/a", ""),
        ("jane@", ""),
        ("a@b, c@d", ""),
        ("", ""),
    ],
)
def test_equal_addresses_have_equal_keys(written, key):
    assert od.normalise_email(written) == key


@given(st.text(max_size=30))
def test_keys_of_any_text_are_stable(text):
    assert od.normalise_email(od.normalise_email(text)) == od.normalise_email(text)


# === DOCUMENTED === #


def test_the_documented_example_is_an_order_without_problems():
    text = (ROOT / "docs" / "order_document.md").read_text("utf-8")
    document = od.parse_document(re.search(r"```json\n(.*?)```", text, re.S)[1])
    assert document.total == document.expected_total()
    assert document.problems() == ()


def test_every_field_and_word_is_documented():
    text = (ROOT / "docs" / "order_document.md").read_text("utf-8")
    fields = set(od.OrderDocument.__dataclass_fields__) | set(od.Line.__dataclass_fields__)
    columns = {name for name in csv_columns.COLUMNS if not name.startswith("bill_")}
    words = {*od.LINE_KINDS, *od.CHARGE_KINDS, *od.CHARGE_STATUSES, *od.ORDER_STATUSES, *STATES}
    assert {word for word in fields | columns | words if f"`{word}`" not in text} == set()
