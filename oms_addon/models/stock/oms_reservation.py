"""Reservation of many moves in one batch, in the same rows that Odoo would choose."""

from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import float_compare, float_round

from odoo.addons.oms_addon.tools import removal
from odoo.addons.oms_addon.tools.sealed_context import sealed

# Whole packages are reserved by Odoo, under the same locks.
STRATEGIES = ("fifo", "lifo", "closest", "fefo")


@dataclass
class ReservedPart:
    """A part of a move, reserved from one stock row, in the unit of its line."""

    move: object
    row: dict
    quantity: float
    line_quantity: float
    line_uom: object
    line: object = None


class OmsReservation(models.AbstractModel):
    """Reserves locked stock for moves.

    Odoo's ``_action_assign`` searches, writes and recomputes for every move. The same result is
    computed here for a whole batch from rows already read, and written with four statements.
    Removal strategies of other add-ons are left to Odoo, under the same locks; so is everything if
    an unknown add-on affects the written tables.
    """

    _name = "oms.reservation"
    _description = "Reservation"

    @api.model
    def _reserve(self, moves, rows):
        """Reserve stock of the locked rows for moves, in the order of the moves.

        :param moves: ``stock.move`` records that wait for stock
        :param list rows: locked rows of ``stock_quant``, see ``oms.stock._lock``
        """
        by_product = defaultdict(list)
        for row in rows:
            by_product[row["product_id"]].append(row)
        ours = self._get_own_products(moves)
        plain = moves.filtered(lambda m: m.product_id in ours)
        taken = []
        for move in plain:
            taken += self._reserve_missing(move, by_product[move.product_id.id])
        if taken:
            self._write_quants(taken)
            self._write_moves(taken)
        rest = moves - plain
        if rest:
            rest.with_context(**sealed(stock_locked=True))._action_assign()
            self._read_again(rest, rows)

    @api.model
    def _read_again(self, moves, rows):
        """Update the locked rows after Odoo reserved for moves."""
        self.env["stock.quant"].flush_model(["reserved_quantity"])
        self.env.cr.execute(
            "SELECT id, reserved_quantity FROM stock_quant WHERE product_id = ANY(%s)",
            [moves.product_id.ids],
        )
        reserved = dict(self.env.cr.fetchall())
        for row in rows:
            row["reserved_quantity"] = reserved.get(row["id"], row["reserved_quantity"])

    # === SUPPORTED MOVES === #

    @api.model
    def _get_own_products(self, moves):
        """:return: the products whose moves in this batch can all be reserved here"""
        ours = set()
        if not self.env["oms.own.writes"]._may("stock.move", "stock.move.line", "stock.quant"):
            return ours
        for product, of_product in moves.grouped("product_id").items():
            if all(self._is_own(move) for move in of_product):
                ours.add(product)
        return ours

    @api.model
    def _is_own(self, move):
        """:return: whether only stock rows determine what can be reserved for a move"""
        return (
            move.state in ("confirmed", "partially_available")
            and not move.picked
            and not move.move_orig_ids
            and not move.restrict_partner_id
            and move.location_dest_id.usage != "internal"
            and move.product_uom.compare(move.product_uom_qty, move.quantity) > 0
            and self._strategy(move) in STRATEGIES
        )

    @api.model
    def _strategy(self, move):
        """:return: the removal strategy for a move"""
        return self.env["stock.quant"]._get_removal_strategy(move.product_id, move.location_id)

    # === ARITHMETIC === #

    @api.model
    def _reserve_missing(self, move, rows):
        """Reserve the missing quantity of a move from stock rows.

        :return: ``ReservedPart`` parts, one per line to write
        """
        rows = self._in_order(move, rows)
        unit = move.product_id.uom_id
        quantity = self._get_reservable(move, self._missing(move), rows)
        if unit.compare(quantity, 0) <= 0:
            return []
        taken = []
        for key, share in removal.select(rows, quantity, unit.compare).items():
            # If a stock is split over several rows, Odoo reserves on the first.
            row = next(row for row in rows if removal.stock_key(row) == key)
            lines = self._lines(move, row, share)
            booked = sum(line.quantity for line in lines)
            row["reserved_quantity"] = (row["reserved_quantity"] or 0.0) + booked
            taken += lines
        return taken

    @api.model
    def _in_order(self, move, rows):
        """:return: the rows a move may use, in removal order, without items that expire before the
        date of the move
        """
        path = move.location_id.parent_path
        places = {
            row["location_id"]: self.env["stock.location"].browse(row["location_id"]).sudo()
            for row in rows
        }
        rows = [row for row in rows if places[row["location_id"]].parent_path.startswith(path)]
        rows = self.env["oms.stock"]._fresh_rows(rows, move.date)
        names = {location_id: place.complete_name for location_id, place in places.items()}
        return removal.sort(rows, self._strategy(move), names)

    @api.model
    def _missing(self, move):
        """:return: the missing quantity of a move, in the product's unit"""
        return move.product_uom._compute_quantity(
            move.product_uom_qty - move.quantity,
            move.product_id.uom_id,
            rounding_method="HALF-UP",
        )

    @api.model
    def _get_reservable(self, move, missing, rows):
        """:return: the part of a missing quantity that can be reserved in whole units, packages and
        serial numbers
        """
        product, unit = move.product_id, move.product_id.uom_id
        available = removal.available(rows, product.tracking != "none")
        if move.packaging_uom_id and product.categ_id.packaging_reserve_method == "full":
            available = move.packaging_uom_id._check_qty(available, unit, "DOWN")
        quantity = min(missing, available)
        if move.product_uom != unit:
            whole = unit._compute_quantity(quantity, move.product_uom, rounding_method="DOWN")
            quantity = move.product_uom._compute_quantity(whole, unit, rounding_method="HALF-UP")
        if product.tracking == "serial" and unit.compare(quantity, int(quantity)):
            return 0.0
        return quantity

    @api.model
    def _free(self, row):
        return removal.free(row)

    @api.model
    def _lines(self, move, row, quantity):
        """:return: the parts that reserve a quantity of one row for a move"""
        kind = move.picking_type_id
        serial = move.product_id.tracking == "serial"
        if serial and (kind.use_create_lots or kind.use_existing_lots):
            return [self._line(move, row, 1.0) for _unit in range(int(quantity))]
        line = False if serial else self._line_to_extend(move, row)
        return [self._line(move, row, quantity, line)]

    @api.model
    def _line_to_extend(self, move, row):
        """:return: the line of a move that already reserves from the row, or ``False``"""
        found = False
        for line in move.move_line_ids if move.quantity else ():
            same = (line.location_id.id, line.lot_id.id, line.package_id.id, line.owner_id.id)
            if not line.result_package_id and same == tuple(
                k or False for k in removal.stock_key(row)
            ):
                found = line
        return found

    @api.model
    def _line(self, move, row, quantity, line=False):
        """:return: a part, in the unit of the move unless the conversion loses some of the
        quantity
        """
        unit, digits = move.product_id.uom_id, self._digits()
        # Round to the digits of the database columns.
        quantity = float_round(quantity, precision_digits=digits)
        wanted = line.product_uom_id if line else move.product_uom
        if wanted == unit:
            return ReservedPart(move, row, quantity, quantity, unit, line)
        there = unit._compute_quantity(quantity, wanted, rounding_method="HALF-UP")
        back = wanted._compute_quantity(there, unit, rounding_method="HALF-UP")
        if not float_compare(quantity, back, precision_digits=digits):
            return ReservedPart(move, row, quantity, there, wanted, line)
        if line:
            return self._line(move, row, quantity)
        return ReservedPart(move, row, quantity, quantity, unit)

    @api.model
    def _digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")
