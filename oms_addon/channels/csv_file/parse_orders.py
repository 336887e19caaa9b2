"""Parse order tables with one row per order line, made by a person or by a program.

docs/order_document.md describes the columns. A blank order number continues the order of the row
above. Orders with an invalid row are skipped completely, as partial orders would be worse. The
filled cells of an order's rows are stored in ``extra["rows"]`` of the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from odoo.addons.oms_addon.documents.order import ORDER_STATUSES, OrderDocument
from odoo.addons.oms_addon.documents.parts import LINE_KINDS, Address, Charge, Customer, Line, Tax
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.countries import country_code
from odoo.addons.oms_addon.tools.table import RowError, Table, TableRow, read_table
from odoo.addons.oms_addon.tools.table_values import parse_number

from .parse_columns import ADDRESS_PARTS, COLUMNS, SYNONYMS, match_columns, template_csv
from .parse_sheet import BadCell, OrderRows, Sheet

__all__ = [
    "COLUMNS",
    "DEFAULTS",
    "SYNONYMS",
    "Result",
    "RowError",
    "Table",
    "TableRow",
    "parse_orders",
    "read_table",
    "template_csv",
]

#: Default values for missing columns.
DEFAULTS = {
    "currency": "",
    "date_format": None,
    "decimal_mark": None,
    "encoding": None,
    "prices_include_tax": True,
    "timezone": "UTC",
}

_LINE_COLUMNS = ("sku", "barcode", "name", "quantity", "unit_price")


@dataclass(frozen=True, slots=True)
class Result:
    """The content of an order table.

    ``rows`` has the rows of every order by its ref, including skipped orders; ``payloads`` the
    canonical JSON of each document by its ref; ``table`` is the table itself, ``None`` when it
    is invalid.
    """

    documents: tuple[OrderDocument, ...] = ()
    errors: tuple[RowError, ...] = ()
    rows: Mapping = field(default_factory=dict)
    payloads: Mapping = field(default_factory=dict)
    table: Table | None = None


def parse_orders(data, mapping=None, defaults=None):
    """Parse an order table.

    :param bytes data: CSV or an Excel workbook
    :param dict mapping: headers of the table by our column names
    :param dict defaults: overrides of :data:`DEFAULTS`
    :return: the orders without errors, and the errors; an invalid table is one error of row 1
    :rtype: Result
    """
    defaults = DEFAULTS | (defaults or {})
    try:
        table = read_table(data, defaults["encoding"])
        positions, errors = match_columns(table.headers, mapping or {})
    except DocumentError as error:
        return Result(errors=(RowError(1, "", f"The file cannot be read: {error}."),))
    sheet = Sheet(table, positions, defaults)
    orders, orphans = _group(sheet)
    documents = []
    for ref, rows in orders.items():
        document, faults = _read_order(sheet, ref, rows)
        errors += faults
        documents += [document] if document else []
    return Result(
        documents=tuple(documents),
        errors=tuple(sorted(errors + orphans, key=lambda error: error.row)),
        rows={ref: tuple(rows) for ref, rows in orders.items()},
        payloads={document.ref: document.to_json().encode() for document in documents},
        table=table,
    )


def _group(sheet):
    """:return: the rows of each order, and errors of rows without an order"""
    orders, errors, ref = {}, [], ""
    for row in sheet.table.rows:
        ref = sheet.text(row, "order_ref") or ref
        if ref:
            orders.setdefault(ref, []).append(row)
        else:
            errors.append(sheet.bad(row, "order_ref", "The row has no order number.").error)
    return orders, errors


def _read_order(sheet, ref, rows):
    """:return: the document of an order and its errors; ``None`` as document when there are any"""
    lines, errors = [], []
    for row in rows:
        try:
            _check_width(sheet, row)
            if any(sheet.text(row, column) for column in _LINE_COLUMNS):
                lines.append(_read_line(sheet, row, len(lines) + 1))
        except BadCell as fault:
            errors.append(fault.error)
    try:
        document = _read_document(OrderRows(sheet, ref, rows), lines)
    except BadCell as fault:
        errors.append(fault.error)
    return (None if errors else document), errors


def _check_width(sheet, row):
    surplus = row.cells[len(sheet.table.headers) :]
    if any(cell.strip() for cell in surplus):
        message = "The row has more cells than the table has columns."
        raise BadCell(RowError(row.number, "", message, ", ".join(surplus)))


# === LINES === #


def _read_line(sheet, row, position):
    return Line(
        ref=str(position),
        sku=sheet.text(row, "sku"),
        barcode=sheet.text(row, "barcode"),
        name=sheet.text(row, "name"),
        kind=sheet.choice(row, "kind", LINE_KINDS, "product"),
        quantity=sheet.needed(sheet.number, row, "quantity"),
        unit_price=sheet.needed(sheet.number, row, "unit_price"),
        discount=abs(sheet.number(row, "line_discount") or Decimal(0)),
        taxes=_read_taxes(sheet, row, "tax_rate"),
        note=sheet.text(row, "line_note"),
    )


def _read_taxes(sheet, row, column):
    """:return: the taxes in a cell such as ``20``, ``5.5 %`` or ``5+9.975``"""
    text = sheet.text(row, column)
    if not text:
        return None
    try:
        rates = [parse_number(part.replace("%", ""), ".") for part in text.split("+")]
    except DocumentError as error:
        raise sheet.bad(row, column, "This is not a tax rate.") from error
    return tuple(Tax(name=f"{rate.normalize():f}%", rate=rate) for rate in rates)


# === ORDERS === #


def _read_document(order, lines):
    sheet = order.sheet
    total = order.get("total", sheet.number)
    currency = order.get("currency").upper() or sheet.defaults["currency"]
    placed_at = order.need("placed_at", sheet.moment)
    return OrderDocument(
        ref=order.ref,
        number=order.get("order_number"),
        updated_at=order.get("updated_at", sheet.moment),
        placed_at=placed_at,
        source_zone=sheet.defaults["timezone"],
        currency=currency,
        total=total,
        prices_include_tax=sheet.defaults["prices_include_tax"],
        customer=_read_customer(order),
        billing=_read_address(order, "bill"),
        shipping=_read_address(order, "ship"),
        lines=(*lines, *_read_shipping(order)),
        charges=_read_charges(order, total, currency, placed_at),
        payment_method=_read_payment_method(order),
        status=order.choose("status", ORDER_STATUSES, "open"),
        shipping_method=order.get("shipping_method"),
        note=order.join("note"),
        gift_message=order.join("gift_message"),
        extra={"rows": [sheet.table.as_dict(row) for row in order.rows]},
    )


def _read_customer(order):
    names = ("customer_name", "bill_name", "ship_name")
    return Customer(
        ref=order.get("customer_ref"),
        name=next(filter(None, map(order.get, names)), ""),
        email=order.get("email"),
        phone=order.get("phone"),
        tax_number=order.get("tax_number"),
    )


def _read_address(order, use):
    """:return: the address for ``ship`` or ``bill``, ``None`` when it is empty"""
    parts = {part: order.get(f"{use}_{part}") for part in ADDRESS_PARTS}
    if not any(parts.values()):
        return None
    parts["country"] = country_code(parts["country"]).upper()
    return Address(**parts)


def _read_shipping(order):
    """:return: the line for the shipping costs, if there are any"""
    sheet = order.sheet
    amount = order.get("shipping_amount", sheet.number)
    if amount:
        yield Line(
            ref="shipping",
            kind="shipping",
            name=order.get("shipping_method") or "Shipping",
            quantity=Decimal(1),
            unit_price=amount,
            taxes=order.get("shipping_tax_rate", partial(_read_taxes, sheet)),
        )


def _read_payment_method(order):
    """:return: the payment method, where the rows contain one besides gift cards"""
    texts = {order.sheet.text(row, "payment_method") for row in order.rows}
    names = {text for text in texts if text.casefold().replace(" ", "_") not in ("", "gift_card")}
    return names.pop() if len(names) == 1 else ""


def _read_charges(order, total, currency, placed_at):
    """:return: the payments; rows with the same ``payment_ref`` repeat a payment"""
    sheet, charges = order.sheet, {}
    for row in order.rows:
        amount, at = sheet.number(row, "payment_amount"), sheet.moment(row, "paid_at")
        if amount is None and at:
            amount = total
        if amount is None and at:
            raise sheet.bad(row, "payment_amount", "The paid amount is missing.")
        if not amount:
            continue
        charge = _prepare_charge(order, row, amount, currency, at or placed_at)
        if charges.setdefault(charge.ref, charge) != charge:
            message = f"The payment {charge.ref} differs from an earlier row."
            raise sheet.bad(row, "payment_ref", message)
    return tuple(charges.values())


def _prepare_charge(order, row, amount, currency, at):
    method = order.sheet.text(row, "payment_method").casefold().replace(" ", "_")
    return Charge(
        ref=order.sheet.text(row, "payment_ref") or f"{order.ref}/{method or 'payment'}",
        kind="refund" if amount < 0 else "charge",
        amount=abs(amount),
        currency=currency,
        at=at,
        method=method,
        status="success",
    )
