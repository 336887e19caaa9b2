"""The parts of an Excel workbook, parsed as a stream."""

import posixpath
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from odoo.addons.oms_addon.documents.values import DocumentError

MAX_ROWS = 250_000
MAX_COLUMNS = 1000
MAX_CELLS = 2_000_000
#: maximum number of shared strings, and of characters per cell: Excel's limits
MAX_STRINGS = 1_000_000
MAX_STYLES = 65_490
MAX_TEXT = 32_767
#: maximum characters of a number, and of a number format
MAX_NUMBER = 40
MAX_FORMAT = 255
NOT_A_WORKBOOK = "this is not an Excel workbook"
TOO_LARGE = "the workbook is too large"


def refuse(*_args):
    raise DocumentError(NOT_A_WORKBOOK)


@dataclass
class _Part:
    """Handler of the parser events of a part."""

    def start(self, tag, values):
        """Handle the start of an element."""

    def end(self, tag):
        """Handle the end of an element."""

    def text(self, text):
        """Handle text."""


@dataclass
class Relations(_Part):
    folder: str = ""
    found: dict = field(default_factory=dict)

    def start(self, tag, values):
        if tag == "Relationship" and len(self.found) < MAX_COLUMNS:
            place = posixpath.normpath(posixpath.join("/", self.folder, values.get("Target", "")))
            self.found[values.get("Id")] = (values.get("Type", ""), place.lstrip("/"))


@dataclass
class Book(_Part):
    sheets: list = field(default_factory=list)
    epoch: object = WINDOWS_EPOCH

    def start(self, tag, values):
        if tag == "sheet" and len(self.sheets) < MAX_COLUMNS:
            # The attribute is in the namespace of relationships, which has two versions.
            self.sheets += [ref for key, ref in values.items() if key.endswith("relationships id")]
        elif tag == "workbookPr" and values.get("date1904") in ("1", "true"):
            self.epoch = MAC_EPOCH


@dataclass
class Styles(_Part):
    formats: dict = field(default_factory=dict)
    styles: list = field(default_factory=list)
    within: bool = False

    def start(self, tag, values):
        if tag == "cellXfs":
            self.within = True
        elif tag == "numFmt" and len(self.formats) < MAX_STYLES:
            self.formats[values.get("numFmtId")] = values.get("formatCode", "")[:MAX_FORMAT]
        elif tag == "xf" and self.within and len(self.styles) < MAX_STYLES:
            self.styles.append(values.get("numFmtId"))

    def end(self, tag):
        if tag == "cellXfs":
            self.within = False

    def kinds(self):
        """:return: for styles of dates and durations, whether it is a duration"""
        dates = {}
        for number, ref in enumerate(self.styles):
            code = self.formats.get(ref) or BUILTIN_FORMATS.get(_whole(ref), "")
            if is_date_format(code):
                dates[number] = is_timedelta_format(code)
        return dates


@dataclass
class _Texts(_Part):
    """Texts of runs, without phonetic hints."""

    pieces: list = field(default_factory=list)
    length: int = 0
    is_open: bool = False
    aside: int = 0

    def clear(self):
        self.pieces, self.length = [], 0

    def start(self, tag, values):
        self.aside += tag == "rPh"
        self.is_open = tag == "t" and not self.aside

    def end(self, tag):
        self.aside -= tag == "rPh"
        self.is_open = False

    def text(self, text):
        if self.is_open:
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise DocumentError(TOO_LARGE)
            self.pieces.append(text)


@dataclass
class Strings(_Texts):
    texts: list = field(default_factory=list)

    def end(self, tag):
        super().end(tag)
        if tag == "si":
            if len(self.texts) >= MAX_STRINGS:
                raise DocumentError(TOO_LARGE)
            self.texts.append("".join(self.pieces))
            self.clear()


class Sheet(_Texts):
    """The rows of a sheet; the reader removes rows as it yields them."""

    def __init__(self, strings, dates, epoch):
        super().__init__()
        self.strings, self.dates, self.epoch = strings, dates, epoch
        self.rows, self.cells = [], []
        self.number = self.count = self.seen = self.column = 0
        self.values = {}

    def start(self, tag, values):
        if tag == "row":
            self.seen += 1
            self.number = _whole(values.get("r")) or self.number + 1
            self.column, self.cells = 0, []
            if max(self.seen, self.number) > MAX_ROWS:
                raise DocumentError(f"the sheet has more than {MAX_ROWS} rows: split it")
        elif tag == "c":
            self.count += 1
            self.column = _column(values.get("r", "")) or self.column + 1
            if self.column > MAX_COLUMNS or self.count > MAX_CELLS:
                raise DocumentError(
                    f"the sheet has more than {MAX_COLUMNS} columns or {MAX_CELLS} cells: split it"
                )
            self.values = values
            self.clear()
        super().start("t" if tag == "v" else tag, values)

    def end(self, tag):
        super().end(tag)
        if tag == "c" and self.pieces:
            value = self._value("".join(self.pieces))
            # Omitted cells count, too, as rows of a wide sheet are padded.
            self.count += max(self.column - 1 - len(self.cells), 0)
            self.cells += [None] * (self.column - 1 - len(self.cells))
            self.cells[self.column - 1 :] = [value]
        elif tag == "row" and self.cells:
            self.rows.append((self.number, self.cells))

    def _value(self, text):
        """:return: the value of a cell"""
        kind = self.values.get("t", "n")
        if kind == "s":
            place = _whole(text)
            if place is None or place >= len(self.strings):
                raise DocumentError(NOT_A_WORKBOOK)
            return self.strings[place]
        if kind == "b":
            return text.strip() not in ("0", "false")
        if kind == "d":
            return from_ISO8601(text[:MAX_NUMBER])
        if kind != "n" or len(text) > MAX_NUMBER:
            return text
        return self._number(text)

    def _number(self, text):
        """:return: a number, or the date or duration it represents"""
        value = float(text) if set(text) & set(".eE") else int(text)
        style = _whole(self.values.get("s")) or 0
        if style not in self.dates:
            return value
        try:
            return from_excel(value, self.epoch, timedelta=self.dates[style])
        except (OverflowError, ValueError):
            return "#VALUE!"


def _whole(text):
    """:return: an integer of up to 9 digits, or ``None``"""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdecimal() else None


def _column(place):
    """:return: the column number of a cell reference such as ``AB12``, or 0"""
    letters = place[:8].rstrip("0123456789").upper()
    column = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            return 0
        column = column * 26 + ord(letter) - 64
    return column
