"""Units that were shipped on the channel by others are not shipped again from here."""

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.models.fulfilment.oms_allocator import OPEN_STATES


class OmsExternalShipment(models.AbstractModel):
    """Takes units out of the deliveries of an order that its channel reports as shipped, though
    they did not leave from here: the shop's staff shipped them, or another service.

    The channel's policy says what becomes of them: they are deducted from the stock, or leave it
    as it is, in a delivery of their own that is done at once; or a person decides.
    """

    _name = "oms.external.shipment"
    _description = "External Shipment"

    # === WHAT THE CHANNEL REPORTS === #

    @api.model
    def _record(self, order, document):
        """Keep what a document reports as shipped by others, on the order lines.

        Units that left from here count first, so that the report of our own shipment is none.

        :param order: one ``sale.order``
        :param document: the ``OrderDocument``
        """
        pieces = {
            line.ref: float(line.shipped)
            for line in document.lines
            if line.ref and line.shipped is not None
        }
        if not pieces or order.oms_by_channel or order.oms_is_recorded:
            return
        ours = self._own_units(order)
        for line in order.order_line.filtered(lambda l: l.oms_line_ref in pieces):
            if line.product_id.type != "consu":
                continue
            reported = pieces[line.oms_line_ref] * (line.oms_piece_units or 1.0)
            external = reported - ours.get(line, 0.0)
            if line.product_uom_id.compare(external, line.oms_external_qty) > 0:
                line.oms_external_qty = external

    @api.model
    def _own_units(self, order):
        """:return: units by order line that left from here
        :rtype: dict
        """
        shipper = self.env["oms.shipper"]
        own = shipper._shipped(order).filtered(lambda p: not p.oms_is_external)
        return shipper._units_shipped(own)

    @api.model
    def _pending(self, order):
        """:return: units by order line that others shipped and that are still to leave here
        :rtype: dict
        """
        pending = {}
        for line in order.order_line:
            units = min(
                line.oms_external_qty - line.oms_external_done_qty,
                line.product_uom_qty - line.qty_delivered,
            )
            if line.oms_external_qty and line.product_uom_id.compare(units, 0) > 0:
                pending[line] = units
        return pending

    @api.model
    def _pending_text(self, pending):
        """:return: units in words"""
        return ", ".join(
            f"{units:g} × {line.product_id.display_name}" for line, units in pending.items()
        )

    # === WHAT BECOMES OF THEM === #

    @api.model
    def _apply(self, orders):
        """Take what others shipped out of the deliveries of confirmed orders, where the policy of
        their channel says so.

        :return: the orders a person has to decide about
        """
        held = orders.browse()
        for order in orders:
            policy = order._oms_policy("external_shipment_policy")
            pending = self._pending(order) if order.state == "sale" else {}
            if not pending or policy == "hold":
                continue
            done = self._take_over(order, pending, policy == "deduct")
            rest = {line: units - done.get(line, 0.0) for line, units in pending.items()}
            rest = {l: units for l, units in rest.items() if l.product_uom_id.compare(units, 0) > 0}
            if rest:
                self._hold_for_picked(order, rest)
                held |= order
        return held

    @api.model
    def _hold_for_picked(self, order, rest):
        """Hold an order whose units were shipped by others, but are being picked here, too."""
        self.env["oms.hold"]._open(
            order,
            [
                {
                    "code": "SHIPPED_ELSEWHERE",
                    "message": self.env._(
                        "The channel reports %(units)s as shipped, but their delivery in Odoo "
                        "has been started. Stop it and cancel these units, then release.",
                        units=self._pending_text(rest),
                    ),
                }
            ],
        )

    @api.model
    def _take_over(self, order, pending, deducts):
        """Ship units in a delivery of their own instead of the open ones.

        :param dict pending: units by order line
        :param bool deducts: whether they are deducted from the stock of their warehouse
        :return: the units that were taken over, by order line
        :rtype: dict
        """
        moves = self._movable(pending)
        # Whoever reserves locks the days first.
        self.env["oms.allocation.day"].sudo()._left(moves.picking_type_id.warehouse_id)
        self.env["oms.stock"]._lock(moves.location_id.ids, moves.product_id.ids)
        taken, parts, done = {}, [], {}
        for line, units in pending.items():
            unit = line.product_id.uom_id
            wanted = line.product_uom_id._compute_quantity(units, unit, rounding_method="HALF-UP")
            for move in moves.filtered(lambda m, line=line: m.sale_line_id == line):
                quantity = min(wanted, move.product_qty)
                if unit.compare(quantity, 0) > 0:
                    taken[move] = quantity
                    parts.append((line, move.picking_type_id.warehouse_id, quantity))
                    wanted -= quantity
                    done[line] = done.get(line, 0.0) + unit._compute_quantity(
                        quantity, line.product_uom_id, rounding_method="HALF-UP"
                    )
        if not parts:
            return {}
        moves._do_unreserve()
        self.env["oms.resourcing"]._reduce(taken)
        pickings = self._ship(order, parts, deducts)
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
    def _movable(self, pending):
        """:return: the open moves that take units of order lines from the stock and that nobody
        has begun to pick
        """
        lines = self.env["sale.order.line"].concat(*pending)
        return lines.move_ids.filtered(
            lambda m: (
                m.state in (*OPEN_STATES, "assigned")
                and not m.picked
                and m.product_id == m.sale_line_id.product_id
                and m.location_id.usage == "internal"
                and not m.move_orig_ids
                and not m.picking_id.oms_put_back_order_id
            )
        )

    @api.model
    def _ship(self, order, parts, deducts):
        """Make the deliveries of what others shipped, done.

        :param list parts: tuples (order line, warehouse, quantity in the product's unit)
        :param bool deducts: whether they are deducted from the warehouse's stock
        :return: the ``stock.picking`` records
        """
        by_warehouse = {}
        for line, warehouse, quantity in parts:
            by_warehouse.setdefault(warehouse, []).append((line, quantity))
        pickings = self.env["stock.picking"]
        for warehouse, of_warehouse in by_warehouse.items():
            picking = self.env["stock.picking"].create(
                self._prepare_picking(order, warehouse, of_warehouse[0][0].product_id, deducts)
            )
            moves = self.env["stock.move"].create(
                [self._prepare_move(picking, *part) for part in of_warehouse]
            )
            moves._action_confirm(merge=False)
            for move in moves:
                # What left is recorded as it is, even where it leaves less than nothing.
                move.with_context(oms_goods_left=True).quantity = move.product_uom_qty
                move.picked = True
            self.env["oms.shipper"]._validate_once(picking)
            pickings |= picking
        return pickings

    @api.model
    def _prepare_picking(self, order, warehouse, product, deducts):
        """:return: the values of a delivery of units that others shipped; what is not deducted
        from the stock comes from the place that stands for inventory differences
        """
        place = warehouse.lot_stock_id
        if not deducts:
            place = product.with_company(warehouse.company_id).property_stock_inventory
        return {
            "picking_type_id": warehouse.out_type_id.id,
            "location_id": place.id,
            "location_dest_id": order.partner_shipping_id.property_stock_customer.id,
            "partner_id": order.partner_shipping_id.id,
            "company_id": warehouse.company_id.id,
            "origin": order.name,
            "reference_ids": [Command.set(order.stock_reference_ids.ids)],
            "oms_is_external": True,
        }

    @api.model
    def _prepare_move(self, picking, line, quantity):
        """:return: the values of a move of units of an order line"""
        return {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "product_id": line.product_id.id,
            "product_uom": line.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "company_id": picking.company_id.id,
            "partner_id": picking.partner_id.id,
            "origin": picking.origin,
            "sale_line_id": line.id,
            "reference_ids": [Command.set(picking.reference_ids.ids)],
            "procure_method": "make_to_stock",
        }
