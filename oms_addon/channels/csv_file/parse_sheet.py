"""A table of orders, read cell by cell through our columns."""

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
#: What may stand in any row of an order, but must not differ between them.
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
    """Carries the :class:`RowError` of a cell."""

    @property
    def error(self):
        return self.args[0]


class Sheet:
    """A table, read through our columns."""

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
        """:return: the stripped cell of one of our columns, '' when there is none"""
        position = self.positions.get(column)
        if position is None or position >= len(row.cells):
            return ""
        return row.cells[position].strip()

    def bad(self, row, column, message):
        """:return: the exception that tells what is wrong with a cell"""
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
        """:return: what ``read`` finds in a cell that must not be empty"""
        value = read(row, column)
        if value is None:
            raise self.bad(row, column, f"The {column} is missing.")
        return value

    def choice(self, row, column, choices, default):
        """:return: the word in a cell, one of ``choices``"""
        word = self.text(row, column).casefold() or default
        word = word if word in choices else _SYNONYMS.get(word, word)
        if word not in choices:
            raise self.bad(row, column, f"Expected one of {', '.join(choices)}.")
        return word


class OrderRows:
    """The rows of one order, and what they say about it as a whole."""

    def __init__(self, sheet, ref, rows):
        self.sheet = sheet
        self.ref = ref
        self.rows = rows
        self._row_of = {column: self._find(column) for column in ORDER_COLUMNS}

    def _find(self, column):
        """:return: the first row that fills a column, the first row when none does
        :raise BadCell: when a later row contradicts it
        """
        filled = [row for row in self.rows if self.sheet.text(row, column)]
        for row in filled[1:]:
            if self.sheet.text(row, column) != self.sheet.text(filled[0], column):
                message = f"Row {filled[0].number} says something else about this order."
                raise self.sheet.bad(row, column, message)
        return (filled or self.rows)[0]

    def get(self, column, read=None):
        """:return: what ``read`` (as text by default) finds about the order"""
        return (read or self.sheet.text)(self._row_of[column], column)

    def need(self, column, read):
        """:return: what ``read`` finds about the order; it must say something"""
        return self.sheet.needed(read, self._row_of[column], column)

    def choose(self, column, choices, default):
        """:return: the word, one of ``choices``, that the order says"""
        return self.sheet.choice(self._row_of[column], column, choices, default)

    def join(self, column):
        """:return: the different texts of a column, one per line"""
        texts = (self.sheet.text(row, column) for row in self.rows)
        return "\n".join(dict.fromkeys(filter(None, texts)))
