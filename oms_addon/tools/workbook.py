"""The first sheet of an Excel workbook (ECMA-376), read as a stream within limits.

No tree of the sheet is built: what a workbook of some kilobytes may unpack to, how many cells it
names and how far apart they stand decide nothing but where reading stops.
"""

import posixpath
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from odoo.addons.oms_addon.documents.values import DocumentError

from .bounded import open_zip, read_entry

MAX_ROWS = 250_000
MAX_COLUMNS = 1000
MAX_CELLS = 2_000_000
#: what all parts of a workbook unpack to, in bytes, and how often more than they are packed in;
#: the ratio says nothing of small ones
MAX_BYTES = 256 * 1024**2
MAX_RATIO = 200
RATIO_FREE = 4 * 1024**2
#: of all parts: a cell has two or three
MAX_ELEMENTS = 3 * MAX_CELLS
#: texts that cells share, and characters of one cell: as many as Excel allows
MAX_STRINGS = 1_000_000
MAX_STYLES = 65_490
MAX_TEXT = 32_767
#: characters of a number, and of a format
MAX_NUMBER = 40
MAX_FORMAT = 255
#: bytes of one tag: expat reads a long one from its beginning for each piece of it
MAX_TAG = 256 * 1024

_NOT_A_WORKBOOK = "this is not an Excel workbook"
_TOO_LARGE = "the workbook is too large"


def read_first_sheet(data):
    """Yield the rows of the first sheet that hold something.

    :param bytes data: the workbook
    :return: pairs: the number of the row, its cells as dates, numbers, texts or ``None``
    :raise DocumentError: when it is no workbook, or larger than what is read
    """
    try:
        archive = open_zip(data)
    except DocumentError as error:
        raise DocumentError(_NOT_A_WORKBOOK) from error
    with archive:
        package = _Package(archive, len(data))
        book, folder = _Book(), "xl"
        main = package.target(package.relations("_rels/.rels"), "/officeDocument")
        main = main or "xl/workbook.xml"
        folder = posixpath.dirname(main)
        package.parse(main, book)
        relations = package.relations(f"{folder}/_rels/{posixpath.basename(main)}.rels", folder)
        sheet = next((relations[ref] for ref in book.sheets if _is_sheet(relations, ref)), None)
        if not sheet:
            raise DocumentError(_NOT_A_WORKBOOK)
        strings, styles = _Strings(), _Styles()
        for part, suffix in ((strings, "/sharedStrings"), (styles, "/styles")):
            if name := package.target(relations, suffix):
                package.parse(name, part)
        yield from package.rows(sheet[1], _Sheet(strings.texts, styles.kinds(), book.epoch))


def _is_sheet(relations, ref):
    return ref in relations and relations[ref][0].endswith("/worksheet")


