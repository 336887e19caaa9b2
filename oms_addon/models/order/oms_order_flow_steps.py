"""The individual steps of an order."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.payment_terms import PREPAID
from odoo.addons.oms_addon.tools.runs import running
from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsOrderFlow(models.AbstractModel):
    _inherit = "oms.order.flow"

    @api.model
    def _done_text(self, name):
        """:return: the timeline text of a completed step"""
        return {
            "screen": self.env._("Screened: no exceptions"),
            "confirm": self.env._("Confirmed"),
            "allocate": self.env._("Allocated: all items are reserved"),
            "collect": self.env._("Paid"),
            "invoice": self.env._("Invoiced"),
            "ship": self.env._("Shipped"),
            "track": self.env._("Tracking numbers recorded and sent to the channel"),
            "deliver": self.env._("Delivered"),
            "close": self.env._("Closed"),
        }.get(name, name)

    @api.model
    def _blocks(self, name, order):
        """:return: whether waiting at step ``name`` blocks the steps after it

        Backordered items block neither payment nor shipment of the rest; unpaid orders are not
        blocked if the policy ships them; an invoice that waits for the shipment does not block.
        """
        if name == "collect":
            return not order._oms_may_ship()
        return name in ("screen", "confirm", "ship", "deliver")

    # === STEPS === #

    @api.model
    def _step_screen(self, orders):
        """Open exceptions for orders that match an exception rule."""
        self.env["oms.hold"]._open_many(self.env["oms.hold.rule"]._screen(orders))
        self._hold(orders)
        return {}

    @api.model
    def _step_confirm(self, orders):
        """Choose the warehouse of draft orders and confirm those the channel's policy allows."""
        drafts = orders.filtered(lambda o: o.state in ("draft", "sent"))
        waits = {order: text for order in drafts if (text := self._unconfirmed_reason(order))}
        ready = drafts.filtered(lambda o: o not in waits)
        if ready:
            queued = self.env["oms.sourcing"]._source(ready)
            ready -= self._hold(queued)
            ready = ready.with_context(**sealed(sourced=True, new_deliveries=True))
            with running(self.env, "rules", {}):
                ready.action_confirm()
            self._check_confirmed(ready)
        return waits

    @api.model
    def _check_confirmed(self, orders):
        """Other add-ons stop a confirmation of several orders without an error.

        :raise UserError: if an order is still a quotation
        """
        if orders.filtered(lambda o: o.state in ("draft", "sent")):
            raise UserError(
                self.env._(
                    "The order was not confirmed: a rule of another app prevents it. Open the "
                    "order, resolve what the rule reports, then continue the order."
                )
            )

    @api.model
    def _unconfirmed_reason(self, order):
        """:return: why an order cannot be confirmed yet; '' if it can"""
        policy = order._oms_policy("confirm_policy")
        if order.oms_channel_status == "pending":
            return self.env._("Waiting for the channel to release the order.")
        if policy == "manual":
            return self.env._("Confirm the order to continue.")
        terms = order._oms_terms()
        if policy == "always" or terms not in PREPAID:
            return ""
        if order._oms_is_paid():
            return ""
        if "authorized" in (policy, terms) and order._oms_is_authorized():
            return ""
        return self.env._(
            "Waiting for payment: %(amount)s outstanding.",
            amount=order.currency_id.format(order.oms_balance_due),
        )

    @api.model
    def _step_allocate(self, orders):
        """Apply external shipments and reserve the items."""
        orders -= self._hold(self.env["oms.external.shipment"]._apply(orders))
        return self.env["oms.allocator"]._allocate(orders)

    @api.model
    def _step_collect(self, orders):
        """Post the payments collected by the channel."""
        return self.env["oms.payment.collector"]._collect(orders)

    @api.model
    def _step_invoice(self, orders):
        """Invoice as the policy defines; credit earlier refunds."""
        waits = self.env["oms.invoice.poster"]._invoice(orders)
        self.env["oms.order.refund"]._credit_waiting(orders)
        return waits

    @api.model
    def _step_ship(self, orders):
        """Ship the items, combined with those of other orders if configured."""
        orders -= self._hold(self.env["oms.external.shipment"]._apply(orders))
        self.env["oms.combined.shipment"]._gather(orders)
        return self.env["oms.shipper"]._ship(orders)

    @api.model
    def _step_track(self, orders):
        """Record the parcels and send tracking numbers to the channel."""
        return self.env["oms.shipper"]._track(orders)

    @api.model
    def _step_deliver(self, orders):
        """Wait until all parcels are delivered."""
        return self.env["oms.shipper"]._deliver(orders)

    @api.model
    def _step_close(self, orders):
        """Close orders that are paid, invoiced and delivered."""
        open_steps = orders.filtered(lambda o: o.oms_step != "close")
        return {
            order: order.oms_wait_reason or self.env._("Waiting for an earlier step.")
            for order in open_steps
        }
