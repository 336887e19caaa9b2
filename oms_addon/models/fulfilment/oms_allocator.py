"""The one writer of outgoing reservations: which warehouse, which units, for whom."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import sourcing

OPEN_STATES = ("confirmed", "partially_available")

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


class OmsAllocator(models.AbstractModel):
    """Decides where orders are served from and reserves their goods.

    ``_source`` plans drafts over the channel's warehouses; ``_allocate`` takes the locks,
    looks again and reserves; ``_serve_backorders`` gives what arrived to those who wait.
    """

    _name = "oms.allocator"
    _description = "Allocator"

    # === SOURCING === #

    @api.model
    def _source(self, orders):
        """Choose the warehouses of draft orders; what they get is theirs until confirmed.

        :param orders: ``sale.order`` records that are about to be confirmed
        """
        goods = orders.order_line.filtered(lambda line: line._oms_is_goods())
        candidates = self._candidates(goods.order_id)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        free = self.env["oms.stock"]._free(warehouses, goods.product_id)
        lines_by_order = goods.grouped("order_id")
        plans = {}
        for order in goods.order_id._oms_serving_order():
            if candidates[order]:
                plans[order] = sourcing.plan(
                    [self._demand(line) for line in lines_by_order[order]],
                    free,
                    candidates[order].ids,
                )
        self._write_plans(plans, lines_by_order)

    @api.model
    def _candidates(self, orders):
        """:return: the warehouses that may serve each order, best first
        :rtype: dict
        """
        of_channel = {channel: channel._get_warehouses() for channel in orders.oms_channel_id}
        managed = self.env["stock.warehouse"].search(
            [("oms_managed", "=", True), ("company_id", "in", orders.company_id.ids)]
        )
        return {
            order: order.warehouse_id
            if order.oms_by_channel
            else of_channel[order.oms_channel_id]
            if order.oms_channel_id
            else managed.filtered(lambda w, o=order: w.company_id == o.company_id)
            for order in orders
        }

    @api.model
    def _demand(self, line):
        """:return: what a line needs: (line id, product id, quantity in the product's unit)"""
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
        )
        return line.id, line.product_id.id, quantity

    @api.model
    def _write_plans(self, plans, lines_by_order):
        """Write plans on orders and lines, and why they are so."""
        Warehouse = self.env["stock.warehouse"]
        by_main = defaultdict(self.env["sale.order"].browse)
        for order, plan in plans.items():
            order.oms_allocation_text = self._explain(plan, lines_by_order[order])
            if order.warehouse_id.id != plan.main:
                by_main[plan.main] |= order
        for warehouse_id, of_main in by_main.items():
            of_main.warehouse_id = Warehouse.browse(warehouse_id)
        for order, plan in plans.items():
            for line in lines_by_order[order]:
                share = plan.shares[line.id]
                split = {str(w): q for w, q in share.items()} if len(share) > 1 else False
                if line.oms_plan != split:
                    line.oms_plan = split
                first = plan.main if plan.main in share else next(iter(share))
                if line.warehouse_id.id != first:
                    line.warehouse_id = Warehouse.browse(first)

    @api.model
    def _explain(self, plan, lines):
        """:return: why the order is served from where, in one sentence"""
        Warehouse = self.env["stock.warehouse"]
        names = {w: Warehouse.browse(w).sudo().name for w in plan.warehouses}
        main = names[plan.main]
        if not plan.missing and len(names) == 1:
            return self.env._(
                "All from %(warehouse)s: first in order and complete.", warehouse=main
            )
        parts = []
        if len(names) > 1:
            shares = [
                f"{quantity:g} × {line.product_id.display_name}: {names[warehouse]}"
                for line in lines
                for warehouse, quantity in plan.shares[line.id].items()
            ]
            parts.append(
                self.env._("Split, no warehouse has all: %(shares)s.", shares="; ".join(shares))
            )
        if plan.missing:
            missing = [
                f"{quantity:g} × {self.env['product.product'].browse(product).display_name}"
                for product, quantity in plan.missing.items()
            ]
            parts.append(
                self.env._(
                    "Nowhere in stock, backordered at %(warehouse)s: %(missing)s.",
                    warehouse=main,
                    missing="; ".join(missing),
                )
            )
        return " ".join(parts)

    # === ALLOCATION === #

    @api.model
    def _allocate(self, orders):
        """Reserve the goods of confirmed orders; nothing is promised twice.

        :param orders: ``sale.order`` records; a serialization error escapes, the caller's
            lane begins again with fresh figures
        :return: a sentence for each order that still waits for goods
        :rtype: dict
        """
        moves = self._open_moves(orders)
        if not moves:
            self._settle_oversold(orders)
            return {}
        candidates = self._candidates(moves.sale_line_id.order_id)
        warehouses = moves.picking_type_id.warehouse_id.union(*candidates.values())
        locations = self.env["oms.stock"]._locations(warehouses)
        rows = self.env["oms.stock"]._lock(
            locations.keys() | set(moves.location_id.ids), moves.product_id.ids
        )
        self.env["oms.reservation"]._reserve(moves, rows)
        self.env["oms.resourcing"]._resource(self._unserved(moves), rows, locations, candidates)
        unserved = self._unserved(self._open_moves(orders))
        self._mark_oversold(unserved)
        self._settle_oversold(orders - unserved.sale_line_id.order_id)
        return self._sentences(unserved)

    @api.model
    def _open_moves(self, orders):
        """:return: the moves that take goods of orders from stock and are not reserved, in
        the order in which they are served
        """
        moves = self.env["stock.move"].search(
            [
                ("sale_line_id", "in", orders.order_line.ids),
                ("state", "in", OPEN_STATES),
                ("procure_method", "=", "make_to_stock"),
                ("move_orig_ids", "=", False),
                ("picking_type_id.warehouse_id.oms_managed", "=", True),
                ("location_dest_id.usage", "!=", "inventory"),
            ]
        )
        moves = moves.filtered(lambda m: not m._should_bypass_reservation())
        rank = {
            order: place
            for place, order in enumerate(moves.sale_line_id.order_id._oms_serving_order())
        }
        return moves.sorted(lambda m: (rank[m.sale_line_id.order_id], m.sequence, m.id))

    @api.model
    def _unserved(self, moves):
        """:return: the moves among these that miss goods"""
        return moves.filtered(lambda m: m.state in OPEN_STATES)

    @api.model
    def _missing(self, moves):
        """:return: (missing, wanted) quantity of moves, in the product's unit"""
        wanted = sum(moves.mapped("product_qty"))
        reserved = sum(moves.move_line_ids.mapped("quantity_product_uom"))
        return wanted - reserved, wanted

    @api.model
    def _sentences(self, moves):
        """:return: what each order waits for, in words"""
        sentences = {}
        for order, of_order in moves.grouped(lambda m: m.sale_line_id.order_id).items():
            parts = []
            for line, of_line in of_order.grouped("sale_line_id").items():
                missing, _wanted = self._missing(of_line)
                parts.append(
                    self.env._(
                        "%(missing)s of %(wanted)s × %(product)s",
                        missing=f"{missing:g}",
                        wanted=f"{self._demand(line)[2]:g}",
                        product=line.product_id.display_name,
                    )
                )
            sentences[order] = self.env._("Backordered: %(goods)s", goods="; ".join(parts))
        return sentences

    @api.model
    def _mark_oversold(self, moves):
        """Mark lines a channel sold, and took the money for, although nothing was there."""
        lines = moves.sale_line_id.filtered(
            lambda line: (
                not line.oms_oversold and line.order_id.oms_channel_id.payment_policy == "prepaid"
            )
        )
        if not lines:
            return
        lines.oms_oversold = True
        self.env["oms.hold"]._open_many(
            [
                (order, self._oversold_problem(order, of_order))
                for order, of_order in lines.grouped("order_id").items()
            ]
        )

    @api.model
    def _oversold_problem(self, order, lines):
        """:return: the problem of lines that were sold without stock"""
        return {
            "code": "OVERSOLD",
            "message": self.env._(
                "Sold by %(channel)s although not in stock: %(goods)s",
                channel=order.oms_channel_id.name,
                goods="; ".join(lines.mapped("product_id.display_name")),
            ),
        }

    @api.model
    def _settle_oversold(self, orders):
        """Take orders that got all their goods off the exceptions list."""
        self.env["oms.hold"].sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("state", "=", "open"),
                ("reason_code", "=", "OVERSOLD"),
            ]
        )._close(self.env._("The goods came."))

    # === BACKORDERS === #

    @api.model
    def _serve_backorders(self, limit=100):
        """Give what is free to the orders that wait for it, the most urgent first.

        :param int limit: how many orders at most
        :return: how many orders got something
        :rtype: int
        """
        orders = self._waiting_orders(limit)
        before = {move: move.state for move in self._open_moves(orders)}
        if not before:
            return 0
        reserved = {move: self._missing(move)[0] for move in before}
        self._allocate(orders)
        served = self.env["stock.move"].browse(
            move.id
            for move in before
            if not move.exists()
            or move.state != before[move]
            or self._missing(move)[0] < reserved[move]
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