class _Package:
    """The parts of a workbook, which unpack to so much and no more."""

    def __init__(self, archive, size):
        self.archive = archive
        self.left = min(MAX_BYTES, max(size * MAX_RATIO, RATIO_FREE))
        self.elements = 0

    def pieces(self, name):
        """Yield a part in pieces."""
        try:
            for piece in read_entry(self.archive, name, self.left):
                self.left -= len(piece)
                yield piece
        except KeyError as error:
            raise DocumentError(_NOT_A_WORKBOOK) from error

    def feed(self, name, part):
        """Let a part be read, and yield after each piece of it."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, values: self.start(part, tag, values)
        parser.EndElementHandler = lambda tag: part.end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = part.text
        parser.StartDoctypeDeclHandler = _refuse
        fed = 0
        try:
            for piece in self.pieces(name):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > MAX_TAG:
                    raise DocumentError(_TOO_LARGE)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError) as error:
            raise DocumentError(_NOT_A_WORKBOOK) from error
        yield

    def start(self, part, tag, values):
        """Let a part read the begin of an element."""
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise DocumentError(_TOO_LARGE)
        part.start(tag.rpartition(" ")[2], values)

    def parse(self, name, part):
        """Let a part be read as a whole."""
        for _piece in self.feed(name, part):
            pass

    def rows(self, name, sheet):
        """Yield the rows of a sheet."""
        for _piece in self.feed(name, sheet):
            yield from sheet.rows
            sheet.rows.clear()

    def relations(self, name, folder=""):
        """:return: the kind and the place of what a part refers to, by its id there"""
        if name not in self.archive.NameToInfo:
            return {}
        part = _Relations(folder)
        self.parse(name, part)
        return part.found

    def target(self, relations, suffix):
        """:return: the place of the first thing of a kind, or ``None``"""
        return next((place for kind, place in relations.values() if kind.endswith(suffix)), None)


def _refuse(*_args):
    raise DocumentError(_NOT_A_WORKBOOK)


@dataclass
class _Part:
    """What is told of a part while it is parsed."""

    def start(self, tag, values):
        """Read the begin of an element."""

    def end(self, tag):
        """Read the end of an element."""

    def text(self, text):
        """Read text between elements."""


@dataclass
class _Relations(_Part):
    folder: str = ""
    found: dict = field(default_factory=dict)

    def start(self, tag, values):
        if tag == "Relationship" and len(self.found) < MAX_COLUMNS:
            place = posixpath.normpath(posixpath.join("/", self.folder, values.get("Target", "")))
            self.found[values.get("Id")] = (values.get("Type", ""), place.lstrip("/"))


@dataclass
class _Book(_Part):
    sheets: list = field(default_factory=list)
    epoch: object = WINDOWS_EPOCH

    def start(self, tag, values):
        if tag == "sheet" and len(self.sheets) < MAX_COLUMNS:
            # The name of the attribute is that of relations, in one of two versions.
            self.sheets += [ref for key, ref in values.items() if key.endswith("relationships id")]
        elif tag == "workbookPr" and values.get("date1904") in ("1", "true"):
            self.epoch = MAC_EPOCH


@dataclass
class _Styles(_Part):
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
        """:return: for styles of dates and of durations, whether it is one of durations"""
        dates = {}
        for number, ref in enumerate(self.styles):
            code = self.formats.get(ref) or BUILTIN_FORMATS.get(_whole(ref), "")
            if is_date_format(code):
                dates[number] = is_timedelta_format(code)
        return dates


@dataclass
class _Texts(_Part):
    """Texts of runs: what is written above them to be pronounced is left out."""

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
                raise DocumentError(_TOO_LARGE)
            self.pieces.append(text)


@dataclass
class _Strings(_Texts):
    texts: list = field(default_factory=list)

    def end(self, tag):
        super().end(tag)
        if tag == "si":
            if len(self.texts) >= MAX_STRINGS:
                raise DocumentError(_TOO_LARGE)
            self.texts.append("".join(self.pieces))
            self.clear()


class _Sheet(_Texts):
    """The rows of a sheet, which are taken away as they are read."""

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
            # Cells left out take part in the count, too: rows of a wide sheet are filled up.
            self.count += max(self.column - 1 - len(self.cells), 0)
            self.cells += [None] * (self.column - 1 - len(self.cells))
            self.cells[self.column - 1 :] = [value]
        elif tag == "row" and self.cells:
            self.rows.append((self.number, self.cells))

    def _value(self, text):
        """:return: what a cell holds"""
        kind = self.values.get("t", "n")
        if kind == "s":
            place = _whole(text)
            if place is None or place >= len(self.strings):
                raise DocumentError(_NOT_A_WORKBOOK)
            return self.strings[place]
        if kind == "b":
            return text.strip() not in ("0", "false")
        if kind == "d":
            return from_ISO8601(text[:MAX_NUMBER])
        if kind != "n" or len(text) > MAX_NUMBER:
            return text
        return self._number(text)

    def _number(self, text):
        """:return: a number, or the moment it stands for"""
        value = float(text) if set(text) & set(".eE") else int(text)
        style = _whole(self.values.get("s")) or 0
        if style not in self.dates:
            return value
        try:
            return from_excel(value, self.epoch, timedelta=self.dates[style])
        except (OverflowError, ValueError):
            return "#VALUE!"


def _whole(text):
    """:return: a whole number of usual length, or ``None``"""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdecimal() else None


def _column(place):
    """:return: the number of the column of a cell such as ``AB12``, or 0"""
    letters = place[:8].rstrip("0123456789").upper()
    column = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            return 0
        column = column * 26 + ord(letter) - 64
    return column
