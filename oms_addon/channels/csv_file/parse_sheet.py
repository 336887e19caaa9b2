"""Cells of an order table, accessed by column name."""

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.table import RowError
from odoo.addons.oms_addon.tools.table_values import (
    detect_date_format,
    detect_decimal_mark,
    parse_number,
    parse_time,
)

from .parse_columns import ADDRESS_PARTS

_SYNONYMS = {
    "canceled": "cancelled",
    "completed": "delivered",
    "fulfilled": "shipped",
    "new": "open",
    "on hold": "pending",
    "on-hold": "pending",
    "paid": "open",
    "processing": "open",
    "unfulfilled": "open",
    "unpaid": "pending",
}
_AMOUNTS = (
    "quantity",
    "unit_price",
    "line_discount",
    "total",
    "shipping_amount",
    "payment_amount",
)
_TIMES = ("placed_at", "updated_at", "paid_at")
#: Columns that may be filled in any row of an order, but must not differ.
ORDER_COLUMNS = (
    "order_number",
    "placed_at",
    "updated_at",
    "status",
    "currency",
    "total",
    "customer_ref",
    "customer_name",
    "email",
    "phone",
    "tax_number",
    *(f"{use}_{part}" for use in ("ship", "bill") for part in ADDRESS_PARTS),
    "shipping_amount",
    "shipping_tax_rate",
    "shipping_method",
)


class BadCell(Exception):
    """Exception with the :class:`RowError` of a cell."""

    @property
    def error(self):
        return self.args[0]


class Sheet:
    """A table, accessed by our column names."""

    def __init__(self, table, positions, defaults):
        self.table = table
        self.positions = positions
        self.defaults = defaults
        self.decimal_mark = defaults["decimal_mark"] or detect_decimal_mark(self._cells(_AMOUNTS))
        self.date_format = defaults["date_format"] or detect_date_format(self._cells(_TIMES))

    def _cells(self, columns):
        for column in self.positions.keys() & set(columns):
            for row in self.table.rows:
                yield self.text(row, column)

    def text(self, row, column):
        """:return: the stripped cell of a column, '' when there is none"""
        position = self.positions.get(column)
        if position is None or position >= len(row.cells):
            return ""
        return row.cells[position].strip()

    def bad(self, row, column, message):
        """:return: the exception for an invalid cell"""
        position = self.positions.get(column)
        header = column if position is None else self.table.headers[position]
        return BadCell(RowError(row.number, header, message, self.text(row, column)))

    def number(self, row, column):
        """:return: the number in a cell, ``None`` when it is empty"""
        text = self.text(row, column)
        try:
            return parse_number(text, self.decimal_mark) if text else None
        except DocumentError as error:
            raise self.bad(row, column, "This is not a number.") from error

    def moment(self, row, column):
        """:return: the time in a cell, ``None`` when it is empty"""
        text = self.text(row, column)
        zone = self.defaults["timezone"]
        try:
            return parse_time(text, zone, self.date_format) if text else None
        except DocumentError as error:
            raise self.bad(row, column, f"This is not a time: {error.message}.") from error

    def needed(self, read, row, column):
        """:return: the result of ``read`` for a cell, which must not be empty"""
        value = read(row, column)
        if value is None:
            raise self.bad(row, column, f"The {column} is missing.")
        return value

    def choice(self, row, column, choices, default):
        """:return: the word in a cell, one of ``choices``"""
        word = self.text(row, column).casefold() or default
        word = word if word in choices else _SYNONYMS.get(word, word)
        if word not in choices:
            raise self.bad(row, column, f"Allowed values: {', '.join(choices)}.")
        return word


class OrderRows:
    """The rows of one order, and the values of the order as a whole."""

    def __init__(self, sheet, ref, rows):
        self.sheet = sheet
        self.ref = ref
        self.rows = rows
        self._row_of = {column: self._find(column) for column in ORDER_COLUMNS}

    def _find(self, column):
        """:return: the first row that fills a column, or the first row
        :raise BadCell: when a later row has another value
        """
        filled = [row for row in self.rows if self.sheet.text(row, column)]
        for row in filled[1:]:
            if self.sheet.text(row, column) != self.sheet.text(filled[0], column):
                message = f"Row {filled[0].number} has another value for this order."
                raise self.sheet.bad(row, column, message)
        return (filled or self.rows)[0]

    def get(self, column, read=None):
        """:return: the order's value of a column, parsed by ``read`` (as text by default)"""
        return (read or self.sheet.text)(self._row_of[column], column)

    def need(self, column, read):
        """:return: the order's value of a column, which must not be empty"""
        return self.sheet.needed(read, self._row_of[column], column)

    def choose(self, column, choices, default):
        """:return: the order's value of a column, one of ``choices``"""
        return self.sheet.choice(self._row_of[column], column, choices, default)

    def join(self, column):
        """:return: the distinct texts of a column, one per line"""
        texts = (self.sheet.text(row, column) for row in self.rows)
        return "\n".join(dict.fromkeys(filter(None, texts)))
