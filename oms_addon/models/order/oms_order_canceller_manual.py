"""Cancellation by a user in Odoo, sent to the channel; shipped items stay sold."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    @api.model
    def _cancel_manually(self, order, reason):
        """Cancel the unshipped part of an order; request a stop for items being picked.

        :param order: one confirmed ``sale.order``
        :param str reason: the reason to log
        :return: the message on what was not cancelled; '' if everything was
        :rtype: str
        """
        canceller = self.with_context(**sealed(cancelled_here=True))
        order = order.with_env(canceller.env)
        if order._oms_has_shipped():
            return canceller._cancel_rest(order, reason)
        if canceller._stop_picking(order, reason):
            return canceller._stop_requested_text(order)
        invoiced = {line: line.qty_invoiced for line in order.order_line if line.qty_invoiced > 0}
        if invoiced and order.oms_channel_id:
            self.env["oms.invoice.poster"]._credit(order, invoiced, reason)
        order._action_cancel()
        canceller._close(order, reason)
        return ""

    @api.model
    def _cancel_rest(self, order, reason):
        """Cancel the unshipped units of a partly shipped order.

        :return: the message for the user
        """
        asked_of = self.env["oms.stop.request"]._get_stop_units
        units = {
            line: quantity - asked_of(line)
            for line, quantity in order._oms_unshipped().items()
            if line.product_uom_id.compare(quantity, asked_of(line)) > 0
        }
        self._cancel_and_send(order, units, reason)
        order._oms_cancel_unwanted()
        stays = self.env._("%(order)s: shipped items remain sold.", order=order.name)
        if order._oms_unshipped():
            return f"{stays} {self._stop_requested_text(order)}"
        return stays

    @api.model
    def _stop_requested_text(self, order):
        """:return: the message that the warehouse was requested to stop"""
        asked = self.env["oms.stop.request"]._get_open(order)
        return self.env._(
            "%(order)s: the items are being picked (%(deliveries)s). The warehouse was "
            "asked to stop; its answer decides whether the order is cancelled.",
            order=order.name,
            deliveries=", ".join(asked.picking_ids.mapped("name")),
        )

    @api.model
    def _cancel_and_send(self, order, units, reason):
        """Cancel units of an order and send them to the channel, with the credited amounts.

        :param dict units: units by order line
        :param str reason: the reason to log
        """
        before = {
            line: (
                line.price_total,
                line.product_uom_qty,
                self._invoiced_units(line, quantity, False),
            )
            for line, quantity in units.items()
        }
        earlier = order.sudo().invoice_ids
        cancelled = self._cancel_units(units, reason)
        notes = (order.sudo().invoice_ids - earlier).filtered(lambda m: m.move_type == "out_refund")
        credited, amounts = self._credited_amounts(notes), {}
        for line, quantity in cancelled.items():
            total, ordered, invoiced = before[line]
            amounts[line] = credited.get(line, 0.0)
            if not invoiced:
                amounts[line] = total - line.price_total
            elif quantity > invoiced and ordered:
                amounts[line] += total / ordered * (quantity - invoiced)
        self._send_cancelled_units(order, cancelled, reason, amounts)

    @api.model
    def _send_cancelled_units(self, order, units, text, amounts):
        """Send cancelled units to the channel, as whole units of its listings.

        :param dict units: units by order line
        :param str text: the reason
        :param dict amounts: credited amounts by order line
        """
        pieces = order.order_line._oms_complete_pieces(units)
        lines = [
            {
                "line_ref": line.oms_line_ref or "",
                "sku": line.oms_sku or line.product_id.default_code or "",
                "quantity": quantity,
                "units": quantity * (line.oms_piece_units or 1.0),
                "amount": self._amount_of(order, line, quantity, units, amounts),
            }
            for line, quantity in pieces.items()
            if quantity > 0
        ]
        if lines and order.oms_channel_id:
            order._oms_send_cancellation(text=text, lines=lines)

    @api.model
    def _amount_of(self, order, line, pieces, units, amounts):
        """:param float pieces: quantity of the channel line, in listing units
        :return: the amount credited for it, in the order's currency
        :rtype: str
        """
        of_channel = next(lines for lines in order.order_line._oms_channel_lines() if line in lines)
        amount = sum(
            amounts.get(one, 0.0) * pieces * (one.oms_piece_units or 1.0) / units[one]
            for one in of_channel
            if units.get(one)
        )
        currency = order.currency_id
        return f"{currency.round(amount):.{currency.decimal_places}f}"

    @api.model
    def _close(self, order, reason):
        """Set the order's step to cancelled, close its exceptions and recompute its payment."""
        if order.oms_step:
            order.write({"oms_status": "cancelled", "oms_wait_reason": reason})
        order.oms_hold_ids._close(reason)
        self.env["oms.event"]._log(order, "order.cancelled", reason)
        if order.oms_channel_id:
            self.env["oms.payment.collector"]._recompute_orders(order)
