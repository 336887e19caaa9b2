"""Reading tables of any usual delimiter and encoding, and Excel sheets."""

import csv
import io
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.table import DELIMITERS, read_table

LATIN = st.text(st.characters(codec="cp1252", exclude_characters="\x00\r\n"), max_size=8)
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


def write(rows, delimiter=",", encoding="utf-8"):
    """Return a CSV file of these rows."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def workbook(rows):
    """Return an Excel file of these rows."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def filled(rows):
    """Return the rows with a filled cell, as ``read_table`` tells them."""
    return [tuple(row) for row in rows if any(cell.strip() for cell in row)]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@given(rows=st.lists(st.lists(ANY, min_size=3, max_size=3), max_size=5))
def test_any_cells_survive_every_delimiter_and_encoding(delimiter, encoding, rows):
    table = read_table(write([["ref", "name", "note"], *rows], delimiter, encoding))
    assert table.headers == ("ref", "name", "note")
    assert [row.cells for row in table.rows] == filled(rows)
    assert (table.delimiter, table.encoding) == (delimiter, encoding)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@given(rows=st.lists(st.lists(LATIN, min_size=3, max_size=3), max_size=5))
def test_western_cells_survive_in_the_encoding_of_windows(delimiter, rows):
    rows = [["£ é", "“x”", "€"], *rows]
    table = read_table(write([["ref", "name", "note"], *rows], delimiter, "cp1252"))
    assert [row.cells for row in table.rows] == filled(rows)
    assert table.encoding == "cp1252"


def test_a_byte_that_windows_does_not_know_is_read_as_latin_1():
    table = read_table(b"ref,name\n1,\xe9\x81\n")
    assert (table.rows[0].cells, table.encoding) == (("1", "é\x81"), "latin-1")


def test_the_encoding_can_be_told():
    table = read_table(write([["ref", "name"], ["1", "Żółw"]], encoding="cp1250"), "cp1250")
    assert table.rows[0].cells == ("1", "Żółw")


@pytest.mark.parametrize("encoding", ["utf-8", "no-such-encoding"])
def test_a_told_encoding_that_does_not_fit_is_refused(encoding):
    with pytest.raises(DocumentError, match=encoding):
        read_table(b"ref,name\n1,\xe9\n", encoding)


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    table = read_table(b'ref,note\n1,"two\nlines"\n\n , \n2,x\n')
    assert [(row.number, row.cells[0]) for row in table.rows] == [(2, "1"), (5, "2")]


def test_the_separator_line_of_excel_is_no_row():
    table = read_table(b"sep=;\r\nref;note, really\r\n1;a,b,c\r\n")
    assert table.headers == ("ref", "note, really")
    assert (table.rows[0].number, table.rows[0].cells) == (2, ("1", "a,b,c"))


def test_delimiters_inside_quotes_do_not_count():
    table = read_table(b'ref;"a,b,c,d"\n1;2\n')
    assert (table.delimiter, table.headers) == (";", ("ref", "a,b,c,d"))


def test_headers_are_unique_and_never_empty():
    assert read_table(b"ref,,name,name\n1\n").headers == ("ref", "Column 2", "name", "name (2)")


def test_formulas_emoji_and_right_to_left_text_survive_as_text():
    cells = ("=1+1", "+49 30", "@x", "🔔👩‍👩‍👧", "שלום‏ עולם")
    assert read_table(write(["abcde", cells])).rows[0].cells == cells


@pytest.mark.parametrize("data", [b"", b"\n \n,,\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(DocumentError, match="empty"):
        read_table(data)


@pytest.mark.parametrize("data", [b"\x89PNG\x00\x00", "ref,name\n1,a\n".encode("utf-16-le")])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(DocumentError, match="not a text file"):
        read_table(data)


def test_a_quotation_mark_that_never_closes_is_refused_with_its_row():
    with pytest.raises(DocumentError, match="row 3 has an unclosed quotation mark"):
        read_table(b'ref,note\n1,ok\n2,"lost\n3,swallowed\n')


@pytest.fixture
def small_cells():
    """Let csv refuse cells of more than 100 characters; Odoo allows more than it does alone."""
    limit = csv.field_size_limit(100)
    yield
    csv.field_size_limit(limit)


def test_a_cell_of_unreasonable_size_is_refused_with_its_row(small_cells):
    with pytest.raises(DocumentError, match="row 2 cannot be read"):
        read_table(b"ref,note\n1," + b"x" * 101 + b"\n")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(data):
    try:
        read_table(data)
    except DocumentError as error:
        assert str(error)


def test_an_excel_sheet_gives_texts_without_the_noise_of_floats():
    rows = [
        ["ref", "price", "at", "zip", "sum"],
        [1001, 23.9, datetime(2026, 1, 31, 14, 5), "01234", 0.1 + 0.2],
        [None, None, None, None, None],
        [1002, 5, None, None, None],
    ]
    table = read_table(workbook(rows))
    assert table.encoding == "xlsx"
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("1001", "23.9", "2026-01-31T14:05:00", "01234", "0.3")),
        (4, ("1002", "5")),
    ]


def test_a_zip_file_that_is_no_workbook_is_refused():
    with pytest.raises(DocumentError, match="not an Excel workbook"):
        read_table(b"PK\x03\x04 and nothing else")


@given(st.data())
def test_a_damaged_workbook_is_a_table_or_refused(data):
    damaged = bytearray(workbook([["ref", "price"], [1, 2.5]]))
    places = st.lists(st.integers(4, len(damaged) - 1), min_size=1, max_size=5)
    for place in data.draw(places):
        damaged[place] ^= 0xFF
    try:
        read_table(bytes(damaged))
    except DocumentError as error:
        assert str(error)
