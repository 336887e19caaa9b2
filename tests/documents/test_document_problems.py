"""What is wrong with well-formed documents (faults 9, 10 and 31)."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents import order as od
from odoo.addons.oms_addon.tools.countries import COUNTRY_CODES, country_code

from ..tools.strategies import AMOUNTS, DOCUMENTS, charge, line, order

ADDRESS = od.Address(name="Jane", street="High Street 1", city="Bonn", zip="53111", country="DE")


def told(document):
    """Return the problems of a document as triples."""
    return [(p.code, p.message, p.path) for p in document.problems()]


def codes(problems):
    return [problem.code for problem in problems]


def test_a_faultless_order_has_no_problems():
    assert order(charges=(charge(),)).problems() == ()


@given(DOCUMENTS)
def test_every_problem_is_a_sentence_with_code_and_path(document):
    for problem in document.problems():
        assert problem.code.isupper() and problem.path
        assert problem.message[0].isupper() or not problem.message[0].isalpha()
        assert problem.message.endswith(".")


def test_problems_are_found_once_per_document():
    document = order(lines=())
    assert document.problems() is document.problems()


def test_fault_9_an_order_without_customer_and_lines_says_so():
    document = od.OrderDocument.from_dict(
        {
            "ref": "1001",
            "placed_at": "2026-01-31T14:05:00Z",
            "prices_include_tax": True,
            "currency": "EUR",
            "customer": None,
            "lines": [],
        }
    )
    assert told(document) == [
        (
            "MISSING_CUSTOMER",
            "The customer is missing: no customer number, name, email or phone.",
            "customer",
        ),
        ("NO_LINES", "The order has no lines.", "lines"),
    ]


@pytest.mark.parametrize("part", ["ref", "name", "email", "phone"])
def test_any_trace_of_the_customer_is_enough(part):
    assert order(customer=od.Customer(**{part: "x"})).problems() == ()
    assert codes(order(customer=od.Customer(**{part: " "})).problems()) == ["MISSING_CUSTOMER"]


@pytest.mark.parametrize("quantity", ["0", "-2"])
def test_fault_9_a_quantity_that_is_not_positive_is_told(quantity):
    document = order(lines=(line(), line(quantity=Decimal(quantity))), total=None)
    assert told(document) == [
        (
            "BAD_QUANTITY",
            f"Line 2 (Mug, MUG) has the quantity {quantity}. It must be greater than zero.",
            "lines[1].quantity",
        )
    ]


def test_fault_9_a_negative_price_is_told():
    document = order(lines=(line(unit_price=Decimal("-1.50")),), total=None)
    assert told(document) == [
        ("BAD_PRICE", "Line 1 (Mug, MUG) has the negative price -1.50.", "lines[0].unit_price")
    ]


def test_a_price_of_zero_is_fine():
    assert order(lines=(line(unit_price=Decimal(0)),), total=Decimal(0)).problems() == ()


def test_a_discount_line_has_a_negative_price():
    voucher = line(kind="discount", sku="", quantity=Decimal(1), unit_price=Decimal("-5.00"))
    assert order(lines=(line(), voucher), total=Decimal("15.00")).problems() == ()
    wrong = line(kind="discount", name="", sku="", unit_price=Decimal("5.00"))
    assert told(order(lines=(wrong,), total=None)) == [
        (
            "BAD_PRICE",
            "Line 1 is a discount with the price 5.00. It must be negative.",
            "lines[0].unit_price",
        )
    ]


@pytest.mark.parametrize(
    "discount, fine", [("0", True), ("20.00", True), ("20.01", False), ("-1", False)]
)
def test_a_discount_lies_between_zero_and_the_price_of_the_line(discount, fine):
    document = order(lines=(line(discount=Decimal(discount)),), total=None)
    assert codes(document.problems()) == ([] if fine else ["BAD_PRICE"])


def test_fault_10_a_product_line_needs_sku_or_barcode():
    nameless = line(sku=" ", name="Blue mug")
    assert told(order(lines=(line(), nameless), total=None)) == [
        (
            "MISSING_SKU",
            "Line 2 (Blue mug,  ) has neither a SKU nor a barcode.",
            "lines[1].sku",
        )
    ]
    assert order(lines=(line(sku="", barcode="4006381333931"),)).problems() == ()


@pytest.mark.parametrize("kind", [kind for kind in od.LINE_KINDS if kind != "product"])
def test_fault_10_only_products_need_a_sku(kind):
    price = Decimal(-10 if kind == "discount" else 10)
    assert order(lines=(line(kind=kind, sku="", unit_price=price),), total=None).problems() == ()


# === TOTALS === #


@pytest.mark.parametrize(
    "total, fine",
    [("20.005", True), ("19.995", True), ("20.0051", False), ("19.99", False), ("88", False)],
)
def test_fault_31_the_total_equals_the_lines_within_half_a_cent(total, fine):
    document = order(total=Decimal(total))
    assert codes(document.problems()) == ([] if fine else ["TOTAL_MISMATCH"])


def test_fault_31_a_third_times_three_is_one():
    thirds = tuple(line(quantity=Decimal(1), unit_price=Decimal("0.333333")) for _ in range(3))
    assert order(lines=thirds, total=Decimal("1.00")).problems() == ()


def test_fault_31_a_mismatch_names_both_sums():
    document = order(total=Decimal("90.00"), lines=(line(unit_price=Decimal(44)),))
    assert told(document) == [
        (
            "TOTAL_MISMATCH",
            "The channel's total is 90.00 EUR, but the lines add up to 88 EUR.",
            "total",
        )
    ]


@given(AMOUNTS, st.integers(1, 500), AMOUNTS.filter(lambda amount: amount > 0))
def test_fault_31_any_difference_over_half_a_cent_is_told(price, quantity, difference):
    lines = (line(unit_price=price, quantity=Decimal(quantity)),)
    exact = order(lines=lines, total=price * quantity)
    off = order(lines=lines, total=price * quantity + difference)
    assert "TOTAL_MISMATCH" not in codes(exact.problems())
    assert ("TOTAL_MISMATCH" in codes(off.problems())) is (difference > Decimal("0.005"))


def test_a_total_nobody_can_know_is_no_problem():
    assert order(total=Decimal(1), prices_include_tax=False).problems() == ()
    assert order(total=None).problems() == ()


# === CODES, TIMES AND CHARGES === #


@pytest.mark.parametrize("currency", ["", "EURO", "E1R", "€"])
def test_a_currency_is_three_letters(currency):
    assert told(order(currency=currency)) == [
        (
            "BAD_CURRENCY",
            f"“{currency}” is not a currency. Three letters such as EUR are expected.",
            "currency",
        )
    ]


def test_an_unknown_country_is_told_once_per_address():
    wrong = od.Address(name="Jane", country="ATLANTIS")
    assert told(order(shipping=wrong)) == [
        (
            "UNKNOWN_COUNTRY",
            "“ATLANTIS” in the shipping address is not a country code.",
            "shipping.country",
        )
    ]
    assert [p.path for p in order(billing=wrong).problems()] == ["billing.country"]


def test_an_order_of_the_day_after_tomorrow_is_told():
    now = datetime.now(timezone.utc)
    assert order(placed_at=now + timedelta(hours=23)).problems() == ()
    assert codes(order(placed_at=now + timedelta(hours=25)).problems()) == ["BAD_TIME"]


@pytest.mark.parametrize(
    "values, message, path",
    [
        ({"amount": Decimal(0)}, "Payment 1 has the amount 0. It must be positive.", "amount"),
        ({"amount": Decimal(-5)}, "Payment 1 has the amount -5. It must be positive.", "amount"),
        ({"currency": ""}, "Payment 1 has no currency.", "currency"),
        ({"ref": " "}, "Payment 1 has no transaction number.", "ref"),
    ],
)
def test_a_charge_has_amount_currency_and_number(values, message, path):
    expected = [("BAD_CHARGE", message, f"charges[0].{path}")]
    charges = (charge(**values),)
    assert told(order(charges=charges)) == expected
    assert told(od.PaymentDocument(order_ref="1001", charges=charges)) == expected


def test_a_transaction_number_occurs_once_per_kind():
    charges = (charge(), charge(kind="refund"), charge())
    assert told(order(charges=charges)) == [
        ("BAD_CHARGE", "Payment 3 repeats the transaction number T1.", "charges[2].ref")
    ]


def test_a_payment_message_without_payment_is_told():
    document = od.PaymentDocument(order_ref="1001", charges=())
    assert codes(document.problems()) == ["BAD_CHARGE"]


# === CANCELLATIONS === #

AT = datetime(2026, 1, 31, tzinfo=timezone.utc)


def test_a_cancellation_names_its_order_or_its_customer_and_lines():
    assert od.CancellationDocument(ref="C1", order_ref="1001", at=AT).problems() == ()
    nameless = od.CancellationDocument(ref="C1", at=AT)
    assert codes(nameless.problems()) == ["MISSING_CUSTOMER", "NO_LINES"]


def test_a_cancellation_without_lines_is_about_the_whole_order():
    lines = (od.CancelledLine(sku="MUG", quantity=Decimal(1)),)
    assert od.CancellationDocument(ref="C1", order_ref="1", at=AT).is_whole_order
    assert not od.CancellationDocument(ref="C1", order_ref="1", at=AT, lines=lines).is_whole_order


def test_cancelled_quantities_are_positive():
    lines = (od.CancelledLine(sku="MUG", quantity=Decimal(-1)),)
    document = od.CancellationDocument(ref="C1", order_ref="1", at=AT, lines=lines)
    assert codes(document.problems()) == ["BAD_QUANTITY"]


# === ADDRESSES === #


@pytest.mark.parametrize(
    "change, level, expected",
    [
        ({}, "full", []),
        ({"name": "", "company": "ACME"}, "full", []),
        ({"name": ""}, "full", [("BAD_ADDRESS", "shipping.name")]),
        ({"street": " "}, "full", [("BAD_ADDRESS", "shipping.street")]),
        ({"city": ""}, "full", [("BAD_ADDRESS", "shipping.city")]),
        ({"zip": ""}, "full", [("BAD_ADDRESS", "shipping.zip")]),
        ({"zip": "", "country": "HK"}, "full", []),
        ({"country": ""}, "full", [("UNKNOWN_COUNTRY", "shipping.country")]),
        ({"country": "QQ"}, "full", [("UNKNOWN_COUNTRY", "shipping.country")]),
        ({"name": "", "street": "", "city": "", "zip": ""}, "country", []),
        ({"country": ""}, "country", [("UNKNOWN_COUNTRY", "shipping.country")]),
    ],
)
def test_an_address_has_what_its_use_needs(change, level, expected):
    values = {name: getattr(ADDRESS, name) for name in ("name", "street", "city", "zip", "country")}
    problems = od.address_problems(od.Address(**(values | change)), level)
    assert [(problem.code, problem.path) for problem in problems] == expected


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="unknown address level 'some'"):
        od.address_problems(ADDRESS, "some")


@pytest.mark.parametrize(
    "written, code",
    [
        ("gb", "GB"),
        (" United Kingdom ", "GB"),
        ("EIRE", "IE"),
        ("USA", "US"),
        ("germany", "DE"),
        ("Atlantis", "Atlantis"),
        ("", ""),
    ],
)
def test_countries_are_found_by_code_and_english_name(written, code):
    assert country_code(written) == code


def test_there_are_249_countries_and_kosovo():
    assert len(COUNTRY_CODES) == 250
