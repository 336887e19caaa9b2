"""Goods that came, or are free again, for the orders that wait for them."""

from odoo import api, models
from odoo.tools import SQL

WAITING_ORDERS = """
    WITH place AS (
        SELECT warehouse.id AS warehouse_id, warehouse.company_id, location.id AS location_id
        FROM stock_warehouse warehouse
        JOIN stock_location stock ON stock.id = warehouse.lot_stock_id
        JOIN stock_location location ON location.parent_path LIKE stock.parent_path || '%%'
        WHERE warehouse.oms_managed
    ), waiting AS (
        SELECT move.product_id, move.sale_line_id, type.warehouse_id
        FROM stock_move move
        JOIN stock_picking_type type ON type.id = move.picking_type_id
        JOIN stock_warehouse warehouse ON warehouse.id = type.warehouse_id
        WHERE move.state IN ('confirmed', 'partially_available')
          AND move.procure_method = 'make_to_stock'
          AND move.sale_line_id IS NOT NULL AND warehouse.oms_managed
    ), free AS (
        SELECT quant.product_id, place.warehouse_id, place.company_id
        FROM stock_quant quant JOIN place ON place.location_id = quant.location_id
        WHERE quant.product_id IN (SELECT product_id FROM waiting)
        GROUP BY quant.product_id, place.warehouse_id, place.company_id
        HAVING SUM(quant.quantity - quant.reserved_quantity) > 0
    )
    SELECT o.id FROM waiting
    JOIN free ON free.product_id = waiting.product_id
    JOIN sale_order_line line ON line.id = waiting.sale_line_id
    JOIN sale_order o ON o.id = line.order_id
    WHERE free.warehouse_id = waiting.warehouse_id
       OR o.picking_policy = 'direct' AND o.company_id = free.company_id
          AND (free.warehouse_id IN (SELECT stock_warehouse_id
                   FROM oms_channel_stock_warehouse_rel WHERE oms_channel_id = o.oms_channel_id)
               OR NOT EXISTS (SELECT FROM oms_channel_stock_warehouse_rel
                   WHERE oms_channel_id = o.oms_channel_id))
    GROUP BY o.id
    ORDER BY o.oms_priority DESC NULLS LAST, COALESCE(o.oms_placed_at, o.date_order), o.id
    LIMIT %s"""


class OmsBackorder(models.AbstractModel):
    """The queue of orders that wait for goods."""

    _name = "oms.backorder"
    _description = "Backorders"

    @api.model
    def _serve_backorders(self, limit=100):
        """Give what is free to the orders that wait for it, the most urgent first.

        :param int limit: how many orders at most
        :return: how many orders got something
        :rtype: int
        """
        allocator = self.env["oms.allocator"]
        orders = self._waiting_orders(limit)
        before = {move: move.state for move in allocator._open_moves(orders)}
        if not before:
            return 0
        reserved = {move: allocator._missing(move)[0] for move in before}
        allocator._allocate(orders)
        served = self.env["stock.move"].browse(
            move.id
            for move in before
            if not move.exists()
            or move.state != before[move]
            or allocator._missing(move)[0] < reserved[move]
        )
        changed = served.exists().sale_line_id.order_id
        changed._oms_run()
        return len(changed)

    @api.model
    def _waiting_orders(self, limit):
        """:return: orders that wait for goods of which some are free, where they wait or where
        they may be served from instead
        """
        self.env["stock.move"].flush_model()
        self.env["stock.quant"].flush_model()
        self.env["sale.order"].flush_model()
        self.env["oms.channel"].flush_model(["warehouse_ids"])
        rows = self.env.execute_query(SQL(WAITING_ORDERS, limit))
        return self.env["sale.order"].browse(row[0] for row in rows)
