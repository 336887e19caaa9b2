"""Units shipped by third parties, which must not be shipped again from Odoo."""

import math

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.models.allocation.oms_allocator import OPEN_STATES


class OmsExternalShipment(models.AbstractModel):
    """Removes units from an order's deliveries that its channel reports as shipped, but that were
    not shipped from Odoo: by the shop's staff or another service.

    By the channel's policy they are recorded in a separate done delivery, with or without
    deduction from stock, or a user decides.
    """

    _name = "oms.external.shipment"
    _description = "External Shipment"

    # === REPORTED UNITS === #

    @api.model
    def _record(self, order, document):
        """Store the externally shipped units of a document on the order lines.

        Units shipped from Odoo are subtracted first, as the channel reports our shipments too.

        :param order: one ``sale.order``
        :param document: the ``OrderDocument``
        """
        reported = {
            line.ref: line for line in document.lines if line.ref and line.shipped is not None
        }
        if not reported or order.oms_by_channel or order.oms_is_recorded:
            return
        ours = self._own_units(order)
        for line in order.order_line.filtered(lambda l: l.oms_line_ref in reported):
            if line.product_id.type != "consu":
                continue
            of_channel = reported[line.oms_line_ref]
            units = float(of_channel.shipped) * (line.oms_piece_units or 1.0)
            external = units - ours.get(line, 0.0)
            if line.product_uom_id.compare(external, line.oms_external_qty) > 0:
                line.write(
                    {
                        "oms_external_qty": external,
                        "oms_external_place": of_channel.shipped_from or False,
                    }
                )
                self._want_again(line)

    @api.model
    def _want_again(self, line):
        """Add removed units to a line again that the channel reports as shipped: their refund was
        received before their shipment.
        """
        leaves = line.oms_external_qty - line.oms_external_done_qty
        units = leaves - max(line.product_uom_qty - line.qty_delivered, 0.0)
        if line.order_id.state == "sale" and line.oms_reduced_qty:
            self.env["oms.order.canceller"]._restore_units(line, units)

    @api.model
    def _own_units(self, order):
        """:return: the units shipped from Odoo, by order line
        :rtype: dict
        """
        shipper = self.env["oms.shipper"]
        own = shipper._shipped(order).filtered(lambda p: not p.oms_is_external)
        return shipper._units_shipped(own)

    @api.model
    def _units_gone(self, line):
        """:return: the units still to ship from Odoo that were shipped externally and will be
            recorded without a user's decision
        :rtype: float
        """
        order = line.order_id
        if not line.oms_external_qty or order._oms_policy("external_shipment_policy") == "hold":
            return 0.0
        if order.oms_hold_ids.filtered(
            lambda h: h.state == "open" and h.reason_code == "SHIPPED_ELSEWHERE"
        ):
            # The user may still cancel them.
            return 0.0
        return self._pending(line).get(line, 0.0)

    @api.model
    def _pending(self, lines):
        """:param lines: ``sale.order.line`` records
        :return: the externally shipped units that are still to ship in Odoo, by order line
        :rtype: dict
        """
        pending = {}
        for line in lines:
            units = min(
                line.oms_external_qty - line.oms_external_done_qty,
                line.product_uom_qty - line.qty_delivered,
            )
            if line.oms_external_qty and line.product_uom_id.compare(units, 0) > 0:
                pending[line] = units
        return pending

    @api.model
    def _pending_text(self, pending):
        """:return: units by order line, as text"""
        return ", ".join(
            f"{units:g} × {line.product_id.display_name}" for line, units in pending.items()
        )

    # === RECORDING === #

    @api.model
    def _apply(self, orders):
        """Remove externally shipped units from the deliveries of confirmed orders, if their
        channel's policy allows it.

        :return: the orders a user has to decide about
        """
        held = orders.browse()
        for order in orders:
            policy = order._oms_policy("external_shipment_policy")
            pending = self._pending(order.order_line) if order.state == "sale" else {}
            if not pending or policy == "hold":
                continue
            done = self._move_to_done(order, pending, policy == "deduct")
            rest = {line: units - done.get(line, 0.0) for line, units in pending.items()}
            rest = {l: units for l, units in rest.items() if l.product_uom_id.compare(units, 0) > 0}
            if rest:
                self._hold_for_picked(order, rest)
                held |= order
        return held

    @api.model
    def _hold_for_picked(self, order, rest):
        """Open an exception for externally shipped units that are already being picked."""
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="SHIPPED_ELSEWHERE",
                    message=self.env._(
                        "The channel reports %(units)s as shipped, but their delivery in Odoo was "
                        "already started. Stop it and cancel these units, then release the order.",
                        units=self._pending_text(rest),
                    ),
                )
            ],
        )

    @api.model
    def _move_to_done(self, order, pending, deducts):
        """Move units from the open deliveries to a separate done one.

        :param dict pending: units by order line
        :param bool deducts: whether they are deducted from the stock of their warehouse
        :return: the recorded units, by order line
        :rtype: dict
        """
        moves = self._movable(pending)
        places = {line: self._place(line) for line in pending}
        self._lock(
            moves, self.env["stock.warehouse"].union(*(w for w, _is_ours in places.values()))
        )
        parts, done = [], {}
        for line, units in pending.items():
            of_line = moves.filtered(lambda m, line=line: m.sale_line_id == line)
            wanted, units = self._wanted(line, of_line, units)
            if line.product_uom_id.compare(units, 0) > 0:
                parts += self._spread(of_line, wanted)
                done[line] = units
        if not parts:
            return {}
        moves._do_unreserve()
        self.env["oms.resourcing"]._reduce(dict(parts))
        pickings = self._ship(order, parts, places, deducts)
        for line, units in done.items():
            line.oms_external_done_qty += units
        self.env["oms.event"]._log(
            order,
            "order.shipped_externally",
            self.env._(
                "Shipped on the channel: %(units)s, recorded with %(deliveries)s.",
                units=self._pending_text(done),
                deliveries=", ".join(pickings.mapped("name")),
            ),
        )
        self.env["oms.allocator"]._allocate(order)
        return done

    @api.model
    def _lock(self, moves, warehouses):
        """Lock the stock of the moves and of the warehouses that the units were shipped from."""
        stock = self.env["oms.stock"]
        # Same order as reservations: the allocation days first.
        self.env["oms.allocation.day"].sudo()._left(moves.picking_type_id.warehouse_id | warehouses)
        stock._lock(
            moves.location_id.ids + list(stock._locations(warehouses)), moves.product_id.ids
        )

    @api.model
    def _place(self, line):
        """Find the location that the units of a line were shipped from.

        :return: the warehouses linked to the channel location, empty if unknown or unlinked; and
            whether its stock is in Odoo, which is not the case for an unlinked location if others
            are linked
        :rtype: tuple
        """
        locations = line.order_id.oms_channel_id.location_ids
        place = locations.filtered(lambda l: l.ref == line.oms_external_place)[:1]
        is_ours = not place or bool(place.warehouse_ids) or not locations.warehouse_ids
        return place.warehouse_ids, is_ours

    @api.model
    def _wanted(self, line, moves, units):
        """Compute the quantities of open moves that correspond to units of a line; for kits, only
        complete ones.

        :return: quantities by product, in its unit, and the corresponding units
        :rtype: tuple
        """
        product, kits = line.product_id, self.env["oms.kits"]
        wanted = line.product_uom_id._compute_quantity(
            units, product.uom_id, rounding_method="HALF-UP"
        )
        there = {
            part: sum(some.mapped("product_qty"))
            for part, some in moves.grouped("product_id").items()
        }
        if line in kits._lines(moves):
            ordered = kits._ordered(line)
            each = {
                part: sum(some.mapped("product_qty")) / ordered
                for part, some in kits._parts(line).items()
            }
            whole = [there.get(part, 0.0) / quantity for part, quantity in each.items() if quantity]
            wanted = math.floor(min(wanted, *whole) + 1e-6)
        else:
            wanted, each = min(wanted, there.get(product, 0.0)), {product: 1.0}
        units = product.uom_id._compute_quantity(
            wanted, line.product_uom_id, rounding_method="HALF-UP"
        )
        return {part: wanted * quantity for part, quantity in each.items()}, units

    @api.model
    def _spread(self, moves, wanted):
        """:return: pairs (move, quantity in the product's unit) that make up the quantities
        :rtype: list
        """
        parts = []
        for move in moves:
            unit, left = move.product_id.uom_id, wanted.get(move.product_id, 0.0)
            quantity = min(left, move.product_qty)
            if unit.compare(quantity, 0) > 0:
                parts.append((move, quantity))
                wanted[move.product_id] = left - quantity
        return parts

    @api.model
    def _movable(self, pending):
        """:return: the open moves of order lines that take unpicked units from stock"""
        lines = self.env["sale.order.line"].concat(*pending)
        kits = self.env["oms.kits"]._lines(lines.move_ids)
        return lines.move_ids.filtered(
            lambda m: (
                m.state in (*OPEN_STATES, "assigned")
                and not m.picked
                and (m.product_id == m.sale_line_id.product_id or m.sale_line_id in kits)
                and m.location_id.usage == "internal"
                and not m.move_orig_ids
                and not m.picking_id.oms_put_back_order_id
            )
        )
