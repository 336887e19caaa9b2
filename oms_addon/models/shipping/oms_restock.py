"""Restock of items that were picked for an order and are no longer needed."""

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsRestock(models.AbstractModel):
    """Creates transfers that move picked items back to stock, with the items reserved.

    A transfer follows the step that moved the items, in place of the former delivery. So Odoo
    computes that the items cannot be restocked twice, and that the order line has fewer units
    on their way.
    """

    _name = "oms.restock"
    _description = "Restock"

    # === QUANTITIES === #

    @api.model
    def _restock_fewer(self, line, before):
        """Restock the picked units of an order line that are no longer ordered.

        Unpicked units are removed first; Odoo does that.

        :param line: one ``sale.order.line`` whose quantity was reduced
        :param dict before: the former quantities by line id
        """
        open_moves = line.move_ids._oms_to_customer()
        carried = open_moves.filtered(lambda m: m._oms_is_carried())
        waiting = open_moves - carried
        if not carried:
            return
        if any(move.product_id != line.product_id for move in open_moves):
            if not waiting:
                self._restock_kits(line, carried, before)
            return
        surplus = line._get_qty_procurement(before) - line.product_uom_qty
        unit = line.product_id.uom_id
        surplus = line.product_uom_id._compute_quantity(surplus, unit, rounding_method="HALF-UP")
        surplus -= sum(waiting.mapped("product_qty"))
        quantities = {}
        for move in carried.sorted("id", reverse=True):
            if unit.compare(surplus, 0) > 0:
                quantities[move] = min(surplus, move.product_qty)
                surplus -= quantities[move]
        self._restock(quantities)

    @api.model
    def _restock_kits(self, line, carried, before):
        """Restock the same share of each component of kits."""
        open_kits = before[line.id] - line.qty_delivered
        share = min((before[line.id] - line.product_uom_qty) / (open_kits or 1.0), 1.0)
        self._restock({move: move.product_qty * share for move in carried})

    @api.model
    def _restock(self, quantities):
        """Remove units from moves of picked items and create their restock transfers.

        :param dict quantities: in the product's unit, by ``stock.move`` record
        :return: the transfers
        """
        parts = [(move, move.move_orig_ids, units) for move, units in quantities.items()]
        moves = self.env["stock.move"].union(*quantities)
        gone = moves.filtered(
            lambda m: m.product_id.uom_id.compare(quantities[m], m.product_qty) >= 0
        )
        # no_restock: the transfers are created below
        gone.with_context(**sealed(no_restock=True))._action_cancel()
        for move in moves - gone:
            unit = move.product_id.uom_id
            left = unit._compute_quantity(move.product_qty - quantities[move], move.product_uom)
            move.write({"product_uom_qty": left, "picked": False})
        (moves - gone)._action_assign()
        return self._create_transfers(parts)

    # === TRANSFERS === #

    @api.model
    def _create_transfers(self, parts):
        """Create restock transfers and log them on the orders.

        :param list parts: tuples (next move, the moves that brought the items, quantity in the
            product's unit)
        :return: the transfers
        """
        made = self.env["stock.picking"]
        by_way = {}
        for part in parts:
            way = part[0].sale_line_id.order_id, part[0].location_id
            by_way.setdefault(way, []).append(part)
        for (order, place), of_way in by_way.items():
            # Restock transfers need system rights, whoever cancelled.
            picking = self.sudo()._create_restock(order.sudo(), place.sudo(), of_way)
            made |= picking
            if picking:
                self._log_restock(order, picking)
        return made

    @api.model
    def _create_restock(self, order, place, parts):
        """:return: the transfer that restocks items of an order from a location; empty if none are
        there
        """
        picking = self.env["stock.picking"].create(self._prepare_picking(order, place))
        moves = self.env["stock.move"].create(
            [self._prepare_move(picking, *part) for part in parts if part[2] > 0]
        )
        moves._action_confirm(merge=False)
        moves._action_assign()
        for move in moves:
            self._reduce_to_available(move)
        if not picking.move_ids:
            picking.unlink()
        return picking.exists()

    @api.model
    def _prepare_picking(self, order, place):
        """:return: the values of a restock transfer"""
        warehouse = place.warehouse_id
        return {
            "picking_type_id": warehouse.int_type_id.id,
            "location_id": place.id,
            "location_dest_id": warehouse.lot_stock_id.id,
            "company_id": warehouse.company_id.id,
            "origin": order.name,
            "oms_put_back_order_id": order.id,
        }

    @api.model
    def _prepare_move(self, picking, move, origins, quantity):
        """Prepare the restock move of one move.

        It gets the rule of the line's first move, by which Odoo reduces the line's procured
        quantity.

        :return: the values of the move
        """
        line = move.sale_line_id
        first = line.move_ids.filtered(lambda m: m.warehouse_id == move.warehouse_id).sorted("id")
        return {
            **self.env["oms.kits"]._prepare_part_values(move),
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "product_id": move.product_id.id,
            "product_uom": move.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "location_final_id": picking.location_dest_id.id,
            "move_orig_ids": [Command.set(origins.ids)],
            "procure_method": "make_to_order",
            "propagate_cancel": False,
            "warehouse_id": move.warehouse_id.id,
            "rule_id": first[:1].rule_id.id,
            "sale_line_id": line.id,
            "to_refund": True,
            "company_id": picking.company_id.id,
            "origin": picking.origin,
        }

    @api.model
    def _reduce_to_available(self, move):
        """Reduce a restock move to the available quantity and add the rest to the lost one."""
        unit = move.product_id.uom_id
        there = sum(move.move_line_ids.mapped("quantity_product_uom"))
        missing = move.product_qty - there
        if unit.compare(missing, 0) <= 0:
            return
        line = move.sale_line_id
        if move.product_id == line.product_id:
            line.oms_lost_qty += unit._compute_quantity(missing, line.product_uom_id)
        if unit.compare(there, 0) > 0:
            move.product_uom_qty = there
            move._recompute_state()
        else:
            move._action_cancel()
            move.unlink()

    # === LOGGING === #

    @api.model
    def _log_restock(self, order, picking):
        """Log a restock transfer on the order and in the transfer's chatter."""
        text = self.env._(
            "To restock in %(place)s: %(goods)s (%(transfer)s).",
            place=picking.location_dest_id.display_name,
            goods=self._items_text(picking),
            transfer=picking.name,
        )
        self.env["oms.event"]._log(order, "goods.to_put_back", text)
        picking.message_post(
            body=self.env._(
                "No longer needed for %(order)s: %(goods)s.",
                order=order.name,
                goods=self._items_text(picking),
            )
        )
        self.env["oms.promise.review"]._schedule(
            [
                (m.product_id, m.company_id, self.env._("items are being restocked"))
                for m in picking.move_ids
            ]
        )

    @api.model
    def _log_done(self, pickings):
        """Log on the orders that items were restocked."""
        for picking in pickings:
            self.env["oms.event"]._log(
                picking.oms_put_back_order_id,
                "goods.put_back",
                self.env._(
                    "Restocked in %(place)s: %(goods)s (%(transfer)s).",
                    place=picking.location_dest_id.display_name,
                    goods=self._items_text(picking),
                    transfer=picking.name,
                ),
            )

    @api.model
    def _items_text(self, picking):
        """:return: the items of a transfer, as text"""
        moves = picking.move_ids.filtered(lambda m: m.state != "cancel")
        return ", ".join(
            f"{sum(of_product.mapped('quantity')):g} × {product.display_name}"
            for product, of_product in moves.grouped("product_id").items()
        )
