"""Demand history: ordered units by product, channel, warehouse and day."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.models.stock.before_commit import collect

LINES_PER_BATCH = 2000


class Key(NamedTuple):
    """Ids of the order line, product and warehouse of one row; one row per key."""

    line_id: int
    product_id: int
    warehouse_id: int | None

    def prepare(self):
        """:return: the key as values of ``oms.demand``"""
        return {
            "sale_line_id": self.line_id,
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
        }


class OmsDemand(models.Model):
    """Ordered units, net of cancellations, in the unit of the product.

    One row per order line, component and warehouse, derived from the order line: recording a line
    again changes nothing. Rows without an order line were imported.
    """

    _name = "oms.demand"
    _description = "Demand"
    _rec_name = "product_id"
    _order = "day desc, id desc"
    # Written in bulk with each order.
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", string="Order")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one("oms.channel", "Sales Channel", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    day = fields.Date(
        "Date",
        required=True,
        readonly=True,
        help="Requested delivery date, or else the date of the order, in the time zone of the "
        "warehouse.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    is_exceptional = fields.Boolean(
        "Exceptional Demand",
        readonly=True,
        help="The demand is not repeated, such as a tender: it does not consume the forecast and "
        "does not change future forecasts.",
    )

    _line_uniq = models.UniqueIndex(
        "(sale_line_id, product_id, COALESCE(warehouse_id, 0)) WHERE sale_line_id IS NOT NULL"
    )
    _series_idx = models.Index("(product_id, day)")

    # === RECORDING === #

    @api.model
    def _touch(self, line_ids):
        """Record order lines once, before the commit.

        :param line_ids: ids of ``sale.order.line``
        """
        collect(self, "_record_ids", line_ids)

    @api.model
    def _record_ids(self, line_ids):
        """Record order lines that still exist.

        :param line_ids: ids of ``sale.order.line``
        """
        self._record(self.env["sale.order.line"].browse(sorted(line_ids)).exists())
        self.env.flush_all()

    @api.model
    def _record(self, lines):
        """Bring the demand of order lines in line with their quantities, dates and warehouses.

        :param lines: ``sale.order.line`` records
        """
        wanted = lines._oms_prepare_demand()
        rows = self.search([("sale_line_id", "in", lines.ids)])
        known = {
            Key(r.sale_line_id.id, r.product_id.id, r.warehouse_id.id or None): r for r in rows
        }
        gone = rows.browse([row.id for key, row in known.items() if key not in wanted])
        product_ids = set(gone.product_id.ids)
        for key, row in known.items():
            if key in wanted and row._differs(wanted[key]):
                row.write(wanted[key])
                product_ids.add(key.product_id)
        new = [key for key in wanted if key not in known]
        self.create([{**key.prepare(), **wanted[key]} for key in new])
        product_ids.update(key.product_id for key in new)
        gone.unlink()
        if product_ids:
            self.env["oms.forecast"]._recompute_products(product_ids)

    def _differs(self, values):
        """:return: whether a row differs from values of ``_oms_prepare_demand``"""
        self.ensure_one()
        return any(
            self._fields[name].convert_to_write(self[name], self) != value
            for name, value in values.items()
        )

    # === HISTORY BEFORE THE ADD-ON === #

    @api.model
    def _record_older(self):
        """Record a batch of order lines that were confirmed before the add-on was installed.

        :return: the number of lines
        """
        Line = self.env["sale.order.line"]
        Line.flush_model(["oms_demand_qty", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order_line
                    WHERE oms_demand_qty IS NULL AND state = 'sale'
                 ORDER BY id DESC LIMIT %s""",
                LINES_PER_BATCH,
            )
        )
        lines = Line.browse([line_id for (line_id,) in rows])
        self.env.add_to_compute(Line._fields["oms_demand_qty"], lines)
        Line.flush_model(["oms_demand_qty"])
        return len(lines)
