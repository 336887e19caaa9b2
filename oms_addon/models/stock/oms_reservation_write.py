"""Reservations of many moves, written with few statements."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import removal

LINE_COLUMNS = (
    "picking_id, move_id, company_id, product_id, product_uom_id, location_id, "
    "lot_id, package_id, owner_id, "
    "location_dest_id, state, quantity, quantity_product_uom, picked, date, "
    "create_uid, create_date, write_uid, write_date"
)


class OmsReservation(models.AbstractModel):
    _inherit = "oms.reservation"

    # === WRITING === #

    @api.model
    def _write_quants(self, taken):
        """Write the reserved quantities of the stock rows."""
        rows = {part.row["id"]: part.row["reserved_quantity"] for part in taken}
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
        quants._oms_touch_stock()

    @api.model
    def _write_moves(self, taken):
        """Write move lines, quantities and states."""
        quantities, got = defaultdict(float), defaultdict(float)
        for part in taken:
            move, unit = part.move, part.line_uom
            quantities[move] += (
                part.line_quantity
                if unit == move.product_uom
                else unit._compute_quantity(part.line_quantity, move.product_uom, round=False)
            )
            got[move] += part.quantity
        states = {
            move: "assigned"
            if not move.product_id.uom_id.compare(self._missing(move), quantity)
            else "partially_available"
            for move, quantity in got.items()
        }
        written = [(m.id, states[m], m.quantity + quantities[m]) for m in states]
        moves = self.env["stock.move"].browse(move.id for move in states)
        moves.flush_recordset()
        self._insert_lines([part for part in taken if not part.line], states)
        self._extend_lines([part for part in taken if part.line])
        self.env.cr.execute(
            SQL(
                """UPDATE stock_move SET state = done.state, quantity = done.quantity,
                       write_uid = %s, write_date = %s
                   FROM (VALUES %s) AS done (id, state, quantity)
                   WHERE stock_move.id = done.id""",
                self.env.uid,
                self.env.cr.now(),
                self._values(written),
            )
        )
        self._recompute_moves(moves)
        for move in moves.filtered(lambda m: m.product_id.tracking == "serial"):
            move.next_serial_count = move.product_uom_qty
        self._assign_packages(taken)

    @api.model
    def _insert_lines(self, taken, states):
        """Insert one move line per reservation."""
        if not taken:
            return
        now, uid, stamp = fields.Datetime.now(), self.env.uid, self.env.cr.now()
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO stock_move_line (%s) VALUES %s RETURNING id",
                SQL(LINE_COLUMNS),
                self._values(
                    (
                        *(part.move.picking_id.id or None, part.move.id, part.move.company_id.id),
                        *(part.move.product_id.id, part.line_uom.id),
                        *removal.stock_key(part.row),
                        *(part.move.location_dest_id.id, states[part.move]),
                        *(part.line_quantity, part.quantity, False, now),
                        *(uid, stamp, uid, stamp),
                    )
                    for part in taken
                ),
            )
        )
        lines = self.env["stock.move.line"].browse(line_id for (line_id,) in rows)
        for field in self._line_fields_computed():
            self.env.add_to_compute(field, lines)

    @api.model
    def _line_fields_computed(self):
        """:return: stored fields that Odoo computes on creation of a line, in addition to the
        inserted ones: the dates of `product_expiry`
        """
        inserted = set(LINE_COLUMNS.replace(",", "").split())
        return [
            field
            for field in self.env["stock.move.line"]._fields.values()
            if field.store and field.compute and field.name not in inserted
        ]

    @api.model
    def _extend_lines(self, taken):
        """Add quantities to lines that already reserve from the same row."""
        if not taken:
            return
        lines = self.env["stock.move.line"].browse(part.line.id for part in taken)
        lines.flush_recordset(["quantity", "quantity_product_uom"])
        self.env.cr.execute(
            SQL(
                """UPDATE stock_move_line line SET quantity = line.quantity + more.quantity,
                       quantity_product_uom = line.quantity_product_uom + more.of_product,
                       write_uid = %s, write_date = %s
                   FROM (VALUES %s) AS more (id, quantity, of_product) WHERE line.id = more.id""",
                self.env.uid,
                self.env.cr.now(),
                self._values((p.line.id, p.line_quantity, p.quantity) for p in taken),
            )
        )
        lines.invalidate_recordset(flush=False)

    @api.model
    def _assign_packages(self, taken):
        """Assign whole packages to lines of packages that leave complete."""
        pickings = self.env["stock.picking"].union(
            *(part.move.picking_id for part in taken if part.row["package_id"])
        )
        if pickings:
            pickings._check_entire_pack()

    @api.model
    def _values(self, rows):
        """:return: the rows as SQL VALUES"""
        return SQL(", ").join(
            SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in row)) for row in rows
        )

    @api.model
    def _recompute_moves(self, moves):
        """Recompute the stored fields that depend on the rows written past the ORM.

        Fields that a reservation cannot change, such as delivered quantity, invoice status and
        delivery status, are protected from recomputation.
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
            pickings._oms_find_auto_batches()
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
