"""Cancellations: of whole orders or of some units, shipped or not."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class OmsOrderCanceller(models.AbstractModel):
    _name = "oms.order.canceller"
    _description = "Order Canceller"

    @api.model
    def _import_cancellations(self, channel, run):
        """Apply cancellations a channel tells; those whose order is not here wait for it.

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

    # === THE ORDER IS NAMED === #

    @api.model
    def _cancel_named(self, channel, message, document):
        """Cancel the order a document names; keep a tombstone when it has not come yet."""
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

    # === EFFECT === #

    @api.model
    def _cancel_whole(self, order, reason):
        """Cancel all of an order that did not leave yet; credit what was invoiced.

        A second cancellation changes nothing. Units that left stay shipped: they are
        credited, and the items come back by a return.

        :param order: one ``sale.order``
        :param str reason: why, in words
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
        """Ask the warehouse to stop, where somebody is picking the order's items right now.

        Its answer decides: what is not packed goes back and the order is cancelled, what
        has left is shipped.

        :return: whether somebody has to answer first
        :rtype: bool
        """
        if unsealed(self.env, "stopped"):
            return False
        picking = (
            order._oms_pickings()
            ._oms_is_leaving()
            .filtered(lambda p: order._oms_moves(p)._oms_in_hand())
        )
        if not picking:
            return False
        self.env["oms.stop.request"]._ask(order, picking, reason)
        order._oms_run()
        return True

    @api.model
    def _cancel_units(self, quantities, reason, amounts=None, is_refunded=False):
        """Cancel units: those that did not leave are taken off, those invoiced credited.

        :param dict quantities: units to cancel by order line
        :param str reason: why, in words
        :param dict amounts: what is given back for them, with taxes, where it is not their share
            of what the line costs
        :param bool is_refunded: whether money was given back for them, so that units that were
            invoiced are meant
        :return: the units that were cancelled at once, by order line
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
            # What was credited of a line is what it costs less now, to the cent.
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
        """Count how many of some units of a line were invoiced, before they are cancelled: those
        that are not invoiced yet go first, unless money was given back.

        :rtype: float
        """
        live = line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
        open_units = 0.0 if is_refunded else max(live - max(line.qty_invoiced, 0.0), 0.0)
        return min(max(quantity - open_units, 0.0), max(line.qty_invoiced, 0.0))

    @api.model
    def _credited_amounts(self, notes):
        """:return: what credit notes gave back of each order line, with taxes
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
        """Ask the warehouse to stop the units that somebody picks right now.

        :return: the units that can be cancelled at once, by order line
        :rtype: dict
        """
        if unsealed(self.env, "stopped"):
            return quantities
        asked, at_once = {}, {}
        for line, quantity in quantities.items():
            picking = self._in_hand(line).picking_id
            free = min(self._not_in_hand(line), quantity) if picking else quantity
            if line.product_uom_id.compare(free, 0) > 0 or not picking:
                at_once[line] = free
            if line.product_uom_id.compare(quantity, free) > 0:
                units, pickings = asked.setdefault(line.order_id, ({}, picking.browse()))
                units[line] = quantity - free
                asked[line.order_id] = units, pickings | picking
        for order, (units, pickings) in asked.items():
            self.env["oms.stop.request"]._ask(order, pickings, reason, units)
            order._oms_run()
        return at_once

    @api.model
    def _in_hand(self, line):
        """:return: the moves of an order line whose items somebody holds right now"""
        return line.move_ids.filtered(
            lambda m: m.picking_id.picking_type_code != "incoming" and m._oms_in_hand()
        )

    @api.model
    def _not_in_hand(self, line):
        """:return: how many units of an order line are in the stock still, or nowhere yet, and
        so come off before those that somebody holds
        """
        left = line.product_uom_qty - line.qty_delivered
        held = self._in_hand(line)
        if any(move.product_id != line.product_id for move in held):
            # Parts of a kit are held for all of it.
            return 0.0
        unit = line.product_uom_id
        for move in held:
            left -= move.product_uom._compute_quantity(
                move.product_uom_qty, unit, rounding_method="HALF-UP"
            )
        return max(left, 0.0)
