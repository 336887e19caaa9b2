"""The only writer of outgoing reservations for orders."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.payment_terms import PREPAID

OPEN_STATES = ("confirmed", "partially_available")


class OmsAllocator(models.AbstractModel):
    """Locks stock, rereads it and reserves the items of confirmed orders."""

    _name = "oms.allocator"
    _description = "Allocator"

    @api.model
    def _allocate(self, orders):
        """Reserve the items of confirmed orders; no unit is reserved twice.

        :param orders: ``sale.order`` records; a serialization error is not caught, the calling job
            is retried
        :return: an explanation for each order that still waits for items
        :rtype: dict
        """
        moves = self._open_moves(orders)
        if not moves:
            self._resolve_oversold(orders)
            return {}
        backorder = self.env["oms.backorder"]
        ahead = backorder._ahead(moves.sale_line_id.order_id, moves.product_id)
        before = backorder._missing_of(ahead)
        if ahead:
            moves = self._open_moves(orders | ahead)
        candidates = self.env["oms.sourcing"]._candidates(moves.sale_line_id.order_id)
        warehouses = moves.picking_type_id.warehouse_id.union(*candidates.values())
        self.env["oms.allocation.day"].sudo()._left(warehouses)
        locations = self.env["oms.stock"]._locations(warehouses)
        rows = self.env["oms.stock"]._lock(
            locations.keys() | set(moves.location_id.ids), moves.product_id.ids
        )
        runs, late = self._runs(moves, ahead), moves.browse()
        for place, run in enumerate(runs):
            late |= self._reserve(run, rows)
            self.env["oms.resourcing"]._resource(
                self._unserved(run) - late,
                rows,
                locations,
                candidates,
                moves.browse().concat(*runs[place + 1 :]),
            )
        self.env["oms.kits"]._release_parts(moves)
        backorder._run_served(before)
        unserved = self._unserved(self._open_moves(orders))
        late &= unserved
        self._mark_oversold(unserved - late)
        self._resolve_oversold(orders - (unserved - late).sale_line_id.order_id)
        return {**self._late_sentences(late), **self._sentences(unserved - late)}

    @api.model
    def _reserve(self, moves, rows):
        """Reserve items for moves whose orders have or get a slot in the daily capacity of their
        warehouse; every parcel counts.

        :param moves: ``stock.move`` records, in serving order
        :param list rows: the locked stock rows
        :return: the moves to reserve on another day
        """
        slots, reservation = self.env["oms.allocation.slot"], self.env["oms.reservation"]
        places = slots._places(moves.sale_line_id.order_id, moves.picking_type_id.warehouse_id)
        late, pairs = moves.browse(), []
        for needed, part in places.parts(moves):
            if needed and not (places.overbooks or places.left[needed[1].id] > 0):
                late += part
                continue
            before = self._missing(part)[0] if needed else 0.0
            reservation._reserve(part, rows)
            if needed and self._missing(part)[0] < before:
                places.use_slot(*needed)
                pairs.append(needed)
        slots._reserve(pairs)
        return late

    @api.model
    def _late_sentences(self, moves):
        """:return: the explanation for orders that wait for another day"""
        return {
            order: self.env._(
                "The daily capacity is reached at %(warehouses)s: the order is allocated on "
                "another day.",
                warehouses=", ".join(of_order.picking_type_id.warehouse_id.mapped("name")),
            )
            for order, of_order in moves.grouped(lambda m: m.sale_line_id.order_id).items()
        }

    @api.model
    def _runs(self, moves, ahead):
        """Split moves into consecutive groups of earlier waiting and of other orders, so that each
        group can be served from all warehouses before the next one.

        :param moves: ``stock.move`` records, in serving order
        :param ahead: the earlier waiting orders
        :return: the moves, as a list of recordsets
        :rtype: list
        """
        if not ahead:
            return [moves]
        runs, was_ahead = [], None
        for move in moves:
            is_ahead = move.sale_line_id.order_id in ahead
            if is_ahead != was_ahead:
                runs.append(moves.browse())
            runs[-1] += move
            was_ahead = is_ahead
        return runs

    @api.model
    def _open_moves(self, orders):
        """:return: the unreserved moves of orders that take items from stock, in serving order"""
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
        """:return: the moves with missing items"""
        return moves.filtered(lambda m: m.state in OPEN_STATES)

    @api.model
    def _missing(self, moves):
        """:return: (missing, wanted) quantity of moves, in the product's unit"""
        wanted = sum(moves.mapped("product_qty"))
        reserved = sum(moves.move_line_ids.mapped("quantity_product_uom"))
        return wanted - reserved, wanted

    @api.model
    def _sentences(self, moves):
        """:return: the backordered items of each order, for display"""
        sentences, demand = {}, self.env["oms.sourcing"]._demand
        kits = self.env["oms.kits"]
        kit_lines = kits._lines(moves)
        for order, of_order in moves.grouped(lambda m: m.sale_line_id.order_id).items():
            parts = []
            for line, of_line in of_order.grouped("sale_line_id").items():
                missing, wanted = self._missing(of_line)[0], demand(line)[2]
                if line in kit_lines:
                    wanted = kits._ordered(line)
                    missing = wanted - kits._whole(line)
                parts.append(
                    self.env._(
                        "%(missing)s of %(wanted)s × %(product)s",
                        missing=f"{missing:g}",
                        wanted=f"{wanted:g}",
                        product=line.product_id.display_name,
                    )
                )
            sentences[order] = self.env._("Backordered: %(goods)s", goods="; ".join(parts))
        return sentences

    @api.model
    def _mark_oversold(self, moves):
        """Mark prepaid lines as oversold if they have missing items, and open an exception."""
        lines = moves.sale_line_id.filtered(
            lambda line: (
                not line.oms_oversold
                # Stock rejected by the warehouse or expired was available when it was sold.
                and not line.oms_excluded_warehouse_ids
                and not line.oms_is_expired
                and line.order_id._oms_terms() in PREPAID
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
        """:return: the hold reason for oversold lines"""
        return HoldReason(
            code="OVERSOLD",
            message=self.env._(
                "Oversold by %(channel)s: %(goods)s",
                channel=order.oms_channel_id.name,
                goods="; ".join(lines.mapped("product_id.display_name")),
            ),
        )

    @api.model
    def _resolve_oversold(self, orders):
        """Resolve the oversold exceptions of orders that have all their items."""
        self.env["oms.hold"].sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("state", "=", "open"),
                ("reason_code", "=", "OVERSOLD"),
            ]
        )._close(self.env._("The items are in stock."))
