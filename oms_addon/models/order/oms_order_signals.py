"""Channel holds, fraud risk and cancellation requests of orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason

#: hours in which the seller has to answer a cancellation request
CANCEL_HOURS = 24


class OmsOrderSignals(models.AbstractModel):
    _name = "oms.order.signals"
    _description = "Order Signals"

    @api.model
    def _sync(self, pairs):
        """Open exceptions for new signals of the channel and close those no longer reported.

        A released signal is opened again only if its text changes.

        :param list pairs: tuples (``sale.order``, ``OrderDocument``)
        """
        opened = []
        for order, document in pairs:
            self.env["oms.external.shipment"]._record(order, document)
            before = order.oms_signals or {}
            now = {**self._unreported(before, document), **self._signals(order, document)}
            gone = [code for code in before if code not in now]
            if gone:
                order.oms_hold_ids.filtered(
                    lambda h, gone=gone: h.state == "open" and h.reason_code in gone
                )._close(self.env._("The channel no longer reports this."))
            opened += [
                (order, HoldReason(code=code, message=message, **self._deadline(code)))
                for code, message in now.items()
                if before.get(code) != message
            ]
            if now != before:
                order.oms_signals = now
        if opened:
            self.env["oms.hold"]._open_many(opened)

    @api.model
    def _signals(self, order, document):
        """:return: the message by exception code for each signal of the channel
        :rtype: dict[str, str]
        """
        signals = {}
        if document.holds:
            signals["CHANNEL_HOLD"] = self.env._(
                "On hold on the channel: %(reasons)s",
                reasons="; ".join(hold.reason or hold.code for hold in document.holds),
            )
        if document.risk == "high":
            signals["HIGH_RISK"] = self.env._(
                "The channel reports a high risk of fraud. Check the payment and the address."
            )
        if document.cancel_requested and document.status not in ("cancelled", "delivered"):
            signals["CANCEL_REQUESTED"] = self.env._(
                "Cancellation requested by the buyer (%(reason)s). Cancel the order, or ship it.",
                reason=document.cancel_reason or self.env._("no reason given"),
            )
        external = self.env["oms.external.shipment"]
        pending = external._pending(order.order_line)
        if pending and order._oms_policy("external_shipment_policy") == "hold":
            signals["SHIPPED_ELSEWHERE"] = self.env._(
                "The channel reports %(units)s as shipped, but not by Odoo. Check who shipped "
                "them before shipping again.",
                units=external._pending_text(pending),
            )
        elif not pending and self._is_shipped_elsewhere(order, document):
            signals["SHIPPED_ELSEWHERE"] = self.env._(
                "The channel reports the order as shipped, but not by Odoo. Check who shipped "
                "it before shipping again."
            )
        return signals

    @api.model
    def _unreported(self, before, document):
        """:return: the former signals for which the document has no value, see its ``holds``"""
        untold = {"CHANNEL_HOLD": document.holds is None, "HIGH_RISK": not document.risk}
        return {code: text for code, text in before.items() if untold.get(code)}

    @api.model
    def _is_shipped_elsewhere(self, order, document):
        """:return: whether the channel reports a shipment that should be made from Odoo"""
        return (
            document.status in ("shipped", "delivered")
            and document.fulfilled_by == "merchant"
            and not order.oms_is_recorded
            and not order.oms_by_channel
            and order.state != "cancel"
            and not order._oms_pickings().filtered(
                lambda p: p.state == "done" and p.picking_type_code == "outgoing"
            )
            and any(line.product_id.type == "consu" for line in order.order_line)
        )

    @api.model
    def _deadline(self, code):
        """:return: the deadline of an exception, as an argument of ``HoldReason``"""
        if code != "CANCEL_REQUESTED":
            return {}
        return {"deadline": fields.Datetime.add(fields.Datetime.now(), hours=CANCEL_HOURS)}
