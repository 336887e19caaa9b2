"""Vendors: lead times, reliability and prices, from purchase orders and receipts."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

#: confirmed purchase lines with their receipts; quantities in the unit of the product
LINES = """
    SELECT line.id, po.company_id, partner.commercial_partner_id AS vendor_id, line.product_id,
           line.product_uom_qty AS ordered, line.date_planned,
           COALESCE(po.date_approve, po.date_order) AS confirmed,
           line.price_subtotal / NULLIF(line.product_uom_qty, 0)
               / COALESCE(NULLIF(po.currency_rate, 0), 1) AS price,
           receipt.quantity AS received, receipt.date AS received_at,
           GREATEST(EXTRACT(EPOCH FROM receipt.date - COALESCE(po.date_approve, po.date_order))
               / 86400, 0) AS days
      FROM purchase_order_line line
      JOIN purchase_order po ON po.id = line.order_id
      JOIN res_partner partner ON partner.id = po.partner_id
 LEFT JOIN LATERAL (
           SELECT SUM(done.quantity_product_uom) AS quantity, MAX(move.date) AS date
             FROM stock_move move
             JOIN stock_move_line done ON done.move_id = move.id
             JOIN stock_location source ON source.id = move.location_id
            WHERE move.purchase_line_id = line.id AND move.state = 'done'
              AND source.usage = 'supplier') receipt ON TRUE
     WHERE po.state = 'purchase' AND line.product_id IS NOT NULL AND line.display_type IS NULL
       AND COALESCE(po.date_approve, po.date_order) >= now() AT TIME ZONE 'UTC' - interval '1 year'
"""


class OmsVendorScorecard(models.Model):
    """Purchases of the last 12 months by vendor and product."""

    _name = "oms.vendor.scorecard"
    _description = "Vendor Scorecard"
    _auto = False
    _rec_name = "vendor_id"
    _order = "ordered_qty desc, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    vendor_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    line_count = fields.Integer("Purchases", readonly=True)
    receipt_count = fields.Integer("Receipts", readonly=True)
    promised_days = fields.Float(
        "Promised Lead Time (Days)",
        readonly=True,
        aggregator="avg",
        help="Average time from confirmation to the expected arrival.",
    )
    real_days = fields.Float(
        "Real Lead Time (Days)",
        readonly=True,
        aggregator="avg",
        help="Average time from confirmation to the last receipt.",
    )
    spread_days = fields.Float(
        "Lead Time Spread (Days)",
        readonly=True,
        aggregator="avg",
        help="Standard deviation of the real lead time. Empty with fewer than two receipts.",
    )
    on_time_share = fields.Float(
        "On Time",
        readonly=True,
        aggregator="avg",
        help="Share of receipts on or before the expected date.",
    )
    ordered_qty = fields.Float(
        "Ordered",
        digits="Product Unit",
        readonly=True,
        help="Units whose expected arrival has passed.",
    )
    received_qty = fields.Float("Received", digits="Product Unit", readonly=True)
    fill_share = fields.Float(
        "Received Share",
        readonly=True,
        aggregator="avg",
        help="Received units by ordered units.",
    )
    last_price = fields.Monetary(readonly=True, aggregator="avg")
    price_trend = fields.Float(
        "Price Change",
        readonly=True,
        aggregator="avg",
        help="Last price against the first price of the last 12 months.",
    )

    @property
    def _table_query(self):
        return SQL(
            """WITH lines AS (%s)
               SELECT MIN(id) AS id, company_id, vendor_id, product_id,
                      COUNT(*) AS line_count, COUNT(received_at) AS receipt_count,
                      AVG(EXTRACT(EPOCH FROM date_planned - confirmed) / 86400) AS promised_days,
                      AVG(days) AS real_days, STDDEV_SAMP(days) AS spread_days,
                      AVG((received_at::date <= date_planned::date)::int) AS on_time_share,
                      SUM(ordered) FILTER (WHERE due) AS ordered_qty,
                      SUM(COALESCE(received, 0)) FILTER (WHERE due) AS received_qty,
                      SUM(COALESCE(received, 0)) FILTER (WHERE due)
                          / NULLIF(SUM(ordered) FILTER (WHERE due), 0) AS fill_share,
                      (ARRAY_AGG(price ORDER BY confirmed DESC, id DESC))[1] AS last_price,
                      (ARRAY_AGG(price ORDER BY confirmed DESC, id DESC))[1]
                          / NULLIF((ARRAY_AGG(price ORDER BY confirmed, id))[1], 0) - 1
                          AS price_trend
                 FROM (SELECT *, (date_planned <= now() AT TIME ZONE 'UTC' OR received >= ordered)
                              AS due FROM lines) lines
             GROUP BY company_id, vendor_id, product_id""",
            SQL(LINES),
        )

    @api.model
    def _read_lead_days(self, company, vendors):
        """Read the real lead times of vendors, in days.

        :param vendors: ``res.partner`` records
        :return: lead times by (vendor id, product id), and by (vendor id, ``None``) those of all
            products; the oldest first
        :rtype: dict[tuple, list[float]]
        """
        found = defaultdict(list)
        if not vendors:
            return found
        self._flush_purchases()
        rows = self.env.execute_query(
            SQL(
                """SELECT vendor_id, product_id, days FROM (%s) lines
                    WHERE company_id = %s AND vendor_id = ANY(%s) AND received_at IS NOT NULL
                 ORDER BY received_at, id""",
                SQL(LINES),
                company.id,
                vendors.commercial_partner_id.ids,
            )
        )
        for vendor_id, product_id, days in rows:
            found[vendor_id, product_id].append(float(days))
            found[vendor_id, None].append(float(days))
        return found

    @api.model
    def _flush_purchases(self):
        """Flush what is read past the ORM."""
        for name in ("purchase.order", "purchase.order.line", "stock.move", "stock.move.line"):
            self.env[name].flush_model()
