"""Payments and refunds of orders from separate documents."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderUpdater(models.AbstractModel):
    _inherit = "oms.order.updater"

    # === PAYMENTS AND REFUNDS === #

    @api.model
    def _import_payments(self, channel, run):
        """Record payments of orders; those of unknown orders wait for the order."""
        self._import_of_orders(channel, run, self._apply_payment)

    @api.model
    def _import_refunds(self, channel, run):
        """Apply refunds of orders; those of unknown orders wait for the order."""
        self._import_of_orders(channel, run, self._apply_refund)

    @api.model
    def _import_of_orders(self, channel, run, apply):
        """Apply documents about orders; those of unknown orders wait for the order.

        :param apply: called with (order, message, document)
        """
        orders = {
            order.oms_order_ref: order
            for order in self.env["sale.order"].search(
                [
                    ("oms_channel_id", "=", channel.id),
                    ("oms_order_ref", "in", [document.order_ref for _message, document in run]),
                ]
            )
        }
        for message, document in run:
            order = orders.get(document.order_ref)
            message.order_ref = document.order_ref
            if order:
                apply(order, message, document)
            else:
                message._set_state(
                    "parked",
                    self.env._(
                        "The order has not been received yet. The message is applied on receipt."
                    ),
                    waits_for="order",
                )

    @api.model
    def _apply_payment(self, order, message, document):
        """Record the charges of one payment on its order."""
        problems = document.problems()
        if problems:
            message._park([HoldReason(code=p.code, message=p.message) for p in problems])
            return
        self.env["oms.payment.collector"]._record([(order, c) for c in document.charges])
        message.order_id = order
        message._set_state("done", self.env._("Payment recorded."))
        order._oms_run()

    @api.model
    def _apply_refund(self, order, message, document):
        """Apply the refunds and charges of one message to its order."""
        problems = document.problems()
        if problems:
            message._park([HoldReason(code=p.code, message=p.message) for p in problems])
            return
        message.order_id = order
        if order.oms_is_recorded:
            message._set_state("ignored", self.env._("The order is record-only."))
            return
        document = self.env["oms.order.refund"]._apply_echoes(order, document)
        self.env["oms.payment.collector"]._record([(order, c) for c in document.charges])
        if order.state != "cancel":
            self.env["oms.order.refund"]._apply([(order, r) for r in document.refunds])
        message._set_state("done", self.env._("Refund applied."))
        order._oms_run()
