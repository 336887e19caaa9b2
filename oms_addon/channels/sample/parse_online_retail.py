"""The packaged extract of "Online Retail", real orders of a gift shop, as a channel.

data/sample/README.md cites the source. Nothing is cleaned: cancellations, zero prices, unknown
customers and postage sold as an item are what real channels send.
"""

import csv
import io
import json
from datetime import date, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo.addons.oms_addon.documents.order import CancellationDocument, OrderDocument
from odoo.addons.oms_addon.documents.parts import (
    Address,
    CancelledLine,
    Charge,
    Customer,
    Line,
    exact_sum,
)
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    refuses_bad_input,
    to_decimal,
    to_moment,
)
from odoo.addons.oms_addon.tools.bounded import gunzip
from odoo.addons.oms_addon.tools.countries import country_code
from odoo.addons.oms_addon.tools.json_shape import to_json_text

ZONE = "Europe/London"
CURRENCY = "GBP"
#: the last day of the extract
LAST_DAY = date(2010, 12, 14)
CREATED = "orders/create"
CANCELLED = "orders/cancelled"

#: Stock codes that are not items. Any other code is a product, including gift vouchers.
KINDS = {
    "POST": "shipping",
    "DOT": "shipping",
    "C2": "shipping",
    "M": "fee",
    "BANK CHARGES": "fee",
    "AMAZONFEE": "fee",
    "CRUK": "fee",
    "B": "fee",
    "S": "fee",
    "D": "discount",
}

# The Channel Islands have no code of their own: Jersey, the largest, stands for them.
_COUNTRIES = {"Channel Islands": "JE", "European Community": "", "Unspecified": ""}


# === STORE === #


def read_invoices(path):
    """Read the invoices of the extract, in the order of their first rows.

    :param path: the gzipped CSV file
    :return: iterator of pairs: invoice number, its rows as dicts of texts
    """
    text = gunzip(Path(path).read_bytes()).decode("utf-8")
    invoices = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        invoices.setdefault(row["InvoiceNo"], []).append(row)
    yield from invoices.items()


def read_weeks(path):
    """Read the weekly demand of products.

    :param path: the gzipped CSV file: a product per row, a week per column
    :return: the first days of the weeks, and the units per week by SKU
    """
    text = gunzip(Path(path).read_bytes()).decode("utf-8")
    (_code, *days), *rows = csv.reader(io.StringIO(text, newline=""))
    units = {code: [int(quantity) for quantity in quantities] for code, *quantities in rows}
    return [date.fromisoformat(day) for day in days], units


def invoice_payload(invoice_no, rows):
    """Return the store's message for an invoice: its rows.

    :param str invoice_no: e.g. ``536365``, or ``C536379`` for a cancellation
    :param list rows: its rows, from ``read_invoices``
    :return: JSON; the same bytes for the same invoice
    :rtype: bytes
    """
    content = {"invoice": invoice_no, "rows": rows}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def topic_of(invoice_no):
    """Return the topic of an invoice."""
    return CANCELLED if invoice_no.startswith("C") else CREATED


# === PARSING === #


def shift_to(day):
    """Return the shift of the extract to the present: whole weeks, so that weekdays are kept.

    :param date day: the first day after the extract
    :return: its last day is one of the seven before ``day``
    :rtype: timedelta
    """
    return timedelta(days=(day - LAST_DAY - timedelta(days=1)).days // 7 * 7)


@refuses_bad_input
def parse_order(payload, shift=timedelta(0)):
    """Return the order in an invoice.

    Prices include an unknown tax, so lines count as untaxed. An invoice of more than zero counts as
    paid by card on its date.

    :param bytes payload: the result of ``invoice_payload``
    :param timedelta shift: added to its time, see ``shift_to``
    :rtype: OrderDocument
    :raise DocumentError: when it is not an invoice
    """
    invoice, rows = _load(payload)
    placed_at = _moment(rows[0], shift)
    lines = tuple(_line(row, f"rows[{index}]") for index, row in enumerate(rows))
    total = exact_sum(line.subtotal for line in lines)
    customer = _customer(rows[0])
    return OrderDocument(
        ref=invoice,
        number=invoice,
        placed_at=placed_at,
        updated_at=placed_at,
        source_zone=ZONE,
        currency=CURRENCY,
        total=total,
        prices_include_tax=True,
        customer=customer,
        shipping=Address(name=customer.name, country=_country(rows[0])),
        lines=lines,
        charges=_charges(invoice, total, placed_at),
    )


def parse_cancellation(payload, shift=timedelta(0)):
    """Return the cancellation in a credit invoice; the store does not specify its order.

    :param bytes payload: the result of ``invoice_payload``
    :param timedelta shift: added to its time, see ``shift_to``
    :rtype: CancellationDocument
    :raise DocumentError: when it is not an invoice
    """
    invoice, rows = _load(payload)
    at = _moment(rows[0], shift)
    lines = tuple(_cancelled_line(row, f"rows[{index}]") for index, row in enumerate(rows))
    return CancellationDocument(
        ref=invoice,
        at=at,
        updated_at=at,
        source_zone=ZONE,
        currency=CURRENCY,
        total=exact_sum(line.quantity * line.unit_price for line in lines),
        customer=_customer(rows[0]),
        lines=lines,
    )


def _load(payload):
    try:
        content = json.loads(to_json_text(payload))
        invoice, rows = content["invoice"], [dict(row) for row in content["rows"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError("expected the raw rows of an invoice as JSON") from error
    if not rows:
        raise DocumentError("expected at least one row, found none", "rows")
    return invoice, rows


def _cell(row, column, path=""):
    value = row.get(column)
    if isinstance(value, str):
        return value
    raise DocumentError(f"expected text, found {value!r}", f"{path}.{column}".lstrip("."))


def _moment(row, shift):
    """:return: the shifted time of an invoice; its local hour does not change"""
    moment = to_moment(_cell(row, "InvoiceDate"), ZONE, "rows[0].InvoiceDate")
    local = moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) + shift
    return local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(timezone.utc)


def _customer(row):
    ref = _cell(row, "CustomerID")
    return Customer(ref=ref, name=f"Customer {ref}") if ref else Customer()


def _country(row):
    name = _cell(row, "Country")
    return _COUNTRIES[name] if name in _COUNTRIES else country_code(name)


def _number(row, column, path):
    return to_decimal(_cell(row, column, path), f"{path}.{column}")


def _line(row, path):
    sku = _cell(row, "StockCode", path)
    unit_price = _number(row, "UnitPrice", path)
    kind = KINDS.get(sku.upper(), "product")
    return Line(
        sku=sku,
        name=_cell(row, "Description", path),
        kind="discount" if kind == "fee" and unit_price < 0 else kind,
        quantity=_number(row, "Quantity", path),
        unit_price=unit_price,
        taxes=(),
    )


def _cancelled_line(row, path):
    return CancelledLine(
        sku=_cell(row, "StockCode", path),
        name=_cell(row, "Description", path),
        quantity=abs(_number(row, "Quantity", path)),
        unit_price=_number(row, "UnitPrice", path),
    )


def _charges(invoice, total, at):
    if total <= 0:
        return ()
    return (
        Charge(
            ref=f"OR-{invoice}",
            kind="charge",
            amount=total,
            currency=CURRENCY,
            at=at,
            method="card",
            status="success",
        ),
    )
