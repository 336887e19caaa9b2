"""Tables of orders for tests."""

import csv
import io

from odoo.addons.oms_addon.channels.csv_file.parse_orders import parse_orders

#: A row of a good order.
ROW = {
    "order_ref": "1001",
    "placed_at": "2026-01-31 14:05",
    "email": "jane@example.com",
    "sku": "MUG",
    "quantity": "2",
    "unit_price": "10.00",
}
#: What a paid order of one such row says in addition.
PAID = {"currency": "EUR", "total": "20.00", "payment_ref": "T1", "payment_amount": "20.00"}


def table(*rows, delimiter=",", encoding="utf-8"):
    """Return a table with these rows, each a change of ``ROW``."""
    rows = [ROW | row for row in rows]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(
        file, list(dict.fromkeys(sum(map(list, rows), []))), delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def read(*rows, **defaults):
    """Return the documents of rows without errors."""
    result = parse_orders(table(*rows), {}, defaults)
    assert result.errors == ()
    return result.documents


def faults(*rows, **defaults):
    """Return row, column and value of each error."""
    errors = parse_orders(table(*rows), {}, defaults).errors
    assert all(error.message.endswith(".") for error in errors)
    return [(error.row, error.column, error.value) for error in errors]
