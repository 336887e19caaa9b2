"""Orders as a table: what is wrong with one, and what that stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.csv_file.parse_orders import parse_orders

from ...tools.tables import PAID, faults, read, table


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "two"},
        {"quantity": ""},
        {"unit_price": "1.2.3"},
        {"unit_price": ""},
        {"placed_at": "yesterday"},
        {"total": "£"},
        {"tax_rate": "high"},
        {"kind": "gift"},
        {"status": "lost"},
        {"line_discount": "x"},
        {"shipping_amount": "x"},
        {"shipping_tax_rate": "x", "shipping_amount": "1"},
        {"paid_at": "2026-01-31"},
    ],
)
def test_a_bad_row_leaves_out_its_whole_order_and_nothing_else(change):
    """faults.md, row 9."""
    data = table(
        {"order_ref": "1"}, {"order_ref": "2"}, {"order_ref": "2"} | change, {"order_ref": "3"}
    )
    result = parse_orders(data)
    assert [document.ref for document in result.documents] == ["1", "3"]
    assert result.payloads.keys() == {"1", "3"}
    assert [row.number for row in result.rows["2"]] == [3, 4]
    assert result.errors != ()


@pytest.mark.parametrize(
    "change", [{"quantity": "0"}, {"quantity": "-1"}, {"unit_price": "-1"}, {"sku": ""}]
)
def test_what_is_readable_but_wrong_is_an_order_with_problems(change):
    """faults.md, row 9."""
    (document,) = read(change | {"currency": "EUR", "name": "Mug"})
    assert len(document.problems()) == 1


def test_an_error_names_row_column_and_value():
    assert faults({}, {"sku": "CUP", "quantity": "two"}) == [(3, "quantity", "two")]


def test_every_bad_row_is_told_in_the_order_of_the_table():
    rows = ({"unit_price": "x"}, {"order_ref": "2", "quantity": "y"}, {"quantity": "z"})
    assert faults(*rows) == [(2, "unit_price", "x"), (3, "quantity", "y"), (4, "quantity", "z")]


def test_rows_that_contradict_each_other_are_told():
    assert faults({"total": "20"}, {"total": "20"}, {"total": "30"}) == [(4, "total", "30")]


def test_payments_that_contradict_each_other_are_told():
    assert faults(PAID, PAID | {"payment_amount": "19.00"}) == [(3, "payment_ref", "T1")]


def test_a_payment_of_an_unknown_amount_is_told():
    assert faults({"paid_at": "2026-01-31"}) == [(2, "payment_amount", "")]


def test_a_row_before_any_order_is_told():
    assert faults({"order_ref": ""}, {}) == [(2, "order_ref", "")]


def test_an_order_without_a_date_is_told():
    assert faults({"placed_at": ""}, {"placed_at": ""}) == [(2, "placed_at", "")]


def test_a_row_with_too_many_cells_is_told():
    data = table({}) + b"1002,2026-01-31,x@example.com,MUG, red,1,10.00\n"
    result = parse_orders(data)
    assert [document.ref for document in result.documents] == ["1001"]
    assert 3 in {error.row for error in result.errors}


def test_a_date_that_could_be_two_is_told():
    assert faults({"placed_at": "01/02/2026"}) == [(2, "placed_at", "01/02/2026")]


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "The file cannot be read: the file is empty."),
        (
            b"order_ref,qty\n1,2\n",
            "The file cannot be read: missing columns: placed_at, unit_price; "
            "columns of the file: order_ref, qty.",
        ),
    ],
)
def test_a_file_that_is_no_table_of_orders_is_one_error(data, message):
    (error,) = parse_orders(data).errors
    assert (error.row, error.message) == (1, message)


@given(st.binary(max_size=300))
def test_any_bytes_give_orders_or_errors(data):
    result = parse_orders(b"order_ref,date,qty,price\n" + data)
    assert len(result.payloads) == len(result.documents)
