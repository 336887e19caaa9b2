"""Excel workbooks: the same cells as openpyxl reads, and no more than is allowed."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools import workbook, workbook_parts
from odoo.addons.oms_addon.tools.table import read_table
from odoo.addons.oms_addon.tools.workbook import read_first_sheet

MEGABYTE = 1024**2
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
    st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)


def written(rows):
    """:return: a workbook of rows, as openpyxl writes it"""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def as_openpyxl_reads(data):
    """:return: the filled rows of the first sheet, as openpyxl reads them"""
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    return [
        (number, bare(row))
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if bare(row)
    ]


def bare(row):
    """:return: a row without the empty cells at its end"""
    row = list(row)
    while row and row[-1] is None:
        row.pop()
    return row


def made(sheet, strings="", styles="", book="", **parts):
    """:return: a workbook of hand-written XML"""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        put = archive.writestr
        link = f'<Relationships xmlns="{PACKAGE}">%s</Relationships>'
        one = f'<Relationship Id="%s" Type="{LINKS}/%s" Target="%s"/>'
        put("_rels/.rels", link % (one % ("r1", "officeDocument", "xl/workbook.xml")))
        put(
            "xl/_rels/workbook.xml.rels",
            link
            % "".join(
                one % row
                for row in (
                    ("r1", "worksheet", "worksheets/sheet1.xml"),
                    ("r2", "sharedStrings", "sharedStrings.xml"),
                    ("r3", "styles", "/xl/styles.xml"),
                )
            ),
        )
        put(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{book}'
            '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        put("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
        put("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        put("xl/worksheets/sheet1.xml", sheet)
        for name, content in parts.items():
            put(name, content)
    return file.getvalue()


def sheet(rows):
    """:return: the XML of a sheet"""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_a_workbook_gives_the_cells_that_openpyxl_reads(rows):
    data = written(rows)
    found = [(number, bare(row)) for number, row in read_first_sheet(data)]
    assert [row for row in found if row[1]] == as_openpyxl_reads(data)


def test_a_workbook_of_another_writer_gives_the_same_cells_as_openpyxl():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet()
    for number, (value, form) in enumerate(
        (
            (datetime(2026, 1, 31, 14, 5), "dd/mm/yy hh:mm"),
            (date(2026, 1, 31), "yyyy-mm-dd"),
            (time(14, 5), "hh:mm"),
            (timedelta(hours=30), "[h]:mm:ss"),
            (1234.5, '#,##0.00 "days"'),
            (12, "0"),
        )
    ):
        page.write(number, 0, value, book.add_format({"num_format": form}))
    page.write_rich_string(7, 1, "two ", book.add_format({"bold": True}), "parts", " here")
    page.write_formula(8, 2, "=1+1", None, "text of it")
    page.write_boolean(9, 3, True)
    page.write(10, 700, "far")
    book.close()
    data = file.getvalue()
    found = [(number, bare(row)) for number, row in read_first_sheet(data)]
    # openpyxl takes durations for dates when it reads a sheet as a stream.
    assert found.pop(3) == (4, [timedelta(hours=30)])
    assert found == [row for row in as_openpyxl_reads(data) if row[0] != 4]


def test_the_epoch_of_1904_is_known():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active.append([datetime(2026, 1, 31)])
    file = io.BytesIO()
    book.save(file)
    assert list(read_first_sheet(file.getvalue())) == [(1, [datetime(2026, 1, 31)])]


def test_texts_of_their_own_prefixes_and_readings_are_read():
    data = made(
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="3">'
        '<x:c r="B3" t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>in</x:t></x:is></x:c>'
        '<x:c t="e"><x:v>#N/A</x:v></x:c></x:row></x:sheetData></x:worksheet>',
        "<si><r><t>one</t></r><r><t> two</t></r><rPh><t>wan</t></rPh></si>",
    )
    assert list(read_first_sheet(data)) == [(3, [None, "one two", "in", "#N/A"])]


#: sheets that are small in the file and large in memory, and what is said of them
BOMBS = {
    "a row at the end of the sheet": (
        sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        "more than 250000 rows",
    ),
    "a cell at the right end": (
        sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
        "more than 1000 columns",
    ),
    "a cell beyond every sheet": (
        sheet('<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>'),
        "more than 1000 columns",
    ),
    "a million rows": (sheet("<row/>" * 300_000), "more than 250000 rows"),
    "a million cells in a row": (
        sheet(f"<row>{'<c/>' * 300_000}</row>"),
        "more than 1000 columns",
    ),
    "rows filled up to the right": (
        sheet('<row><c r="ALL1"><v>1</v></c></row>' * 3000),
        "2000000 cells",
    ),
    "elements without end": (sheet(f"<{'x' * 60}/>" * 70_000), "more than .* bytes|too large"),
    "one text of megabytes": (
        sheet(f'<row><c t="str"><v>{"x" * 3_000_000}</v></c></row>'),
        "too large",
    ),
    "one tag of megabytes": (sheet(f'<row a="{"x" * 3_000_000}"/>'), "too large"),
    "a document type": (
        '<!DOCTYPE a [<!ENTITY b "b">]>' + sheet("<row><c><v>&b;</v></c></row>"),
        "not an Excel workbook",
    ),
    "a shared text that is not there": (
        sheet('<row><c t="s"><v>99999</v></c></row>'),
        "not an Excel workbook",
    ),
    "a number of 5,000 digits": (sheet(f"<row><c><v>{'9' * 5000}</v></c></row>"), None),
    "a date beyond the calendar": (sheet("<row><c><v>1e300</v></c></row>"), None),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_workbook_stays_small(name):
    xml, said = BOMBS[name]
    data = made(xml)
    tracemalloc.start()
    try:
        if said:
            with pytest.raises(DocumentError, match=said):
                read_table(data)
        else:
            read_table(data)
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE + 4 * len(xml) * (
            len(data) > MEGABYTE
        )
    finally:
        tracemalloc.stop()


def test_shared_texts_stay_small():
    data = made(sheet(""), "<si><t/></si>" * 1_500_000)
    with pytest.raises(DocumentError, match="too large|more than .* bytes"):
        read_table(data)


def test_styles_stay_small():
    data = made(
        sheet("<row><c s='3'><v>5</v></c></row>"), "", "<cellXfs>%s</cellXfs>" % ("<xf/>" * 300_000)
    )
    assert list(read_first_sheet(data)) == [(1, [5])]


def test_a_format_is_read_in_linear_time():
    code = "[" * 200_000
    styles = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="200"/></cellXfs>'
    data = made(sheet("<row><c><v>5</v></c></row>"), "", styles)
    assert list(read_first_sheet(data)) == [(1, [5])]


def test_a_long_text_is_read_as_excel_allows_it():
    text = "x" * workbook_parts.MAX_TEXT
    assert list(read_first_sheet(written([[text]]))) == [(1, [text])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\n" * 300_000, "250000 rows"),
        (b"," * 1100 + b"a\n", "1000 columns"),
        ((b"a" + b"," * 900 + b"\n") * 3000, "2000000"),
    ],
)
def test_tables_of_text_have_the_same_limits(content, said):
    with pytest.raises(DocumentError, match=said):
        read_table(content)


def test_the_elements_of_a_workbook_are_counted(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ELEMENTS", 1000)
    with pytest.raises(DocumentError, match="too large"):
        read_table(made(sheet("<x/>" * 1000)))
