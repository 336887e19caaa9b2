"""Numbers and times as people write them."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.table_values import (
    detect_date_format,
    detect_decimal_mark,
    parse_number,
    parse_time,
)

CENTS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=2)
STYLES = [("", "."), (",", "."), ("", ","), (".", ","), (" ", ","), ("\u202f", ","), ("'", ".")]


def write(amount, group, mark):
    """Return an amount as a country writes it."""
    return f"{amount:,.2f}".translate({ord(","): group, ord("."): mark})


@pytest.mark.parametrize("group, mark", STYLES)
@given(amount=CENTS)
def test_every_style_gives_the_same_number(group, mark, amount):
    assert parse_number(write(amount, group, mark), mark) == amount


@pytest.mark.parametrize("group, mark", STYLES)
@given(amounts=st.lists(CENTS, min_size=1))
def test_the_decimal_mark_of_cents_is_detected(group, mark, amounts):
    assert detect_decimal_mark(write(amount, group, mark) for amount in amounts) == mark


@pytest.mark.parametrize(
    "text, number",
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("12.345.678", "12345678"),
        ("1,23,456.78", "123456.78"),
        ("23.90", "23.90"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("5.", "5"),
        ("£4.95", "4.95"),
        ("4,95 €", "4.95"),
        ("EUR 3.50", "3.50"),
        ("US$ 7", "7"),
        ("12 zł", "12"),
        ("-£4.95", "-4.95"),
        ("£-4.95", "-4.95"),
        ("\u22124.95", "-4.95"),
        ("(4.95)", "-4.95"),
        ("4.95-", "-4.95"),
        ("1e-05", "0.00001"),
    ],
)
def test_usual_spellings_are_understood(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1,234", "1.234"])
def test_the_decimal_mark_decides_what_three_digits_are(text):
    assert parse_number(text, decimal_mark=text[1]) == Decimal("1.234")
    assert parse_number(text, decimal_mark={",": ".", ".": ","}[text[1]]) == 1234


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2.3", "12.34,5", "1,2345,678", "--5", "-(5)", "(5", "5)", "1 2", "٣", "9" * 20],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DocumentError):
        parse_number(text)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_refused(text):
    try:
        assert parse_number(text).is_finite()
    except DocumentError as error:
        assert repr(text)[:20] in str(error)


@pytest.mark.parametrize(
    "text, date_format, moment",
    [
        ("2026-07-01T10:00:00Z", None, "2026-07-01 10:00"),
        ("2026-07-01 12:00:00 +0200", None, "2026-07-01 10:00"),
        ("2026-07-01 11:00", None, "2026-07-01 10:00"),
        ("2026/07/01 11:00", None, "2026-07-01 10:00"),
        ("2026-07-01", None, "2026-06-30 23:00"),
        ("02/07/2026 11:00", "dd/mm/yyyy", "2026-07-02 10:00"),
        ("07/02/2026, 11:00:00", "mm/dd/yyyy", "2026-07-02 10:00"),
        ("2.7.2026", "dd/mm/yyyy", "2026-07-01 23:00"),
        ("7/2/2026 12:30 am", "mm/dd/yyyy", "2026-07-01 23:30"),
        ("7/2/2026 1:30 PM", "mm/dd/yyyy", "2026-07-02 12:30"),
        ("31/12/2026 11:00", None, "2026-12-31 11:00"),
        ("12/31/2026 11:00", None, "2026-12-31 11:00"),
        ("5/5/2026 11:00", None, "2026-05-05 10:00"),
        ("1 Jul 2026 11:00", "%d %b %Y %H:%M", "2026-07-01 10:00"),
    ],
)
def test_times_are_read_in_the_zone_of_the_table(text, date_format, moment):
    expected = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
    assert parse_time(text, "Europe/London", date_format) == expected


@pytest.mark.parametrize(
    "text, date_format",
    [
        ("02/07/2026", None),
        ("31/02/2026", "dd/mm/yyyy"),
        ("13/13/2026", "dd/mm/yyyy"),
        ("yesterday", None),
        ("2026-13-01", None),
        ("1 Jul 2026", "%d/%m/%Y"),
        ("", None),
    ],
)
def test_what_is_no_certain_time_is_refused(text, date_format):
    with pytest.raises(DocumentError):
        parse_time(text, "Europe/London", date_format)


@pytest.mark.parametrize(
    "texts, date_format",
    [
        (["02/07/2026", "31/07/2026"], "dd/mm/yyyy"),
        (["02/07/2026", "07/31/2026"], "mm/dd/yyyy"),
        (["02/07/2026", "2026-07-31"], None),
        (["31/07/2026", "07/31/2026"], None),
    ],
)
def test_the_order_of_day_and_month_is_detected_only_when_it_is_certain(texts, date_format):
    assert detect_date_format(texts) == date_format
