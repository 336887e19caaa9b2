"""Columns of the order table: names, synonyms, template."""

import csv
import io
import re

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.table import RowError

ADDRESS_PARTS = ("name", "company", "street", "street2", "city", "zip", "state", "country")

#: Synonyms of column names.
SYNONYMS = {
    "order_ref": ("order id", "order no", "order", "id", "order reference", "invoice no"),
    "order_number": ("order number", "order name", "number"),
    "placed_at": (
        "order date",
        "date",
        "created at",
        "date created",
        "purchase date",
        "ordered at",
    ),
    "updated_at": ("date modified", "last modified", "modified at"),
    "status": ("order status",),
    "currency": ("currency code", "order currency"),
    "total": ("order total", "grand total", "total amount"),
    "customer_ref": ("customer id", "customer number", "customer no"),
    "customer_name": ("customer", "buyer", "buyer name"),
    "email": ("customer email", "buyer email", "email address", "e-mail"),
    "phone": ("customer phone", "phone number", "telephone", "buyer phone number"),
    "tax_number": ("tax id", "vat number", "vat id", "customer vat number", "tax number"),
    "ship_name": ("recipient", "recipient name", "shipping name", "ship to"),
    "ship_company": ("shipping company", "ship to company", "company"),
    "ship_street": (
        "shipping street",
        "shipping address 1",
        "shipping address",
        "ship address 1",
        "address 1",
        "address",
        "street",
    ),
    "ship_street2": ("shipping address 2", "ship address 2", "address 2", "street 2"),
    "ship_city": ("shipping city", "city", "town"),
    "ship_zip": (
        "shipping zip",
        "shipping postcode",
        "ship postal code",
        "zip",
        "zip code",
        "postcode",
        "postal code",
    ),
    "ship_state": ("shipping state", "shipping province", "state", "province"),
    "ship_country": ("shipping country", "country", "country code"),
    "bill_name": ("billing name", "bill to"),
    "bill_company": ("billing company", "bill to company"),
    "bill_street": ("billing street", "billing address 1", "billing address"),
    "bill_street2": ("billing address 2",),
    "bill_city": ("billing city",),
    "bill_zip": ("billing zip", "billing postcode", "billing postal code"),
    "bill_state": ("billing state", "billing province"),
    "bill_country": ("billing country",),
    "sku": ("lineitem sku", "item sku", "product code", "item code", "stock code"),
    "barcode": ("ean", "gtin", "upc"),
    "name": (
        "product",
        "product name",
        "item",
        "item name",
        "lineitem name",
        "description",
        "title",
    ),
    "kind": ("line kind", "line type"),
    "quantity": ("qty", "quantity ordered", "lineitem quantity", "units", "pieces"),
    "unit_price": ("price", "item price", "lineitem price", "price per unit"),
    "line_discount": ("lineitem discount", "discount"),
    "tax_rate": ("vat rate", "tax", "vat", "tax percent", "vat percent"),
    "line_note": ("item note", "line comment"),
    "note": ("notes", "customer note", "order note", "comment", "comments"),
    "gift_message": ("gift note",),
    "shipping_amount": (
        "shipping",
        "shipping price",
        "shipping cost",
        "shipping total",
        "postage",
    ),
    "shipping_tax_rate": ("shipping tax", "shipping vat rate"),
    "shipping_method": ("delivery method", "ship service level", "shipping service"),
    "payment_ref": ("payment id", "transaction id", "payment reference"),
    "payment_method": ("payment type", "paid by", "payment"),
    "payment_amount": ("amount paid", "paid amount", "paid"),
    "paid_at": ("payment date", "date paid", "paid on"),
}

COLUMNS = tuple(SYNONYMS)
REQUIRED_COLUMNS = ("order_ref", "placed_at", "quantity", "unit_price")

_NOISE = re.compile(r"[\W_]+")


def match_columns(headers, mapping):
    """Match the headers of a table to our columns.

    :param headers: the headers of the table
    :param dict mapping: headers by column name; other columns are matched by name or synonym,
        ignoring case, spaces and underscores
    :return: positions by column name, and an error for each mapped header that is missing
    :rtype: tuple[dict, list[RowError]]
    :raise DocumentError: when a required column is missing
    """
    positions, errors = _match_mapping(headers, mapping)
    by_key = {_normalize(header): i for i, header in reversed(list(enumerate(headers)))}
    for names_of in (lambda column: (column,), SYNONYMS.get):
        for column in COLUMNS:
            if column not in positions:
                _claim(positions, column, by_key, names_of(column))
    missing = [column for column in REQUIRED_COLUMNS if column not in positions]
    if missing:
        raise DocumentError(
            f"missing columns: {', '.join(missing)}; columns of the file: {', '.join(headers)}"
        )
    return positions, errors


def _match_mapping(headers, mapping):
    positions, errors = {}, []
    exact = {header: i for i, header in enumerate(headers)}
    loose = {_normalize(header): i for i, header in reversed(list(enumerate(headers)))}
    for column, header in mapping.items():
        position = exact.get(header.strip(), loose.get(_normalize(header)))
        if column not in SYNONYMS:
            message = f"The mapping contains the unknown column {column}."
            errors.append(RowError(1, header, message, column))
        elif position is None:
            message = f"The mapping of {column} refers to a column that is not in the file."
            errors.append(RowError(1, header, message, column))
        else:
            positions[column] = position
    return positions, errors


def _claim(positions, column, by_key, names):
    """Assign a column to the first header of these names that is not assigned yet."""
    for name in names:
        position = by_key.get(_normalize(name))
        if position is not None and position not in positions.values():
            positions[column] = position
            return


def _normalize(header):
    return _NOISE.sub("", header.casefold())


# === TEMPLATE === #

_EXAMPLE_ORDER = {
    "order_ref": "1001",
    "order_number": "#1001",
    "placed_at": "2026-01-31T14:05:00+00:00",
    "status": "open",
    "currency": "GBP",
    "total": "41.45",
    "customer_ref": "C-17",
    "customer_name": "Jane Doe",
    "email": "jane@example.com",
    "phone": "+44 20 7946 0000",
    "ship_name": "Jane Doe",
    "ship_street": "1 High Street",
    "ship_city": "London",
    "ship_zip": "N1 9GU",
    "ship_country": "GB",
    "note": "Please ring twice",
    "shipping_amount": "4.95",
    "shipping_tax_rate": "20",
    "shipping_method": "Standard",
    "payment_ref": "PAY-1",
    "payment_method": "card",
    "payment_amount": "41.45",
    "paid_at": "2026-01-31T14:06:00+00:00",
}
_EXAMPLE_LINES = (
    {
        "sku": "MUG-1",
        "name": "Mug",
        "kind": "product",
        "quantity": "2",
        "unit_price": "10.00",
        "line_discount": "1.50",
        "tax_rate": "20",
    },
    {
        "sku": "BOOK-7",
        "barcode": "9780306406157",
        "name": "Book, hardcover",
        "kind": "product",
        "quantity": "1",
        "unit_price": "18.00",
        "tax_rate": "0",
    },
)


def template_csv():
    """Return a table with every column and one example order of two lines.

    :return: CSV in UTF-8 with a byte order mark, so that Excel reads it, too
    :rtype: bytes
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(_EXAMPLE_ORDER | line for line in _EXAMPLE_LINES)
    return file.getvalue().encode("utf-8-sig")
