"""Files: tables, workbooks, archives, compressed data."""

import gzip
import io
import zipfile

from odoo.addons.oms_addon.channels.csv_file import parse_orders as csv_orders
from odoo.addons.oms_addon.documents import tracking as tracking_document
from odoo.addons.oms_addon.tools import bounded
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.table import read_table

from benchmarks.fuzzing import corpus


def file(dice, world, _address):
    """:return: a label, and the reading of an uploaded file"""
    kind = dice.choice(tuple(world.golden))
    data = dice.choice((corpus.body_of, _archive, _sheet))(dice, world, kind)
    if dice.random() < 0.5:
        data = corpus.damaged(dice, data)
    read = dice.choice(
        (
            read_table,
            csv_orders.parse_orders,
            tracking_document.read_csv,
            bounded.gunzip,
            read_json,
        )
    )
    return f"{read.__name__} {data[:60]!r}", lambda: read(data) and None


def _archive(dice, _world, _adapter):
    """:return: a packed file, of zeros or of many"""
    if dice.random() < 0.5:
        return gzip.compress(bytes(dice.choice((0, 100, 80 * 1024**2)))) * dice.choice((1, 3))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(dice.choice((1, 50, 1500))):
            target.writestr(f"xl/worksheets/sheet{number}.xml", b"<row/>" * dice.choice((1, 2000)))
    return file.getvalue()


def _sheet(dice, _world, _adapter):
    """:return: a workbook whose sheet is small in the file alone"""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = dice.choice(
        (
            '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
            '<row><c r="XFD1"><v>1</v></c></row>' * 3,
            "<row/>" * 300_000,
            f"<row>{'<c/>' * 300_000}</row>",
            f"<row><c><v>{'9' * 5000}</v></c></row>",
            "<row><c t='s'><v>7</v></c></row>",
            f"<row><c t='str'><v>{'x' * 100_000}</v></c></row>",
        )
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{links}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        target.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet r:id="r1"/></sheets>'
            "</workbook>",
        )
        target.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{rows}</worksheet>")
    return file.getvalue()
