"""Daily shipping capacity of warehouses, in parcels, counted without races."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import promise


class OmsAllocationDay(models.Model):
    """A day of a warehouse; its row is locked while the parcels of that day are counted.

    A row changed since the transaction began raises a serialization error, and the job is retried
    with current figures, so that no slot is assigned twice.
    """

    _name = "oms.allocation.day"
    _description = "Warehouse Day"
    _order = "day desc, warehouse_id"
    _rec_name = "warehouse_id"

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    day = fields.Date(required=True, readonly=True)
    used = fields.Integer(required=True, readonly=True, default=0)

    _day_uniq = models.UniqueIndex("(warehouse_id, day)", "Every day of a warehouse is there once.")

    @api.model
    def _today(self, warehouse):
        """:return: today's date in the warehouse's time zone"""
        return promise.local(fields.Datetime.now(), warehouse._oms_zone()).date()

    @api.model
    def _left(self, warehouses):
        """Lock the current day of warehouses and read their remaining capacity in parcels.

        :param warehouses: ``stock.warehouse`` records
        :return: remaining parcels by warehouse id; warehouses without a limit are omitted
        :rtype: dict[int, int]
        """
        limited = warehouses.filtered("oms_capacity_day").sorted("id")
        if not limited:
            return {}
        used = dict(self._lock(limited))
        return {w.id: max(w.oms_capacity_day - used.get(w.id, 0), 0) for w in limited}

    @api.model
    def _lock_companies(self, companies):
        """Lock the current day of all warehouses with a limit in these companies.

        Days are always locked before stock. A transaction that finds the warehouses only after
        locking stock must lock all days first.

        :param companies: ``res.company`` records
        """
        self.sudo()._left(
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", companies.ids), ("oms_capacity_day", ">", 0)])
        )

    @api.model
    def _glance(self, warehouses):
        """:return: as ``_left``, without locking, for display only"""
        limited = warehouses.filtered("oms_capacity_day")
        days = self.sudo().search(
            [
                ("warehouse_id", "in", limited.ids),
                ("day", "in", [self._today(w) for w in limited]),
            ]
        )
        used = {d.warehouse_id.id: d.used for d in days if d.day == self._today(d.warehouse_id)}
        return {w.id: max(w.oms_capacity_day - used.get(w.id, 0), 0) for w in limited}

    @api.model
    def _lock(self, warehouses):
        """:return: pairs (warehouse id, used) of today, created if missing and locked"""
        self.flush_model()
        today = [(w.id, w.company_id.id, self._today(w)) for w in warehouses]
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_allocation_day (warehouse_id, company_id, day, used)
                   VALUES %s ON CONFLICT DO NOTHING""",
                SQL(", ").join(SQL("(%s, %s, %s, 0)", *row) for row in today),
            )
        )
        self.env.cr.execute(
            SQL(
                """SELECT warehouse_id, used FROM oms_allocation_day
                   WHERE (warehouse_id, day) IN (%s) ORDER BY id FOR UPDATE""",
                SQL(", ").join(SQL("(%s, %s)", row[0], row[2]) for row in today),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _count(self, changes):
        """Update the number of used slots.

        :param dict changes: the change in slots by (warehouse id, date)
        """
        rows = [(w, day, change) for (w, day), change in sorted(changes.items()) if change]
        if not rows:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE oms_allocation_day SET used = GREATEST(used + change.number, 0)
                   FROM (VALUES %s) AS change (warehouse_id, day, number)
                   WHERE oms_allocation_day.warehouse_id = change.warehouse_id
                     AND oms_allocation_day.day = change.day""",
                SQL(", ").join(SQL("(%s, %s::date, %s)", *row) for row in rows),
            )
        )
        self.invalidate_model(["used"])
