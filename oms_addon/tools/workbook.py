"""The first sheet of an Excel workbook (ECMA-376), read as a stream within limits.

No tree of the sheet is built: memory use does not depend on how much a small workbook unpacks to,
on its number of cells or on their positions; reading stops at the limits.
"""

import posixpath
from xml.parsers import expat

from odoo.addons.oms_addon.documents.values import DocumentError

from .bounded import open_zip, read_entry
from .workbook_parts import (
    MAX_CELLS,
    NOT_A_WORKBOOK,
    TOO_LARGE,
    Book,
    Relations,
    Sheet,
    Strings,
    Styles,
    refuse,
)

#: maximum unpacked size of all parts, in bytes, and maximum ratio to the packed size; the ratio is
#: not checked for small workbooks
MAX_BYTES = 256 * 1024**2
MAX_RATIO = 200
RATIO_FREE = 4 * 1024**2
#: maximum number of XML elements in all parts: a cell has two or three
MAX_ELEMENTS = 3 * MAX_CELLS
#: maximum bytes of one tag: expat parses an incomplete tag again with each block
MAX_TAG = 256 * 1024


def read_first_sheet(data):
    """Yield the non-empty rows of the first sheet.

    :param bytes data: the workbook
    :return: pairs: the number of the row, its cells as dates, numbers, texts or ``None``
    :raise DocumentError: when it is not a workbook, or too large
    """
    try:
        archive = open_zip(data)
    except DocumentError as error:
        raise DocumentError(NOT_A_WORKBOOK) from error
    with archive:
        package = _Package(archive, len(data))
        book, folder = Book(), "xl"
        main = package.target(package.relations("_rels/.rels"), "/officeDocument")
        main = main or "xl/workbook.xml"
        folder = posixpath.dirname(main)
        package.parse(main, book)
        relations = package.relations(f"{folder}/_rels/{posixpath.basename(main)}.rels", folder)
        sheet = next((relations[ref] for ref in book.sheets if _is_sheet(relations, ref)), None)
        if not sheet:
            raise DocumentError(NOT_A_WORKBOOK)
        strings, styles = Strings(), Styles()
        for part, suffix in ((strings, "/sharedStrings"), (styles, "/styles")):
            if name := package.target(relations, suffix):
                package.parse(name, part)
        yield from package.rows(sheet[1], Sheet(strings.texts, styles.kinds(), book.epoch))


def _is_sheet(relations, ref):
    return ref in relations and relations[ref][0].endswith("/worksheet")


class _Package:
    """The parts of a workbook, with limits on their unpacked size."""

    def __init__(self, archive, size):
        self.archive = archive
        self.left = min(MAX_BYTES, max(size * MAX_RATIO, RATIO_FREE))
        self.elements = 0

    def pieces(self, name):
        """Yield a part in blocks of bytes."""
        try:
            for piece in read_entry(self.archive, name, self.left):
                self.left -= len(piece)
                yield piece
        except KeyError as error:
            raise DocumentError(NOT_A_WORKBOOK) from error

    def feed(self, name, part):
        """Parse a part, and yield after each block."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, values: self.start(part, tag, values)
        parser.EndElementHandler = lambda tag: part.end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = part.text
        parser.StartDoctypeDeclHandler = refuse
        fed = 0
        try:
            for piece in self.pieces(name):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > MAX_TAG:
                    raise DocumentError(TOO_LARGE)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError) as error:
            raise DocumentError(NOT_A_WORKBOOK) from error
        yield

    def start(self, part, tag, values):
        """Pass the start of an element to a part, within the limit of elements."""
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise DocumentError(TOO_LARGE)
        part.start(tag.rpartition(" ")[2], values)

    def parse(self, name, part):
        """Parse a part completely."""
        for _piece in self.feed(name, part):
            pass

    def rows(self, name, sheet):
        """Yield the rows of a sheet."""
        for _piece in self.feed(name, sheet):
            yield from sheet.rows
            sheet.rows.clear()

    def relations(self, name, folder=""):
        """:return: type and target of a part's relationships, by id"""
        if name not in self.archive.NameToInfo:
            return {}
        part = Relations(folder)
        self.parse(name, part)
        return part.found

    def target(self, relations, suffix):
        """:return: the target of the first relationship of a type, or ``None``"""
        return next((place for kind, place in relations.values() if kind.endswith(suffix)), None)
