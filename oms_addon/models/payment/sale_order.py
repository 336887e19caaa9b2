"""Payment amounts and payment state of orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.payment_terms import PREPAID


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_amount_paid = fields.Monetary(
        "Captured Amount", compute="_compute_oms_payment", store=True, copy=False
    )
    oms_amount_authorized = fields.Monetary(
        "Authorized", compute="_compute_oms_payment", store=True, copy=False
    )
    oms_amount_refunded = fields.Monetary(
        "Refunded", compute="_compute_oms_payment", store=True, copy=False
    )
    oms_payment_state = fields.Selection(
        [
            ("unpaid", "Unpaid"),
            ("authorized", "Authorized"),
            ("partial", "Partially Paid"),
            ("paid", "Paid"),
            ("overpaid", "Overpaid"),
            ("mismatch", "Other Currency"),
            ("refunded", "Refunded"),
        ],
        "Payment",
        compute="_compute_oms_payment",
        store=True,
        copy=False,
    )

    _oms_unpaid_idx = models.Index(
        "(oms_channel_id, id) WHERE oms_payment_state = 'unpaid' AND state != 'cancel'"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "amount_total",
        "currency_id",
        "oms_channel_id",
        "oms_policy_id",
        "order_line.oms_cancelled_qty",
        "order_line.oms_reduced_qty",
        "order_line.qty_delivered",
        "oms_refund_ids.kept",
        "oms_refund_ids.amount",
        "oms_refund_ids.is_withdrawn",
        "oms_refund_ids.state",
        "transaction_ids.state",
        "transaction_ids.amount",
        "transaction_ids.currency_id",
        "transaction_ids.oms_charge_kind",
        "transaction_ids.source_transaction_id",
        "transaction_ids.child_transaction_ids.state",
        "transaction_ids.child_transaction_ids.child_transaction_ids.state",
    )
    def _compute_oms_payment(self):
        self.transaction_ids.fetch(["amount"])
        for order in self:
            moved = order._oms_money() if order.oms_channel_id else {}
            order.oms_amount_paid = moved.get("charge", 0.0)
            order.oms_amount_authorized = moved.get("authorization", 0.0)
            order.oms_amount_refunded = moved.get("refund", 0.0)
            if not moved:
                order.oms_payment_state, order.oms_balance_due = False, 0.0
                continue
            owed = order._oms_amount_owed(moved["charge"], moved["refund"])
            order.oms_payment_state = order._oms_describe_payment(moved, owed)
            order.oms_balance_due = owed - moved["charge"] + moved["refund"]

    def _oms_set_amount_paid(self):
        for order in self:
            order.amount_paid = (
                order.oms_amount_paid + order.oms_amount_authorized - order.oms_amount_refunded
            )

    def _oms_money(self):
        """Sum the order's transactions in the order's currency.

        :return: positive amounts by ``charge``, ``authorization`` (uncaptured), ``refund`` (with
            chargebacks), and as ``other`` whether another currency was used
        :rtype: dict
        """
        self.ensure_one()
        moved = {"charge": 0.0, "authorization": 0.0, "refund": 0.0, "other": False}
        for tx in self._oms_transactions().filtered(
            lambda tx: tx.state in ("authorized", "done") and not tx._oms_is_split()
        ):
            kind = tx._oms_kind()
            if tx.currency_id != self.currency_id:
                moved["other"] = True
            elif kind == "charge":
                moved["charge"] += tx.amount
            elif kind == "authorization":
                moved[kind] += tx._oms_uncaptured() if tx.state == "authorized" else 0.0
            else:
                moved["refund"] += abs(tx.amount)
        return moved

    def _oms_transactions(self):
        """:return: the transactions of orders, with the captures and refunds of Odoo's own
        providers, which are linked to the original transaction only
        """
        found = self.transaction_ids
        more = found.filtered(lambda tx: not tx.oms_charge_kind)
        while more:
            more = more.child_transaction_ids - found
            found |= more
        return found

    def _oms_describe_payment(self, moved, owed):
        """:return: the payment state of one order with the amounts ``moved`` and the amount due
        ``owed``
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        tolerance = max(self._oms_tolerance(), self._oms_lost_cents())
        paid, refunded = moved["charge"], moved["refund"]
        kept, enough = paid - refunded, owed - tolerance
        if moved["other"]:
            return "mismatch"
        if refunded and compare(refunded, paid) >= 0:
            return "refunded"
        if compare(kept, owed + tolerance) > 0:
            return "overpaid"
        if self.currency_id.is_zero(owed) or paid and compare(kept, enough) >= 0:
            return "paid"
        if moved["authorization"] and compare(kept + moved["authorization"], enough) >= 0:
            return "authorized"
        return "partial" if paid else "unpaid"

    def _oms_tolerance(self):
        """:return: the difference that still counts as paid, in the order's currency"""
        self.ensure_one()
        channel = self.oms_channel_id
        tolerance = self._oms_policy("payment_tolerance")
        if not tolerance or channel.currency_id == self.currency_id:
            return tolerance
        return channel.currency_id._convert(
            tolerance,
            self.currency_id,
            self.company_id,
            (self.oms_placed_at or self.date_order).date(),
        )

    def _oms_lost_cents(self):
        """:return: the rounding tolerance for the remaining amounts of reduced lines, as not every
        total is a rounded price plus its rounded tax
        """
        self.ensure_one()
        reduced = self.order_line.filtered(
            lambda line: (
                line.oms_reduced_qty
                and line.product_uom_qty
                and not all(line.tax_ids.mapped("price_include"))
            )
        )
        return self.currency_id.rounding * len(reduced)

    # === BUSINESS METHODS === #

    def _oms_is_paid(self):
        """:return: whether one order is fully paid; an order without amount always is"""
        self.ensure_one()
        return (
            self.oms_payment_state in ("paid", "overpaid")
            or (
                self.currency_id.is_zero(self.amount_total) and self.oms_payment_state != "mismatch"
            )
            or (self.oms_payment_state == "refunded" and self._oms_has_free_items())
        )

    def _oms_has_free_items(self):
        """:return: whether the remaining items of one order are free, so that the refund was for
        shipping or a fee
        """
        live = self.order_line.filtered(lambda l: l.oms_kind == "product" and l.product_uom_qty > 0)
        return bool(live) and all(line.currency_id.is_zero(line.price_total) for line in live)

    def _oms_is_authorized(self):
        """:return: whether one order is fully authorized or paid"""
        self.ensure_one()
        return self._oms_is_paid() or self.oms_payment_state == "authorized"

    def _oms_payment_problems(self):
        """Find the payment problems of one order.

        :return: problems for ``oms.hold._open``
        :rtype: list[HoldReason]
        """
        self.ensure_one()
        order = self.sudo()
        if order.state == "cancel":
            # If the order may be reopened, no refund is due yet.
            return [] if order._oms_has_hold("REOPENED") else order._oms_late_payment()
        if order.oms_payment_state == "mismatch":
            return [HoldReason(code="PAYMENT_CURRENCY", message=order._oms_currency_text())]
        if order.oms_payment_state == "overpaid":
            # Payment for cancelled or returned items: a refund is due, which does not block the
            # order.
            gone = any(
                line.oms_cancelled_qty or line._oms_returned_qty() for line in order.order_line
            )
            code = "REFUND_DUE" if gone else "OVERPAID"
            return [HoldReason(code=code, message=order._oms_overpaid_text())]
        if order.oms_payment_state == "partial" and order._oms_is_money_final():
            return [HoldReason(code="UNDERPAID", message=order._oms_underpaid_text())]
        return []

    def _oms_has_hold(self, code):
        """:return: whether one order has an open exception with this reason"""
        self.ensure_one()
        return bool(
            self.oms_hold_ids.filtered(lambda h: h.state == "open" and h.reason_code == code)
        )

    def _oms_is_money_final(self):
        """:return: whether a prepaid order has no pending or authorized charge"""
        return self._oms_terms() in PREPAID and not (
            self.oms_amount_authorized
            or self.transaction_ids.filtered(lambda tx: tx.state == "pending")
        )

    def _oms_late_payment(self):
        """:return: the problem of a cancelled order that is not fully refunded"""
        left = self.oms_amount_paid - self.oms_amount_refunded
        promised = self.oms_amount_authorized
        if (
            self.currency_id.compare_amounts(left + promised, 0.0) <= 0
            and self.oms_payment_state != "mismatch"
        ):
            return []
        written = -sum(
            self.transaction_ids.filtered(
                lambda tx: tx.state == "pending" and tx.oms_charge_kind == "refund"
            ).mapped("amount")
        )
        if written and self.currency_id.compare_amounts(written, left + promised) >= 0:
            message = self.env._(
                "The order is cancelled. The channel recorded a refund of %(amount)s, but no "
                "payment was made: pay it in the payment provider, then release the order.",
                amount=self.currency_id.format(written),
            )
            return [HoldReason(code="LATE_PAYMENT", message=message)]
        refs = self.transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and tx.amount > 0
        ).mapped(lambda tx: tx.oms_charge_ref or tx.provider_reference or tx.reference)
        return [
            HoldReason(
                code="LATE_PAYMENT",
                message=self.env._(
                    "The order is cancelled, but %(amount)s remains paid (%(refs)s). Refund or "
                    "void it on the channel.",
                    amount=self.currency_id.format(left + promised),
                    refs=", ".join(ref for ref in refs if ref),
                ),
            )
        ]
