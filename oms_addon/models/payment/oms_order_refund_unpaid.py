"""Refunds recorded on the channel without a payment, until they are paid manually."""

from dataclasses import replace
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

    is_paper = fields.Boolean(
        "Document Only",
        readonly=True,
        help="Refund recorded by the channel without a payment through a payment provider.",
    )
    paid_at = fields.Datetime(
        "Paid", readonly=True, help="Date the payment of the refund was detected."
    )
    to_pay = fields.Boolean("To Pay Manually", compute="_compute_to_pay")

    @api.depends("is_paper", "paid_at", "amount")
    def _compute_to_pay(self):
        for refund in self:
            refund.to_pay = bool(refund.is_paper and not refund.paid_at and refund.amount)

    # === ACTION METHODS === #

    @api.depends("ref", "order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for refund in self:
            refund.display_name = refund.ref or self.env._(
                "Refund of %(order)s", order=refund.order_id.name
            )

    def action_mark_paid(self):
        """Record that refunds were paid manually, outside the channel.

        :raise UserError: if a refund has nothing to pay
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("oms_addon.oms_addon_group_agent"):
            raise AccessError(self.env._("Only an agent can record that a refund was paid."))
        if any(not refund.to_pay for refund in self):
            raise UserError(self.env._("This refund is fully paid."))
        for refund_sudo in self.sudo():
            refund_sudo._set_paid(fields.Datetime.now())
            self.env["oms.event"]._log(
                refund_sudo.order_id,
                "refund.paid",
                self.env._(
                    "Refund of %(amount)s paid manually, recorded by %(user)s",
                    amount=refund_sudo.currency_id.format(refund_sudo.amount),
                    user=self.env.user.name,
                ),
            )
        self.sudo().order_id._oms_run()
        return True

    def _set_paid(self, at):
        """Record the payment of one refund in its transaction.

        :param datetime at: payment date, naive UTC
        """
        self.ensure_one()
        self.paid_at = at
        order, collector = self.order_id, self.env["oms.payment.collector"]
        pending = self._pending_transactions()
        if pending:
            pending._oms_move("done", at=at)
            collector._recompute_orders(order)
            return
        amount = f"{self.amount:.{order.currency_id.decimal_places}f}"
        charge = self._prepare_charge(
            {"amount": amount, "currency": order.currency_id.name},
            order.oms_channel_id._adapter()._charge_of_refund(self.ref or self._own_ref()),
            fields.Datetime.now().replace(tzinfo=timezone.utc),
        )
        collector._record([(order, charge)])

    def _pending_transactions(self):
        """:return: the pending transactions of a refund that is still to be paid"""
        ref = self.order_id.oms_channel_id._adapter()._charge_of_refund(self.ref or "")
        return self.order_id.transaction_ids.filtered(
            lambda tx: (
                tx.oms_charge_kind == "refund"
                and tx.oms_charge_ref == ref
                and tx.state == "pending"
            )
        )

    # === CHANNEL REPORTS === #

    def _note_paper(self, is_manual=False):
        """Mark accepted refunds that moved no money as documents only.

        :param bool is_manual: whether the channel only recorded them
        """
        for refund in self.filtered(lambda r: not r.is_paper and r.amount):
            adapter = refund.order_id.oms_channel_id._adapter()
            if adapter._refunds_are_paper or is_manual:
                refund.is_paper = True
                self.env["oms.payment.collector"]._recompute_orders(refund.order_id)

    @api.model
    def _as_moved(self, pairs):
        """Distinguish actual payments from refunds that the channel only recorded for us.

        :param list pairs: tuples (``sale.order``, ``Charge``)
        :return: the same pairs, with unpaid refunds as pending
        """
        return [
            (order, self._charge_as_moved(order, charge)) if charge.kind == "refund" else pair
            for pair in pairs
            for order, charge in [pair]
        ]

    @api.model
    def _charge_as_moved(self, order, charge):
        """:return: a refund's charge, as pending if no payment was detected"""
        adapter = order.oms_channel_id._adapter()
        ours = order.sudo().oms_refund_ids.filtered("message_id")
        if not ours or charge.status == "failed":
            return charge
        same = ours.filtered(
            lambda own: own.ref and adapter._charge_of_refund(own.ref) == charge.ref
        )
        if same:
            if not same[0].is_paper:
                return charge
            return replace(charge, status="pending" if same[0].to_pay else "success")
        amount = float(charge.amount)
        alike = ours.filtered(lambda own: not own.currency_id.compare_amounts(own.amount, amount))
        if adapter._refunds_are_paper and alike.filtered(
            lambda own: own.state == "asked" and not own.ref
        ):
            # Probably the refund being requested; its charge is received again once that is known.
            return replace(charge, status="pending")
        known = order.sudo().oms_refund_ids.mapped("ref")
        if charge.status == "success" and not any(
            ref and adapter._charge_of_refund(ref) == charge.ref for ref in known
        ):
            # A payment without a refund document pays the recorded refund of the same amount.
            for own in alike.filtered("to_pay").sorted("id")[:1]:
                own.paid_at = self.env["oms.order.builder"]._naive(charge.at)
                own._pending_transactions()._oms_move("cancel")
        return charge
