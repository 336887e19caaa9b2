"""Charges of channels as regular payment transactions."""

from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("authorization", "Authorization"),
    ("charge", "Payment"),
    ("refund", "Refund"),
    ("chargeback", "Chargeback"),
]


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # Allowed transitions; see _oms_move. A successful payment never changes its state.
    _OMS_TRANSITIONS = {
        "draft": ("pending", "authorized", "done", "cancel", "error"),
        "pending": ("authorized", "done", "cancel", "error"),
        "authorized": ("done", "cancel"),
        "error": ("pending", "authorized", "done"),
        "cancel": (),
        "done": (),
    }

    oms_channel_id = fields.Many2one(
        "oms.channel",
        "Channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    oms_charge_ref = fields.Char("Channel Transaction", readonly=True, copy=False)
    oms_charge_kind = fields.Selection(KINDS, "Channel Type", readonly=True, copy=False)
    oms_charged_at = fields.Datetime("Charged On", readonly=True, copy=False)
    oms_method = fields.Char("Channel Payment Method", readonly=True, copy=False)
    oms_gateway = fields.Char("Gateway", readonly=True, copy=False)

    _oms_charge_uniq = models.UniqueIndex(
        "(oms_channel_id, oms_charge_ref, oms_charge_kind) WHERE oms_channel_id IS NOT NULL",
        "This channel payment was already imported.",
    )

    _oms_unbooked_idx = models.Index(
        "(id) WHERE oms_channel_id IS NOT NULL AND state = 'done' AND payment_id IS NULL"
    )

    # === BUSINESS METHODS - PROCESSING === #

    def _oms_move(self, state, message=None, at=None):
        """Move transactions to a state, if the transition is allowed.

        :param str state: a state of ``payment.transaction``
        :param str message: message of the channel
        :param datetime at: date of the change, naive UTC
        :return: the transactions that were moved
        :rtype: payment.transaction
        """
        sources = [one for one, nexts in self._OMS_TRANSITIONS.items() if state in nexts]
        moving = self.filtered(lambda tx: tx.state in sources)
        moved = moving._update_state(tuple(sources), state, message or False)
        if moved:
            vals = {"is_post_processed": True}
            if at:
                vals["last_state_change"] = vals["oms_charged_at"] = at
            moved.write(vals)
        return moved

    def _oms_kind(self):
        """:return: the kind of a transaction, from a channel or Odoo's own provider"""
        self.ensure_one()
        if self.oms_charge_kind:
            return self.oms_charge_kind
        if self.operation == "refund" or self.amount < 0:
            return "refund"
        return "authorization" if self.state == "authorized" else "charge"

    def _oms_is_split(self):
        """:return: whether its amount is that of its child captures (Odoo's partial captures)"""
        self.ensure_one()
        return self.state == "done" and any(
            child.operation == self.operation and child.state in ("done", "cancel")
            for child in ([] if self.oms_charge_kind else self.child_transaction_ids)
        )

    def _oms_uncaptured(self):
        """:return: the uncaptured amount of an authorization, in its currency"""
        self.ensure_one()
        captures = self.child_transaction_ids.filtered(
            lambda tx: tx.state == "done" and tx._oms_kind() == "charge"
        )
        return max(self.amount - sum(captures.mapped("amount")), 0.0)

    def _oms_recompute_orders(self):
        """Update the channel orders of transactions of Odoo's own payment providers."""
        orders = self.sale_order_ids
        source = self.source_transaction_id
        while source:
            orders |= source.sale_order_ids
            source = source.source_transaction_id
        orders = orders.filtered("oms_channel_id")
        if orders:
            # Triggered by the customer's payment, but run with system rights.
            self.env["oms.payment.collector"].sudo()._recompute_holds(orders.sudo(), [])
            orders.sudo()._oms_run()

    # === BUSINESS METHODS - REQUESTS === #

    def _oms_refuse_request(self):
        """:raise UserError: if the payment is processed by a channel"""
        for tx in self.filtered(lambda tx: tx.provider_code == "oms"):
            raise UserError(
                self.env._(
                    "%(channel)s processes this payment. Capture, void or refund it on the "
                    "channel; the result is imported automatically.",
                    channel=tx.oms_channel_id.name,
                )
            )

    @api.model
    def _oms_states(self):
        """:return: the state of a new transaction by (kind, status) of its charge"""
        return {
            **{(kind, "success"): "done" for kind, _label in KINDS},
            **{(kind, "pending"): "pending" for kind, _label in KINDS},
            **{(kind, "failed"): "error" for kind, _label in KINDS},
            ("authorization", "success"): "authorized",
        }
