"""Reserve many moves at once, to the very rows Odoo would have written one by one."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

LINE_COLUMNS = (
    "picking_id, move_id, company_id, product_id, product_uom_id, location_id, "
    "location_dest_id, state, quantity, quantity_product_uom, picked, date, "
    "create_uid, create_date, write_uid, write_date"
)


class OmsReservation(models.AbstractModel):
    """Gives locked stock to moves.

    Odoo's ``_action_assign`` searches, writes and recomputes for every move. What an
    untracked product without packages and owners needs is arithmetic; it is done here in
    four statements for a whole batch. Everything else goes to Odoo, under the same locks.
    """

    _name = "oms.reservation"
    _description = "Reservation"

    @api.model
    def _reserve(self, moves, rows):
        """Reserve what the locked rows have for moves, in the moves' order.

        :param moves: ``stock.move`` records that wait for stock
        :param list rows: locked rows of ``stock_quant``, see ``oms.stock._lock``
        """
        by_product = defaultdict(list)
        for row in rows:
            by_product[row["product_id"]].append(row)
        simple = self._simple_products(moves, by_product)
        plain = moves.filtered(lambda m: m.product_id in simple)
        taken = []
        for move in plain:
            taken += self._take(move, by_product[move.product_id.id])
        if taken:
            self._write_quants(taken)
            self._write_moves(taken)
        rest = moves - plain
        if rest:
            rest.with_context(oms_stock_locked=True)._action_assign()

    # === WHAT IS SIMPLE === #

    @api.model
    def _simple_products(self, moves, by_product):
        """:return: the products whose reservation is plain arithmetic in this batch"""
        simple = self.env["product.product"]
        for product, of_product in moves.grouped("product_id").items():
            if (
                product.tracking == "none"
                and product.categ_id.packaging_reserve_method != "full"
                and all(self._is_simple_row(row) for row in by_product[product.id])
                and all(self._is_simple_move(move) for move in of_product)
            ):
                simple |= product
        return simple

    @api.model
    def _is_simple_row(self, row):
        """:return: whether a stock row is free of lot, package and owner"""
        return not (row["lot_id"] or row["package_id"] or row["owner_id"])

    @api.model
    def _is_simple_move(self, move):
        """:return: whether nothing but a quantity is asked for, in the product's unit"""
        return (
            move.product_uom == move.product_id.uom_id
            and move.state == "confirmed"
            and not move.picked
            and not move.move_line_ids
            and not move.move_orig_ids
            and move.location_dest_id.usage != "internal"
            and self._strategy(move) in ("fifo", "lifo")
        )

    @api.model
    def _strategy(self, move):
        """:return: the removal strategy of a move's goods"""
        return self.env["stock.quant"]._get_removal_strategy(move.product_id, move.location_id)

    # === ARITHMETIC === #

    @api.model
    def _take(self, move, rows):
        """Take a move's quantity from stock rows.

        :return: tuples (move, row that carries the reservation, quantity), one per location
        """
        path = move.location_id.parent_path
        Location = self.env["stock.location"]
        rows = [
            row
            for row in rows
            if Location.browse(row["location_id"]).sudo().parent_path.startswith(path)
        ]
        rows.sort(
            key=lambda row: (row["in_date"], row["id"]),
            reverse=self._strategy(move) == "lifo",
        )
        unit = move.product_id.uom_id
        need = unit.round(
            min(move.product_qty, max(sum(self._free(row) for row in rows), 0)),
            rounding_method="DOWN",
        )
        share = defaultdict(float)
        for location_id, free in self._free_by_location(rows).items():
            if unit.compare(need, 0) <= 0:
                break
            share[location_id] = min(free, need)
            need -= share[location_id]
        return [self._book(move, rows, *pair) for pair in share.items()]

    @api.model
    def _free(self, row):
        return (row["quantity"] or 0.0) - (row["reserved_quantity"] or 0.0)

    @api.model
    def _free_by_location(self, rows):
        """:return: what is free at each location, in the order of removal

        Several rows of one location are one stock: the debt of one counts against the other.
        """
        free = defaultdict(float)
        for row in rows:
            free[row["location_id"]] += self._free(row)
        order = dict.fromkeys(row["location_id"] for row in rows if self._free(row) > 0)
        return {location_id: max(free[location_id], 0.0) for location_id in order}

    @api.model
    def _book(self, move, rows, location_id, quantity):
        """Book a reservation on the first row of a location, as Odoo does."""
        row = next(row for row in rows if row["location_id"] == location_id)
        row["reserved_quantity"] = (row["reserved_quantity"] or 0.0) + quantity
        return move, row, quantity

    # === WRITING === #

    @api.model
    def _write_quants(self, taken):
        """Write the reserved quantities of the rows."""
        rows = {row["id"]: row["reserved_quantity"] for _move, row, _quantity in taken}
        self.env.cr.execute(
            SQL(
                """UPDATE stock_quant SET reserved_quantity = booked.quantity,
                       write_uid = %s, write_date = %s
                   FROM (VALUES %s) AS booked (id, quantity) WHERE stock_quant.id = booked.id""",
                self.env.uid,
                self.env.cr.now(),
                self._values(rows.items()),
            )
        )
        quants = self.env["stock.quant"].browse(rows)
        quants.invalidate_recordset(flush=False)
        quants.modified(["reserved_quantity"])

    @api.model
    def _write_moves(self, taken):
        """Write move lines, quantities and states."""
        quantities = defaultdict(float)
        for move, _row, quantity in taken:
            quantities[move] += quantity
        states = {
            move: "assigned"
            if move.product_uom.compare(quantity, move.product_uom_qty) >= 0
            else "partially_available"
            for move, quantity in quantities.items()
        }
        moves = self.env["stock.move"].browse(move.id for move in states)
        moves.flush_recordset()
        self._insert_lines(taken, states)
        self.env.cr.execute(
            SQL(
                """UPDATE stock_move SET state = done.state, quantity = done.quantity,
                       write_uid = %s, write_date = %s
                   FROM (VALUES %s) AS done (id, state, quantity)
                   WHERE stock_move.id = done.id""",
                self.env.uid,
                self.env.cr.now(),
                self._values((move.id, state, quantities[move]) for move, state in states.items()),
            )
        )
        self._tell(moves)

    @api.model
    def _insert_lines(self, taken, states):
        """Insert one move line per reservation."""
        now, uid, stamp = fields.Datetime.now(), self.env.uid, self.env.cr.now()
        self.env.cr.execute(
            SQL(
                "INSERT INTO stock_move_line (%s) VALUES %s",
                SQL(LINE_COLUMNS),
                self._values(
                    (
                        *(move.picking_id.id or None, move.id, move.company_id.id),
                        *(move.product_id.id, move.product_uom.id),
                        *(row["location_id"], move.location_dest_id.id),
                        *(states[move], quantity, quantity, False, now),
                        *(uid, stamp, uid, stamp),
                    )
                    for move, row, quantity in taken
                ),
            )
        )

    @api.model
    def _values(self, rows):
        """:return: rows as the VALUES of a statement"""
        return SQL(", ").join(
            SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in row)) for row in rows
        )

    @api.model
    def _tell(self, moves):
        """Let the ORM recompute what depends on the rows written past it.

        A reservation changes no delivered quantity, no invoice status, no delivery status:
        these are kept from being computed again for nothing.
        """
        moves.invalidate_recordset(["state", "quantity", "move_line_ids"], flush=False)
        pickings, lines = moves.picking_id, moves.sale_line_id
        pickings.invalidate_recordset(["move_line_ids"], flush=False)
        unchanged = [
            *(((field,), lines) for field in self._line_fields_unchanged()),
            ((pickings.sale_id._fields["delivery_status"],), pickings.sale_id),
            ((lines.order_id._fields["invoice_status"],), lines.order_id),
        ]
        with self.env.protecting(unchanged):
            moves.modified(["state", "quantity", "move_line_ids"])
            self.env["stock.picking"]._fields["state"].recompute(pickings)
        if any(pickings.picking_type_id.mapped("auto_batch")):
            for picking in pickings.filtered(lambda p: p.state == "assigned"):
                picking._find_auto_batch()
            moves.move_line_ids._auto_wave()

    @api.model
    def _line_fields_unchanged(self):
        """:return: stored fields of order lines that a reservation does not change"""
        names = (
            "qty_delivered",
            "qty_to_invoice",
            "invoice_status",
            "untaxed_amount_to_invoice",
        )
        return [self.env["sale.order.line"]._fields[name] for name in names]
