"""Read tables of text: CSV with any usual delimiter and encoding, or an Excel sheet."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import chain

from odoo.addons.oms_addon.documents.values import DocumentError

from .workbook import read_first_sheet
from .workbook_parts import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

DELIMITERS = (",", ";", "\t", "|")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.I)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SAMPLE_SIZE = 64 * 1024
_END = "end of the table"


@dataclass(frozen=True, slots=True)
class RowError:
    """An error in a row: ``row`` is numbered as in a spreadsheet, the header is 1."""

    row: int
    column: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as in a spreadsheet, and its cells as read."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its format; ``encoding`` is ``xlsx`` for an Excel sheet."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str
    delimiter: str

    def as_dict(self, row):
        """Return the filled cells of a row by header."""
        return {
            header: cell
            for header, cell in zip(self.headers, row.cells, strict=False)
            if cell.strip()
        }


def read_table(data, encoding=None):
    """Read a table whose first filled row holds the headers.

    :param bytes data: a CSV file, or an Excel workbook (its first sheet)
    :param str encoding: the encoding of a CSV file; by default detected from a byte order mark,
        else UTF-8 or, if invalid, Windows-1252
    :return: the table, without empty rows
    :rtype: Table
    :raise DocumentError: when this is not a table, or part of it cannot be read, so that rows
        would be missing
    """
    if data.startswith(b"PK\x03\x04"):
        return _build_table(_read_sheet(data), "xlsx", "")
    text, encoding = _decode(data, encoding)
    if separator := _SEPARATOR_LINE.match(text):
        text, delimiter = text[separator.end() :], separator[1]
    else:
        delimiter = _detect_delimiter(text)
    return _build_table(enumerate(_read_csv(text, delimiter), 1), encoding, delimiter)


def _build_table(records, encoding, delimiter):
    filled = _limited(
        TableRow(number, tuple(cells))
        for number, cells in records
        if any(cell.strip() for cell in cells)
    )
    header = next(filled, None)
    if header is None:
        raise DocumentError("the file is empty")
    return Table(_unique_headers(header.cells), tuple(filled), encoding, delimiter)


def _limited(rows):
    """Yield rows.

    :raise DocumentError: when there are too many rows or cells
    """
    cells = 0
    for count, row in enumerate(rows):
        cells += len(row.cells)
        if count > MAX_ROWS or cells > MAX_CELLS or len(row.cells) > MAX_COLUMNS:
            raise DocumentError(
                f"the file has more than {MAX_ROWS} rows, {MAX_COLUMNS} columns or {MAX_CELLS} "
                "cells: split it"
            )
        yield row


def _unique_headers(cells):
    """:return: unique, non-empty column names"""
    seen = Counter()
    headers = []
    for index, cell in enumerate(cells, 1):
        header = cell.strip() or f"Column {index}"
        seen[header] += 1
        headers.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return tuple(headers)


# === CSV === #


def _decode(data, encoding):
    for candidate in [encoding] if encoding else _candidates(data):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise DocumentError(f"the encoding {candidate} does not exist") from error
        if "\x00" in text:
            raise DocumentError("this is not a text file")
        return text, candidate
    raise DocumentError(f"the encoding of the file is not {encoding or candidate}")


def _candidates(data):
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return [encoding]
    return ["utf-8", "cp1252", "latin-1"]


def _detect_delimiter(text):
    """:return: the most frequent delimiter, outside quotes, in the first filled row"""
    bare = _QUOTED.sub('""', text[:_SAMPLE_SIZE])
    first = next((line for line in bare.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _read_csv(text, delimiter):
    """:return: an iterator over the cells of each row

    An unclosed quotation mark would swallow the rest of the file. This is detected by a line
    that is appended to the file.
    """
    lines = chain(io.StringIO(text, newline=""), ("\n", f"{_END}\n"))
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    try:
        for cells in reader:
            number += 1
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(f"\n{_END}\n"):
                break
            yield cells
    except csv.Error as error:
        raise DocumentError(f"row {number + 1} cannot be read: {error}") from error
    raise DocumentError(f"row {number} has an unclosed quotation mark")


# === EXCEL === #


def _read_sheet(data):
    """Yield the number and the cells of each filled row of the first sheet."""
    try:
        for number, values in read_first_sheet(data):
            yield number, [_cell_text(value) for value in values]
    except DocumentError:
        raise
        # An invalid number or date.
    except (ValueError, ArithmeticError) as error:
        raise DocumentError("this is not an Excel workbook") from error


def _cell_text(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
