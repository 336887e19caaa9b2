"""Repair of stock differences, under the locks of the allocator."""

from odoo import api, models

# Rows are merged before reservations are added up; moves are corrected after their lines.
ORDER = ("duplicate", "oversold", "reserved", "quantity", "state")


class OmsStockRepair(models.AbstractModel):
    """Corrects reservations to match transfers; on-hand quantities are only corrected by counts."""

    _name = "oms.stock.repair"
    _description = "Stock Repair"

    @api.model
    def _lock(self, checks):
        """Lock the stock of the differences against reservation."""
        products = checks.product_id
        locations = self.env["stock.quant"].search([("product_id", "in", products.ids)]).location_id
        self.env["oms.stock"]._lock((locations | checks.location_id).ids, products.ids)
        self.env["stock.quant"].invalidate_model()

    @api.model
    def _repair(self, checks):
        """Repair differences, kind by kind.

        :param checks: ``oms.stock.check`` records that were confirmed under the locks
        """
        by_kind = checks.grouped("kind")
        for kind in ORDER:
            for check in by_kind.get(kind, ()):
                getattr(self, f"_repair_{kind}")(check)
            self.env.flush_all()

    @api.model
    def _quants(self, check):
        """:return: the stock rows of a difference"""
        return self.env["stock.quant"].search(
            [
                (key, "=", check[key].id)
                for key in ("product_id", "location_id", "lot_id", "package_id", "owner_id")
            ],
            order="id",
        )

    @api.model
    def _repair_duplicate(self, check):
        """Merge duplicate stock rows."""
        self.env.flush_all()
        self._quants(check)._merge_quants()

    @api.model
    def _repair_oversold(self, check):
        """Unreserve the least urgent deliveries until reservations do not exceed the stock."""
        unit = check.product_id.uom_id
        lines = self._open_lines(check)
        excess = sum(lines.mapped("quantity_product_uom")) - sum(
            self._quants(check).mapped("quantity")
        )
        moves = lines.move_id.filtered(lambda move: not move.picked)
        for move in moves.sorted(self._urgency, reverse=True):
            if unit.compare(excess, 0) <= 0:
                break
            taken = (lines & move.move_line_ids).mapped("quantity_product_uom")
            move._do_unreserve()
            excess -= sum(taken)
        moves._oms_wake_allocator("location_id")
        self._repair_reserved(check)

    @api.model
    def _urgency(self, move):
        """:return: a sort key, most urgent delivery first"""
        order = move.sale_line_id.order_id
        placed = order.oms_placed_at or order.date_order or move.date
        return order.oms_priority != "1" and move.priority != "1", placed, move.id

    @api.model
    def _open_lines(self, check):
        """:return: the lines that reserve the stock of a difference"""
        return self.env["stock.move.line"].search(
            [
                (key, "=", check[key].id)
                for key in ("product_id", "location_id", "lot_id", "package_id", "owner_id")
            ]
            + ["|", ("state", "=", False), ("state", "not in", ("done", "cancel"))]
        )

    @api.model
    def _repair_reserved(self, check):
        """Set the reserved quantity of the stock row to that of the transfers."""
        promised = sum(self._open_lines(check).mapped("quantity_product_uom"))
        if check.location_id.should_bypass_reservation() or not check.product_id.is_storable:
            promised = 0.0
        quants = self._quants(check)
        if not quants:
            quants = self.env["stock.quant"].create(
                {
                    key: check[key].id
                    for key in ("product_id", "location_id", "lot_id", "package_id", "owner_id")
                }
            )
        quants[1:].write({"reserved_quantity": 0.0})
        quants[0].write({"reserved_quantity": promised})

    @api.model
    def _repair_quantity(self, check):
        """Set the quantity of a move to that of its lines."""
        self.env.add_to_compute(check.move_id._fields["quantity"], check.move_id)
        check.move_id.flush_recordset(["quantity"])
        check.move_id._recompute_state()

    @api.model
    def _repair_state(self, check):
        """Recompute the state of a move."""
        check.move_id._recompute_state()
