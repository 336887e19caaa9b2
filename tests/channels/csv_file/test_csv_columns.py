"""How the columns of a table of orders are found."""

from decimal import Decimal

from odoo.addons.oms_addon.channels.csv_file.parse_orders import SYNONYMS, parse_orders

from ...tools.tables import table


def test_headers_are_found_by_name_synonym_and_mapping():
    data = b"Bestellung;Order Date;QTY;Item_Price;Artikel\n7;2026-01-31;2;1,50;MUG\n"
    mapping = {"order_ref": "bestellung", "sku": "Artikel"}
    (document,) = parse_orders(data, mapping, {"timezone": "UTC"}).documents
    assert document.ref == "7"
    assert (document.lines[0].sku, document.lines[0].unit_price) == ("MUG", Decimal("1.50"))


def test_the_mapping_goes_before_equal_names():
    data = table({"price2": "3.00"})
    (document,) = parse_orders(data, {"unit_price": "price2"}).documents
    assert document.lines[0].unit_price == 3


def test_a_mapping_that_leads_nowhere_is_told_and_the_orders_are_read():
    result = parse_orders(table({}), {"note": "Remarks", "colour": "sku"})
    assert [(error.row, error.column, error.value) for error in result.errors] == [
        (1, "Remarks", "note"),
        (1, "sku", "colour"),
    ]
    assert len(result.documents) == 1


def test_no_header_means_two_columns():
    def key(name):
        return name.replace(" ", "").replace("_", "").replace("-", "")

    names = [
        name
        for column, synonyms in SYNONYMS.items()
        for name in {key(synonym) for synonym in (column, *synonyms)}
    ]
    assert len(names) == len(set(names))
