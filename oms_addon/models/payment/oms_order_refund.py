"""Refunds of channel orders, each recorded once."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderRefund(models.Model):
    """A refund reported by the channel or requested in Odoo.

    A reported refund has the channel's id as ``ref``. A requested one gets it when the channel
    accepts it; if the channel reports it later, it is recognized by that id. A channel with a
    refund ledger reports it under another id, ``echo_ref``.
    """

    _name = "oms.order.refund"
    _description = "Channel Refund"
    _inherit = ["oms.state.mixin"]
    _order = "id desc"
    _rec_name = "ref"

    _TRANSITIONS = {
        "asked": ("waiting", "done", "failed"),
        "failed": ("asked", "waiting", "done"),
        "waiting": ("done",),
        "done": (),
    }

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    ref = fields.Char("Channel Reference", readonly=True)
    echo_ref = fields.Char("Second Channel Reference", readonly=True)
    state = fields.Selection(
        [
            ("asked", "Refund Requested"),
            ("failed", "Rejected by the Channel"),
            ("waiting", "Waiting for the Invoice"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
    )
    refunded_at = fields.Datetime("Refunded On", readonly=True)
    amount = fields.Monetary(readonly=True, help="Refunded amount, including taxes.")
    credit_due = fields.Monetary(
        "Amount to Credit",
        readonly=True,
        help="Refunded amount without returned items, credited once there is an invoice.",
    )
    kept = fields.Monetary(
        "Retained by the Channel",
        readonly=True,
        help="Price of the refunded items that exceeds the amount refunded for them.",
    )
    shares = fields.Json("Amount by Line", readonly=True, help="Refunded amount by order line.")
    tax_shares = fields.Json(
        "Tax by Line",
        readonly=True,
        help="Tax included in the refunded amount by order line, if the channel reports it.",
    )
    units = fields.Json(readonly=True, help="Refunded units by order line.")
    reason = fields.Char(readonly=True)
    message_id = fields.Many2one("oms.channel.message", readonly=True, index="btree_not_null")
    error = fields.Char(related="message_id.error")

    _ref_uniq = models.UniqueIndex(
        "(order_id, ref) WHERE ref IS NOT NULL", "This refund of the order is known already."
    )
    _echo_uniq = models.UniqueIndex(
        "(order_id, echo_ref) WHERE echo_ref IS NOT NULL",
        "The refund is already linked to another channel reference.",
    )
    _waiting_idx = models.Index("(order_id) WHERE state = 'waiting'")

    @api.model
    def _credit_waiting(self, orders):
        """Credit waiting refunds of orders that are invoiced now."""
        waiting = self.search([("order_id", "in", orders.ids), ("state", "=", "waiting")])
        for refund in waiting:
            order, due = refund.order_id, refund.credit_due
            if order.currency_id.is_zero(due):
                refund._advance_to("done")
                continue
            if order.state == "cancel":
                refund.credit_due = 0.0
                refund._advance_to("done")
                continue
            refund._credit_due()

    def _credit_due(self):
        """Credit the remaining amount of a refund as far as its order is invoiced."""
        self.ensure_one()
        poster, order = self.env["oms.invoice.poster"], self.order_id
        shares, taxes = (
            {
                self.env["sale.order.line"].browse(int(line_id)): share
                for line_id, share in (reported or {}).items()
            }
            for reported in (self.shares, self.tax_shares)
        )
        notes = poster._credit_money(order, self.credit_due, self.reason, shares, taxes=taxes)
        left = order.currency_id.round(self.credit_due - sum(notes.mapped("amount_total")))
        if notes:
            self.write({"credit_due": left, "shares": {}})
        if order.currency_id.is_zero(left):
            self._advance_to("done")
        elif poster._invoices_of(order.sudo()) and not poster._is_to_invoice(order.sudo()):
            # No more than the invoiced amount can be credited.
            self.credit_due = 0.0
            self._advance_to("done")
            self._hold_for_excess(left)

    def _hold_for_excess(self, excess):
        """Open an exception if a refund exceeds the uncredited invoiced amount."""
        self.env["oms.hold"]._open(
            self.order_id,
            [
                HoldReason(
                    code="REFUND_UNMATCHED",
                    message=self.env._(
                        "Refund %(ref)s exceeds the remaining invoiced amount by %(excess)s. "
                        "Check the "
                        "refund on the channel, book the difference manually, then release the "
                        "order.",
                        ref=self.ref,
                        excess=self.currency_id.format(excess),
                    ),
                )
            ],
        )
