"""Panels of demand: carparts, Online Retail by week, and any CSV file."""

import csv
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

#: what is no product: postage, fees, manual corrections
PRODUCT = re.compile(r"\d{5}")
HOME = "United Kingdom"
#: Online Retail: a series was sold in so many weeks before the last `HELD_OUT`
SOLD_WEEKS = 4
HELD_OUT = 16


@dataclass(frozen=True)
class Panel:
    """Demand of many series, and how it is tested.

    :ivar demand: (n, T) units
    :ivar str bucket: ``week`` or ``month``
    :ivar tuple origins: numbers of known buckets that forecasts are made from
    :ivar int horizon: buckets ahead
    :ivar bool ragged: whether series begin with their first sale
    """

    name: str
    demand: object
    bucket: str
    origins: tuple
    horizon: int
    ragged: bool

    @property
    def suggest(self):
        """Return Odoo's default window of 30 days, in buckets."""
        return 1 if self.bucket == "month" else 4


def carparts(folder):
    """Read the 2,509 complete series of 51 months."""
    [file] = sorted(Path(folder, "carparts").glob("carparts.csv*"))
    demand = read_rows(file)
    width = demand.shape[1]
    return Panel("carparts", demand, "month", (width - 12, width - 9, width - 6), 6, False)


def retail(folder):
    """Aggregate Online Retail: product and channel (home, abroad) by week from Monday.

    A cancelled line is taken off the sale it cancels, if there is one of the same customer,
    product and quantity. Only whole weeks count.
    """
    sales = [sale for file in _files(folder, "online_retail") for sale in _sales(_lines(file))]
    first, last = min(sale[2] for sale in sales), max(sale[2] for sale in sales)
    start = first + timedelta(days=-first.weekday() % 7)
    width = ((last - start).days + 1) // 7
    cells = defaultdict(lambda: np.zeros(width))
    for code, channel, day, quantity in sales:
        week = (day - start).days // 7
        if 0 <= week < width:
            cells[code, channel][week] += quantity
    demand = np.array([cells[key] for key in sorted(cells)])
    demand = demand[(demand[:, : width - HELD_OUT] > 0).sum(axis=1) >= SOLD_WEEKS]
    return Panel("retail", demand, "week", (width - 12, width - 8, width - 4), 4, True)


def panel_file(path, bucket):
    """Read any panel: a series per row, a bucket per column, the first column its name."""
    demand = read_rows(path)
    width = demand.shape[1]
    origins = tuple(origin for origin in (width - 12, width - 8, width - 4) if origin > 4)
    return Panel("panel", demand, bucket, origins, 4, True)


def read_rows(path):
    """Read the series of a CSV file that have a number in every bucket: (n, T)."""
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return np.array([[float(cell) for cell in row[1:]] for row in rows if all(row[1:])])


# === ONLINE RETAIL === #


def _files(folder, name):
    files = sorted(Path(folder, name).glob("*.csv*"))
    if not files:
        raise SystemExit(f"{Path(folder, name)} has no CSV file: put the data set there.")
    return files


def _lines(path):
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _sales(lines):
    """Return (product, channel, day, quantity) of what was sold and not cancelled."""
    sales, of_line = [], defaultdict(list)
    for line in lines:
        code = line["StockCode"].upper()
        if not PRODUCT.match(code):
            continue
        quantity = int(float(line["Quantity"]))
        cancelled = line["InvoiceNo"].startswith("C")
        channel = "home" if line["Country"] == HOME else "abroad"
        key = (line["CustomerID"], code, channel, abs(quantity))
        if quantity > 0 and not cancelled:
            of_line[key].append(len(sales))
            day = date.fromisoformat(line["InvoiceDate"][:10])
            sales.append((code, channel, day, quantity))
        elif quantity < 0 and cancelled and of_line[key]:
            place = of_line[key].pop()
            sales[place] = (*sales[place][:3], 0)
    return sales
