"""Allocation of received or released items to waiting orders."""

from odoo import api, models
from odoo.tools import SQL

from .oms_allocator import OPEN_STATES

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
          AND (%(products)s::int[] IS NULL OR move.product_id = ANY(%(products)s))
    ), free AS (
        SELECT quant.product_id, place.warehouse_id, place.company_id
        FROM stock_quant quant
        JOIN place ON place.location_id = quant.location_id
        JOIN product_product product ON product.id = quant.product_id
        JOIN product_template template ON template.id = product.product_tmpl_id
        WHERE quant.product_id IN (SELECT product_id FROM waiting) AND %(fresh)s
        -- The debt of a lot is no other's.
        GROUP BY quant.product_id, place.warehouse_id, place.company_id,
            CASE WHEN template.tracking <> 'none' THEN quant.lot_id END
        HAVING SUM(quant.quantity - quant.reserved_quantity) > 0
    )
    SELECT o.id FROM waiting
    JOIN free ON free.product_id = waiting.product_id
    JOIN sale_order_line line ON line.id = waiting.sale_line_id
    JOIN sale_order o ON o.id = line.order_id
    WHERE free.warehouse_id = waiting.warehouse_id
       OR o.picking_policy = 'direct' AND o.company_id = free.company_id
          AND NOT EXISTS (SELECT FROM oms_line_excluded_warehouse_rel excluded
                   WHERE excluded.sale_order_line_id = line.id
                     AND excluded.stock_warehouse_id = free.warehouse_id)
          AND (free.warehouse_id IN (SELECT stock_warehouse_id
                   FROM oms_channel_stock_warehouse_rel WHERE oms_channel_id = o.oms_channel_id)
               OR NOT EXISTS (SELECT FROM oms_channel_stock_warehouse_rel
                   WHERE oms_channel_id = o.oms_channel_id))
    GROUP BY o.id
    ORDER BY o.oms_priority DESC NULLS LAST, o.oms_ship_before,
             COALESCE(o.oms_placed_at, o.date_order), o.id
    LIMIT %(limit)s OFFSET %(offset)s"""
#: maximum number of batches skipped in one run because their rules exclude the free stock
MAX_BATCHES = 20


class OmsBackorder(models.AbstractModel):
    """The queue of orders that wait for items."""

    _name = "oms.backorder"
    _description = "Backorders"

    @api.model
    def _serve_backorders(self, limit=100):
        """Reserve free stock for waiting orders, the most urgent first.

        Orders whose rules exclude the free stock are skipped.

        :param int limit: maximum number of orders
        :return: number of orders that got items
        :rtype: int
        """
        for batch in range(MAX_BATCHES):
            orders = self._waiting_orders(limit, offset=batch * limit)
            before = self._missing_of(orders)
            if not before:
                return 0
            self.env["oms.allocator"]._allocate(orders)
            served = self._run_served(before)
            if served or len(orders) < limit:
                return len(served)
        return 0

    @api.model
    def _waiting_orders(self, limit, products=None, offset=0):
        """Find orders that wait for items of which some are free.

        :param int limit: maximum number of orders
        :param products: ``product.product`` records; ``None`` for all
        :param int offset: number of orders to skip
        :return: orders whose warehouse, or another one that may serve them, has free items, in
            serving order
        """
        self.env["stock.move"].flush_model()
        self.env["oms.stock"]._flush_rows()
        self.env["product.template"].flush_model(["tracking"])
        self.env["sale.order"].flush_model()
        self.env["oms.channel"].flush_model(["warehouse_ids"])
        rows = self.env.execute_query(
            SQL(
                WAITING_ORDERS,
                limit=limit,
                offset=offset,
                products=products and products.ids or None,
                fresh=self.env["oms.stock"]._fresh(),
            )
        )
        return self.env["sale.order"].browse(row[0] for row in rows)

    @api.model
    def _ahead(self, orders, products, limit=200):
        """Find the waiting orders that precede the given ones in the queue.

        They are entitled to items just received, even before the backorder job has run. Orders that
        another job is processing are left out.

        :param orders: ``sale.order`` records
        :param products: the products they need
        :param int limit: maximum number of orders
        :return: the orders served before the last of these
        """
        waiting = self._waiting_orders(limit, products) - orders
        waiting = waiting.filtered(
            lambda o: o.oms_status != "running" and o.company_id in orders.company_id
        )
        if not waiting:
            return waiting
        queue = (waiting | orders)._oms_serving_order()
        last = max(place for place, order in enumerate(queue) if order in orders)
        return waiting & queue[:last]

    @api.model
    def _free_for_new(self, warehouses, products, but=None):
        """Read the free stock that new orders may be planned on.

        It excludes stock that waiting orders will be re-sourced to, see ``oms.resourcing``.

        :param warehouses: the warehouses that may serve the new orders
        :param products: ``product.product`` records
        :param but: ``stock.move`` records that are being re-sourced and count neither as reserved
            nor as missing
        :return: as ``oms.stock._free``
        :rtype: dict
        """
        managed = self.env["stock.warehouse"].search(
            [("oms_managed", "=", True), ("company_id", "in", warehouses.company_id.ids)]
        )
        but = but or self.env["stock.move"]
        free = self.env["oms.stock"]._free(warehouses | managed, products)
        for move in but:
            free[move.picking_type_id.warehouse_id.id, move.product_id.id] += move.product_qty
        short = {key: -quantity for key, quantity in free.items() if quantity < 0}
        having = {key[1] for key, quantity in free.items() if quantity > 0}
        short = {key: quantity for key, quantity in short.items() if key[1] in having}
        if short:
            self._reserve_for_waiting(free, short, but)
        return free

    @api.model
    def _reserve_for_waiting(self, free, short, but):
        """Subtract the missing quantities of waiting orders from the warehouses that may serve them
        instead.

        :param dict free: by (warehouse id, product id); changed in place
        :param dict short: missing quantities by (warehouse id, product id)
        :param but: moves to ignore
        """
        moves = self.env["stock.move"].search(
            [
                ("id", "not in", but.ids),
                ("product_id", "in", [product_id for _w, product_id in short]),
                ("state", "in", OPEN_STATES),
                ("sale_line_id", "!=", False),
                (
                    "picking_type_id.warehouse_id",
                    "in",
                    [warehouse_id for warehouse_id, _p in short],
                ),
            ]
        )
        orders = moves.sale_line_id.order_id.filtered(lambda o: o.picking_policy != "one")
        candidates = self.env["oms.sourcing"]._candidates(orders)
        rank = {order: place for place, order in enumerate(orders._oms_serving_order())}
        moves = moves.filtered(lambda m: m.sale_line_id.order_id in rank)
        # The last orders in the queue are the ones that miss items.
        for move in moves.sorted(lambda m: -rank[m.sale_line_id.order_id]):
            key = move.picking_type_id.warehouse_id.id, move.product_id.id
            missing = min(self.env["oms.allocator"]._missing(move)[0], short.get(key, 0.0))
            if missing <= 0:
                continue
            short[key] -= missing
            for warehouse in candidates[move.sale_line_id.order_id]:
                there = warehouse.id, move.product_id.id
                taken = min(missing, max(free[there], 0.0))
                free[there] -= taken
                missing -= taken

    # === SERVED ORDERS === #

    @api.model
    def _missing_of(self, orders):
        """:return: the missing quantities of the open moves of orders
        :rtype: dict
        """
        allocator = self.env["oms.allocator"]
        return {move: allocator._missing(move)[0] for move in allocator._open_moves(orders)}

    @api.model
    def _run_served(self, before):
        """Continue processing the orders that got items.

        :param dict before: the missing quantities before, see ``_missing_of``
        :return: the orders
        """
        lines = {move: move.sale_line_id for move in before}
        served = self.env["sale.order.line"].union(
            *(
                line
                for move, line in lines.items()
                if not move.exists()
                or move.state not in OPEN_STATES
                or self.env["oms.allocator"]._missing(move)[0] < before[move]
            )
        )
        served.order_id._oms_run()
        return served.order_id
