"""Periods in which a warehouse had no stock of a product."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets, flags

#: days of history that are read
LONGEST_DAYS = 1095


class OmsStockout(models.Model):
    """Derived from completed stock moves; deriving again changes nothing."""

    _name = "oms.stockout"
    _description = "Stockout"
    _rec_name = "product_id"
    _order = "date_from desc, id desc"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "Start Date", help="First full day without stock.", required=True, readonly=True
    )
    date_to = fields.Date(
        "End Date", readonly=True, help="Empty while the product is out of stock."
    )

    _period_uniq = models.UniqueIndex("(product_id, warehouse_id, date_from)")

    # === BUSINESS METHODS === #

    @api.model
    def _recompute_products(self, company, product_ids):
        """Bring the stockouts of products in line with their stock moves.

        :return: the periods by product and warehouse that ever had stock, as pairs (first day,
            last day or ``None``)
        :rtype: dict[tuple[int, int], list]
        """
        today = self.env["oms.forecast"]._current_bucket(company, "day")
        first = buckets.add(today, -LONGEST_DAYS, "day")
        on_hand, changes = self._read_on_hand(company, product_ids), defaultdict(dict)
        for product_id, warehouse_id, day, quantity in self._read_changes(
            company, product_ids, first
        ):
            changes[product_id, warehouse_id][day] = quantity
        wanted = {
            key: flags.find_stockouts(days, on_hand.get(key, 0.0), today)
            for key, days in changes.items()
        }
        self._apply_periods(company, product_ids, wanted)
        return {**{key: [] for key, quantity in on_hand.items() if quantity > 0}, **wanted}

    @api.model
    def _apply_periods(self, company, product_ids, wanted):
        """Write the periods that differ from those stored.

        :param dict wanted: see ``_recompute_products``
        """
        rows = self.search(
            [("company_id", "=", company.id), ("product_id", "in", list(product_ids))]
        )
        known = {(row.product_id.id, row.warehouse_id.id, row.date_from): row for row in rows}
        ends = {(*key, first): last for key, periods in wanted.items() for first, last in periods}
        for key, row in known.items():
            if key in ends and (row.date_to or None) != ends[key]:
                row.date_to = ends[key]
        rows.browse([row.id for key, row in known.items() if key not in ends]).unlink()
        self.create(
            [
                {
                    "company_id": company.id,
                    "product_id": product_id,
                    "warehouse_id": warehouse_id,
                    "date_from": first,
                    "date_to": last,
                }
                for (product_id, warehouse_id, first), last in ends.items()
                if (product_id, warehouse_id, first) not in known
            ]
        )

    @api.model
    def _read_on_hand(self, company, product_ids):
        """:return: units in the warehouses of a company, by product and warehouse"""
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.product_id, place.warehouse_id, SUM(quant.quantity)::float
                     FROM stock_quant quant JOIN stock_location place
                       ON place.id = quant.location_id AND place.usage = 'internal'
                    WHERE quant.product_id = ANY(%s) AND place.company_id = %s
                      AND place.warehouse_id IS NOT NULL
                 GROUP BY 1, 2""",
                list(product_ids),
                company.id,
            )
        )
        return {(product_id, warehouse_id): quantity for product_id, warehouse_id, quantity in rows}

    @api.model
    def _read_changes(self, company, product_ids, first):
        """:return: tuples (product, warehouse, day, net units) of completed moves since a day"""
        self.env["stock.move.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT line.product_id, place.warehouse_id,
                          (line.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date,
                          SUM(CASE WHEN place.id = line.location_dest_id THEN 1 ELSE -1 END
                              * line.quantity_product_uom)::float
                     FROM stock_move_line line JOIN stock_location place
                       ON place.id IN (line.location_id, line.location_dest_id)
                      AND place.usage = 'internal'
                    WHERE line.product_id = ANY(%s) AND line.state = 'done'
                      AND line.date >= %s AND place.company_id = %s
                      AND place.warehouse_id IS NOT NULL
                      AND line.location_id <> line.location_dest_id
                 GROUP BY 1, 2, 3""",
                company.sudo().resource_calendar_id.tz or "UTC",
                list(product_ids),
                first,
                company.id,
            )
        )
