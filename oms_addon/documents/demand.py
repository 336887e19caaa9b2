"""Rows of a demand history in a table."""

from dataclasses import dataclass
from datetime import date

from odoo.addons.oms_addon.tools.table import RowError, read_table
from odoo.addons.oms_addon.tools.table_values import (
    detect_date_format,
    detect_decimal_mark,
    parse_number,
    parse_time,
)

from .values import DocumentError

COLUMNS = ("product", "date", "quantity", "channel", "warehouse")
#: units per row at most
HIGHEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A row: ``product`` is a code or barcode, ``channel`` and ``warehouse`` may be empty."""

    number: int
    product: str
    day: date
    quantity: float
    channel: str
    warehouse: str


def read_demand(data, today):
    """Parse the rows in a table with the columns of ``COLUMNS``.

    Invalid rows are skipped and reported.

    :param bytes data: CSV or an Excel workbook, with headers
    :param date today: later dates are errors
    :return: the rows and the errors; a file that cannot be read is an error of row 1
    :rtype: tuple[list[DemandRow], list[RowError]]
    """
    try:
        table = read_table(data)
    except DocumentError as error:
        return [], [RowError(1, "", f"The file cannot be read: {error}.")]
    headers = [header.casefold() for header in table.headers]
    missing = [name for name in COLUMNS[:3] if name not in headers]
    if missing:
        return [], [RowError(1, ", ".join(missing), "The file lacks this column.")]
    cells = [_cells(table, row) for row in table.rows]
    mark = detect_decimal_mark(values.get("quantity", "") for values in cells)
    order = detect_date_format(values.get("date", "") for values in cells)
    rows, errors = [], []
    for row, values in zip(table.rows, cells, strict=True):
        try:
            rows.append(_read_row(row.number, values, mark, order, today))
        except DocumentError as error:
            found = values.get(error.path, "")
            errors.append(RowError(row.number, error.path, _sentence(error.message), found))
    return rows, errors


def _cells(table, row):
    return {name.casefold(): cell.strip() for name, cell in table.as_dict(row).items()}


def _sentence(message):
    return f"{message[:1].upper()}{message[1:]}."


def _read_row(number, values, mark, order, today):
    for name in COLUMNS[:3]:
        if not values.get(name):
            raise DocumentError("a value is required", name)
    return DemandRow(
        number,
        values["product"],
        _read_day(values["date"], order, today),
        _read_quantity(values["quantity"], mark),
        values.get("channel", ""),
        values.get("warehouse", ""),
    )


def _read_day(text, order, today):
    try:
        day = parse_time(text, "UTC", order).date()
    except DocumentError as error:
        raise DocumentError(error.message, "date") from error
    if day > today:
        raise DocumentError("the date is in the future", "date")
    return day


def _read_quantity(text, mark):
    try:
        quantity = parse_number(text, mark)
    except DocumentError as error:
        raise DocumentError(error.message, "quantity") from error
    if quantity < 0:
        raise DocumentError("the quantity cannot be negative", "quantity")
    if quantity > HIGHEST:
        raise DocumentError(f"the quantity exceeds {HIGHEST:,}", "quantity")
    return float(quantity)
