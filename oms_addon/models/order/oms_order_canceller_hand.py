"""Orders a person cancels here: the channel is told, and goods that left stay sold."""

from odoo import api, models


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    @api.model
    def _cancel_by_hand(self, order, reason):
        """Cancel what did not leave of an order; goods that are being picked are asked for.

        :param order: one ``sale.order`` that is confirmed
        :param str reason: why, in words
        :return: what was not cancelled and why, in words; '' when all of it was
        :rtype: str
        """
        # oms_cancelled_here: what the warehouse stops is told to the channel
        canceller = self.with_context(oms_cancelled_here=True)
        order = order.with_env(canceller.env)
        if order._oms_has_shipped():
            return canceller._cancel_rest(order, reason)
        if canceller._stop_picking(order, reason):
            return canceller._asked_text(order)
        invoiced = {line: line.qty_invoiced for line in order.order_line if line.qty_invoiced > 0}
        if invoiced and order.oms_channel_id:
            self.env["oms.invoice.poster"]._credit(order, invoiced, reason)
        order._action_cancel()
        canceller._close(order, reason)
        return ""

    @api.model
    def _cancel_rest(self, order, reason):
        """Cancel the units of an order that did not leave.

        :return: what happened, in words
        """
        asked_of = self.env["oms.stop.request"]._asked_units
        units = {
            line: quantity - asked_of(line)
            for line, quantity in order._oms_unshipped().items()
            if line.product_uom_id.compare(quantity, asked_of(line)) > 0
        }
        cancelled = self._cancel_units(units, reason)
        self._tell_units(order, cancelled, reason)
        order._oms_cancel_unwanted()
        stays = self.env._("%(order)s: what has left stays sold.", order=order.name)
        if order._oms_unshipped():
            return f"{stays} {self._asked_text(order)}"
        return stays

    @api.model
    def _asked_text(self, order):
        """:return: who decides now, in words"""
        asked = self.env["oms.stop.request"]._asked(order)
        return self.env._(
            "%(order)s: the goods are being picked (%(deliveries)s). The warehouse is asked to "
            "stop; its answer decides.",
            order=order.name,
            deliveries=", ".join(asked.picking_ids.mapped("name")),
        )

    @api.model
    def _tell_units(self, order, units, text):
        """Tell the channel of units that will not come, in whole pieces of what it sold.

        :param dict units: units by order line
        :param str text: why, in words
        """
        pieces = order.order_line._oms_complete_pieces(units)
        lines = [
            {
                "line_ref": line.oms_line_ref or "",
                "sku": line.oms_sku or line.product_id.default_code or "",
                "quantity": quantity,
                "units": quantity * (line.oms_piece_units or 1.0),
            }
            for line, quantity in pieces.items()
            if quantity > 0
        ]
        if lines and order.oms_channel_id:
            order._oms_tell_cancellation(text=text, lines=lines)

    @api.model
    def _close(self, order, reason):
        """Take a cancelled order off the path: nothing of it waits, its money is looked at."""
        if order.oms_step:
            order.write({"oms_status": "cancelled", "oms_wait_reason": reason})
        order.oms_hold_ids._close(reason)
        self.env["oms.event"]._log(order, "order.cancelled", reason)
        if order.oms_channel_id:
            self.env["oms.payment.collector"]._look_at(order)
