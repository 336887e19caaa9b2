"""Cancellation of orders or units, shipped or not."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class OmsOrderCanceller(models.AbstractModel):
    _name = "oms.order.canceller"
    _description = "Order Canceller"

    @api.model
    def _import_cancellations(self, channel, run):
        """Apply cancellations from a channel; those of unknown orders wait for the order.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``CancellationDocument``), oldest first
        """
        for message, document in run:
            problems = document.problems()
            if problems:
                message._park([HoldReason(code=p.code, message=p.message) for p in problems])
            elif document.order_ref:
                self._cancel_named(channel, message, document)
            else:
                self._cancel_matched(channel, message, document)

    # === WITH ORDER REFERENCE === #

    @api.model
    def _cancel_named(self, channel, message, document):
        """Cancel the order named by a document; keep the message until the order is received."""
        message.order_ref = document.order_ref
        order = self.env["sale.order"].search(
            [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", document.order_ref)]
        )
        if not order:
            message._set_state(
                "parked",
                self.env._("The order has not been received yet. It will be cancelled on receipt."),
                waits_for="order",
            )
            return
        message.order_id = order
        reason = document.reason or self.env._("Cancelled on the channel.")
        if not document.lines:
            self._cancel_whole(order, reason)
            self.env["oms.order.reviver"]._check_newer(order, document)
            self.env["oms.order.remainder"]._apply_cancelled(order, document)
            message._set_state("done", self.env._("Order cancelled."))
            return
        matched, missing = self._match_lines(document.lines, order)
        if missing:
            message._park([self._unmatched(missing)])
            return
        self._cancel_units(matched, reason)
        message._set_state("done", self.env._("Units cancelled."))

    # === CANCELLATION === #

    @api.model
    def _cancel_whole(self, order, reason):
        """Cancel the unshipped part of an order and credit what was invoiced.

        A repeated cancellation has no effect. Shipped units stay shipped: they are credited, and
        the items come back by a return.

        :param order: one ``sale.order``
        :param str reason: the reason to log
        """
        if order.state == "cancel" or self._stop_picking(order, reason):
            return
        order = order.with_context(**sealed(from_channel=True))
        lines = order.order_line.filtered(lambda l: not l.display_type)
        quantities = {
            line: line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
            for line in lines
        }
        if any(line.qty_delivered for line in lines) or order.invoice_ids.filtered(
            lambda m: m.state == "posted"
        ):
            self.env["oms.order.reviver"]._note_cancelled(quantities)
            self._cancel_units({l: q for l, q in quantities.items() if q > 0}, reason)
            return
        order._action_cancel()
        self._close(order, reason)

    @api.model
    def _stop_picking(self, order, reason):
        """Request the warehouse to stop if items of the order are being picked.

        Its answer decides: unpacked items are restocked and the order is cancelled, packed ones
        are shipped.

        :return: whether a stop was requested
        :rtype: bool
        """
        if unsealed(self.env, "stopped"):
            return False
        picking = (
            order._oms_pickings()
            ._oms_is_leaving()
            .filtered(lambda p: order._oms_moves(p)._oms_being_picked())
        )
        if not picking:
            return False
        self.env["oms.stop.request"]._request(order, picking, reason)
        order._oms_run()
        return True

    @api.model
    def _cancel_units(self, quantities, reason, amounts=None, is_refunded=False):
        """Cancel units: reduce the quantity of unshipped ones, credit invoiced ones.

        :param dict quantities: units to cancel by order line
        :param str reason: the reason to log
        :param dict amounts: refunded amounts including taxes, by order line; by default the
            units' share of the line total
        :param bool is_refunded: whether the units were refunded, so that invoiced units are
            cancelled first
        :return: the units cancelled without a stop request, by order line
        :rtype: dict
        """
        wanted, amounts = quantities, amounts or {}
        quantities = self._stop_units(quantities, reason)
        amounts = {l: a for l, a in amounts.items() if quantities.get(l) == wanted[l]}
        amounts = {**self._shares_of_bundles(quantities, amounts), **amounts}
        invoiced = {
            line: self._invoiced_units(line, quantity, is_refunded)
            for line, quantity in quantities.items()
        }
        for line, quantity in quantities.items():
            line.oms_cancelled_qty += quantity
        orders = self.env["sale.order.line"].concat(*quantities).order_id
        for order in orders:
            of_order = {l: q for l, q in quantities.items() if l.order_id == order}
            billed = {l: invoiced[l] for l in of_order if invoiced[l] > 0}
            notes = self.env["account.move"]
            if billed:
                notes = self.env["oms.invoice.poster"]._credit(
                    order, billed, reason, amounts=amounts
                )
            # The line total is reduced by exactly what was credited.
            credited = {
                line: amount
                for line, amount in self._credited_amounts(notes).items()
                if billed.get(line) == of_order.get(line)
            }
            self._reduce(order, of_order, {**amounts, **credited})
            self.env["oms.event"]._log(
                order,
                "order.units_cancelled",
                self.env._(
                    "%(units)s units cancelled: %(reason)s",
                    units=f"{sum(of_order.values()):g}",
                    reason=reason,
                ),
            )
        self.env["oms.payment.collector"]._recompute_orders(orders)
        orders._oms_run()
        return quantities

    @api.model
    def _invoiced_units(self, line, quantity, is_refunded):
        """Compute how many of the units to cancel are invoiced: uninvoiced units are cancelled
        first, unless they were refunded.

        :rtype: float
        """
        live = line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
        open_units = 0.0 if is_refunded else max(live - max(line.qty_invoiced, 0.0), 0.0)
        return min(max(quantity - open_units, 0.0), max(line.qty_invoiced, 0.0))

    @api.model
    def _credited_amounts(self, notes):
        """:return: the credited amounts including taxes, by order line
        :rtype: dict
        """
        credited = {}
        for note in notes.sudo():
            for note_line, amount in self.env["oms.invoice.poster"]._taxed_amounts(note).items():
                for line in note_line.sale_line_ids.with_env(self.env):
                    credited[line] = credited.get(line, 0.0) + float(amount.total)
        return credited

    @api.model
    def _stop_units(self, quantities, reason):
        """Request the warehouse to stop the units being picked.

        :return: the units that can be cancelled without a stop, by order line
        :rtype: dict
        """
        if unsealed(self.env, "stopped"):
            return quantities
        asked, at_once = {}, {}
        for line, quantity in quantities.items():
            picking = self._get_picked_moves(line).picking_id
            free = min(self._get_unpicked_units(line), quantity) if picking else quantity
            if line.product_uom_id.compare(free, 0) > 0 or not picking:
                at_once[line] = free
            if line.product_uom_id.compare(quantity, free) > 0:
                units, pickings = asked.setdefault(line.order_id, ({}, picking.browse()))
                units[line] = quantity - free
                asked[line.order_id] = units, pickings | picking
        for order, (units, pickings) in asked.items():
            self.env["oms.stop.request"]._request(order, pickings, reason, units)
            order._oms_run()
        return at_once

    @api.model
    def _get_picked_moves(self, line):
        """:return: the moves of an order line whose items are being picked"""
        return line.move_ids.filtered(
            lambda m: m.picking_id.picking_type_code != "incoming" and m._oms_being_picked()
        )

    @api.model
    def _get_unpicked_units(self, line):
        """:return: the units of an order line that are not being picked, to be cancelled first"""
        left = line.product_uom_qty - line.qty_delivered
        held = self._get_picked_moves(line)
        if any(move.product_id != line.product_id for move in held):
            # The components being picked belong to whole kits.
            return 0.0
        unit = line.product_uom_id
        for move in held:
            left -= move.product_uom._compute_quantity(
                move.product_uom_qty, unit, rounding_method="HALF-UP"
            )
        return max(left, 0.0)
