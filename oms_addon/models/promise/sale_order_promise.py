"""Cancellation requests of customers whose promised date changed."""

from odoo import fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_promise_event_ids = fields.One2many(
        "oms.event",
        "res_id",
        "Promised Date History",
        domain=[("res_model", "=", "sale.order"), ("code", "=like", "promise.%")],
        readonly=True,
    )

    def _oms_cancel_url(self):
        """:return: the URL for the customer's cancellation request, for the mail"""
        self.ensure_one()
        order_sudo = self.sudo()
        return (
            f"{order_sudo.get_base_url()}/oms/orders/{order_sudo.id}/cancel"
            f"?access_token={order_sudo._portal_ensure_token()}"
        )

    def _oms_has_cancellation_request(self):
        """:return: whether the order has an open cancellation request"""
        self.ensure_one()
        return bool(
            self.sudo().oms_hold_ids.filtered(
                lambda h: h.state == "open" and h.reason_code == "CANCEL_REQUESTED"
            )
        )

    def _oms_hold_for_cancellation(self):
        """Hold the order because of a cancellation request, until a person decides."""
        self.ensure_one()
        if self.state not in ("draft", "sent", "sale"):
            return
        order_sudo = self.sudo()
        self.env["oms.hold"].sudo()._open(
            order_sudo,
            [
                HoldReason(
                    code="CANCEL_REQUESTED",
                    message=self.env._(
                        "The buyer requested a cancellation after the promised delivery date "
                        "changed. Cancel the order, or ship it."
                    ),
                    **self.env["oms.order.signals"]._deadline("CANCEL_REQUESTED"),
                )
            ],
        )
        order_sudo._oms_run()
