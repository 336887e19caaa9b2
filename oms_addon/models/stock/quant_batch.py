"""Batched changes of stock rows, written with few statements."""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL


class QuantBatch:
    """Stock changes of many move lines of products without lot, package or owner.

    The first row of a location is locked and changed; a row is added if there is none.
    """

    def __init__(self, env):
        self.env = env
        self.quantity = defaultdict(float)
        self.reserved = defaultdict(float)
        self.in_date = {}
        # Free quantity of each location including the changes collected here; read on first use.
        self.free = {}

    def reserve(self, product, location, quantity):
        """Add a change to the reserved quantity."""
        self._read(product, location)
        self.reserved[product.id, location.id] += quantity
        self.free[product.id, location.id] -= quantity

    def move(self, product, location, quantity, in_date):
        """Add a change to the quantity.

        :return: the free quantity after the change, and the incoming date of the items
        """
        self._read(product, location)
        key = product.id, location.id
        self.quantity[key] += quantity
        self.free[key] += quantity
        if in_date and location.should_bypass_reservation():
            self.in_date[key] = in_date
        elif in_date:
            self.in_date[key] = min(in_date, self.in_date.get(key) or in_date)
        free = self.free[key]
        if product.uom_id.compare(free, 0) < 0:
            # Odoo may unreserve other moves now: it needs the changes collected so far.
            self.flush()
        return free, self.in_date.get(key) or fields.Datetime.now()

    def _read(self, product, location):
        """Read the free quantities of a product at all locations, once."""
        if (product.id, location.id) in self.free:
            return
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT location_id, SUM(quantity - reserved_quantity),
                       MIN(in_date) FILTER (WHERE quantity > 0)
                   FROM stock_quant
                   WHERE product_id = %s AND lot_id IS NULL AND package_id IS NULL
                     AND owner_id IS NULL
                   GROUP BY location_id""",
                product.id,
            )
        )
        for location_id, free, in_date in self.env.cr.fetchall():
            key = product.id, location_id
            if key not in self.free:
                self.free[key] = float(free or 0) + self.quantity[key] - self.reserved[key]
                self.in_date[key] = in_date
        self.free.setdefault((product.id, location.id), 0.0)

    def flush(self):
        """Write the collected changes and start a new batch."""
        keys = {
            key
            for changes in (self.quantity, self.reserved)
            for key, quantity in changes.items()
            if quantity
        }
        rows = self._lock(keys) if keys else {}
        self._update({key: row_id for key, row_id in rows.items()})
        self._create(keys - rows.keys())
        self.quantity.clear()
        self.reserved.clear()

    def _lock(self, keys):
        """:return: the row to change for each (product, location), locked"""
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id, product_id, location_id FROM stock_quant
                   WHERE (product_id, location_id) IN %s AND lot_id IS NULL
                     AND package_id IS NULL AND owner_id IS NULL
                   ORDER BY in_date, id FOR NO KEY UPDATE""",
                tuple(keys),
            )
        )
        rows = {}
        for row_id, product_id, location_id in self.env.cr.fetchall():
            rows.setdefault((product_id, location_id), row_id)
        return rows

    def _update(self, rows):
        """Update existing rows."""
        if not rows:
            return
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """UPDATE stock_quant SET quantity = stock_quant.quantity + change.quantity,
                       reserved_quantity =
                           GREATEST(0, stock_quant.reserved_quantity + change.reserved),
                       in_date = change.in_date, write_uid = %s, write_date = %s
                   FROM (VALUES %s) AS change (id, quantity, reserved, in_date)
                   WHERE stock_quant.id = change.id""",
                self.env.uid,
                self.env.cr.now(),
                SQL(", ").join(
                    SQL(
                        "(%s, %s::numeric, %s::numeric, %s::timestamp)",
                        row_id,
                        self.quantity[key],
                        self.reserved[key],
                        self.in_date.get(key) or now,
                    )
                    for key, row_id in rows.items()
                ),
            )
        )
        quants = self.env["stock.quant"].browse(rows.values())
        quants.invalidate_recordset(flush=False)
        quants.modified(["quantity", "reserved_quantity"])
        quants._oms_touch_stock()

    def _create(self, keys):
        """Add rows where there are none."""
        now = fields.Datetime.now()
        self.env["stock.quant"].sudo().create(
            [
                {
                    "product_id": key[0],
                    "location_id": key[1],
                    "quantity": self.quantity[key],
                    "reserved_quantity": self.reserved[key],
                    "in_date": self.in_date.get(key) or now,
                }
                for key in sorted(keys)
            ]
        )
