"""Which taxes of ours a channel's mean: by what they are called, their rates and their order."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.parts import Tax
from odoo.addons.oms_addon.tools.tax_choice import TaxBook, TaxOption, Value, mapping_keys


def option(number, name, rate, **values):
    return TaxOption(
        **{
            "id": number,
            "name": name,
            "rate": Decimal(rate).normalize(),
            "included": False,
            "affects": False,
            "affected": True,
            "place": number,
            **values,
        }
    )


def tax(name, rate, **values):
    return Tax(name=name, rate=None if rate is None else Decimal(rate), **values)


def test_two_taxes_of_one_rate_are_two_taxes():
    book = TaxBook([option(1, "SGST 9%", "9"), option(2, "CGST 9%", "9")])
    assert book.choose((tax("CGST", "9"), tax("SGST", "9")), False) == (2, 1)
    assert book.choose((tax("A", "9"), tax("B", "9.00")), False) == (1, 2)
    alone = TaxBook([option(1, "GST 9%", "9")])
    assert alone.choose((tax("CGST", "9"), tax("SGST", "9")), False) is None


def test_a_compound_tax_needs_taxes_that_are_computed_on_one_another():
    told = (tax("VAT", "20"), tax("Eco", "5.5", compound=True))
    parallel = [option(1, "VAT", "20"), option(2, "Eco", "5.5")]
    assert TaxBook(parallel).choose(told, False) is None
    stacked = [option(3, "VAT on", "20", affects=True, affected=False)]
    assert TaxBook([*parallel, *stacked, option(4, "Eco on", "5.5")]).choose(told, False) == (3, 4)
    late = option(0, "Eco first", "5.5")
    assert TaxBook([late, *stacked]).choose(told, False) is None
    plain = (tax("VAT", "20"), tax("Eco", "5.5"))
    assert TaxBook([*stacked, option(4, "Eco on", "5.5")]).choose(plain, False) is None
    assert TaxBook([*parallel, *stacked]).choose(plain, False) == (1, 2)


def test_what_was_mapped_comes_first():
    options = [option(1, "VAT A", "20"), option(2, "VAT B", "20"), option(3, "Zero", "0")]
    key = mapping_keys("12", "VAT", Decimal("20.00"), False, False)[0]
    book = TaxBook(options, {key: 2, "Export 0 %": 3}, {(Decimal(20).normalize(), False): 1})
    assert book.choose((tax("VAT", "20", ref="12"),), False) == (2,)
    assert book.choose((tax("VAT", "20", ref="13"),), False) == (1,)
    assert book.choose((tax("Export", "0"),), False) == (3,)
    assert book.choose((tax("Other", "0"),), False) == (None,)


def test_an_amount_without_a_rate_is_no_rate_of_zero():
    book = TaxBook([option(1, "VAT", "20")])
    told = tax("VAT", "0", amount=Decimal("5.00"))
    assert book.choose((told,), False) is None
    value = Value(Decimal("25.00"))
    assert book.choose((tax("", None, amount=Decimal("5.00")),), False, "", value) == (1,)
    assert book.choose((tax("", None, amount=Decimal("0.00")),), False, "", value) == (None,)
    assert book.choose((tax("", None),), False, "", value) is None


@pytest.mark.parametrize(("country", "expected"), [("GB", 2), ("NL", 1), ("DE", None), ("", None)])
def test_fault_9_the_rate_of_a_cheap_item_is_the_countrys_standard(country, expected):
    options = [
        option(1, "21", "21", included=True),
        option(2, "20", "20", included=True),
        option(3, "19", "19", included=True),
    ]
    told = (tax("", None, amount=Decimal("0.17")),)
    found = TaxBook(options).choose(told, True, country, Value(Decimal("0.99")))
    assert found == ((expected,) if expected else None)


def test_a_tax_of_the_country_comes_before_its_standard():
    options = [
        option(1, "20", "20", included=True),
        option(2, "21", "21", included=True, countries=frozenset({"GB"})),
    ]
    told = (tax("", None, amount=Decimal("0.17")),)
    assert TaxBook(options).choose(told, True, "GB", Value(Decimal("0.99"))) == (2,)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["5.5", "7", "19", "20", "21", "25.5"]),
    st.integers(2000, 10**6),
    st.booleans(),
)
def test_a_dear_items_rate_is_found_by_its_amount(rate, cents, included):
    rates = ["5.5", "7", "19", "20", "21", "25.5"]
    options = [option(n, r, r, included=included) for n, r in enumerate(rates)]
    value, rate = Decimal(cents) / 100, Decimal(rate)
    amount = value * rate / (100 + rate if included else 100)
    told = (tax("", None, amount=amount.quantize(Decimal("0.01"))),)
    [found] = TaxBook(options).choose(told, included, "", Value(value))
    assert Decimal(rates[found]) == rate
