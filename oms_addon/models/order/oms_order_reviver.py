"""Reopening of cancelled orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: completion dates of the steps, without the capture
STAMPS = (
    "oms_screened_at",
    "oms_confirmed_at",
    "oms_allocated_at",
    "oms_paid_at",
    "oms_invoiced_at",
    "oms_shipped_at",
    "oms_tracked_at",
    "oms_delivered_at",
    "oms_closed_at",
)
LIVE_STATUSES = ("open", "pending", "shipped", "delivered")


class OmsOrderReviver(models.AbstractModel):
    """A reopened order stays the same record: its lines, history and credit notes are kept, and
    its steps start again.

    It is reopened if the channel reported it as cancelled and no longer does, or if an order
    cancelled in Odoo is paid afterwards and is still live on the channel.
    """

    _name = "oms.order.reviver"
    _description = "Order Reopening"

    # === DETECTION === #

    @api.model
    def _is_reopened(self, order, document):
        """:return: whether a newer version reopens an order that is cancelled in Odoo
        :param order: one ``sale.order``
        :param document: ``OrderDocument``
        """
        if order.oms_channel_status != "cancelled" and order.state != "cancel":
            return False
        if document.status not in LIVE_STATUSES or not self._is_cancelled(order):
            return False
        if order.oms_channel_status == "cancelled" or order._oms_has_hold("REOPENED"):
            return True
        return order.state == "cancel" and self._has_new_money(order, document)

    @api.model
    def _is_cancelled(self, order):
        """:return: whether an order is cancelled or has no live units left"""
        if order.state == "cancel":
            return True
        lines = order.order_line.filtered(lambda l: l.oms_kind == "product")
        left = self.env["oms.order.difference"]._live_units
        return (
            order.state == "sale"
            and bool(lines)
            and not any(line.product_uom_id.compare(left(line), 0) > 0 for line in lines)
        )

    @api.model
    def _has_new_money(self, order, document):
        """:return: whether a document has successful charges that are not recorded yet"""
        known = set(
            order.sudo()
            .transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
            .mapped("oms_charge_ref")
        )
        return any(
            charge.kind in ("charge", "authorization")
            and charge.status == "success"
            and charge.ref not in known
            for charge in document.charges
        )

    # === POLICY === #

    @api.model
    def _reopen(self, order, document):
        """Revive a reopened order or put it on hold, depending on the policy.

        :return: whether it was revived; else it stays cancelled until a user decides
        :rtype: bool
        """
        channel = order.oms_channel_id
        doubt = self._doubt(order)
        if order._oms_policy("reopen_policy") == "revive" and not doubt:
            self._revive(order)
            return True
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="REOPENED",
                    message=doubt
                    or self.env._(
                        "%(channel)s reopened the cancelled order. Release it to process it "
                        "again, or "
                        "cancel it on the channel.",
                        channel=channel.name,
                    ),
                )
            ],
        )
        self.env["oms.payment.collector"]._recompute_orders(order)
        return False

    @api.model
    def _doubt(self, order):
        """:return: why a user has to decide regardless of the policy; '' if not"""
        if order.oms_cancelled_by == "user":
            return self.env._(
                "%(channel)s continues an order that was cancelled in Odoo. Release it to "
                "process it again, or cancel it on the channel.",
                channel=order.oms_channel_id.name,
            )
        if any(line.qty_delivered for line in order._oms_physical_lines()):
            return self.env._(
                "%(channel)s reopened an order that was partly shipped before it was "
                "cancelled. Check what remains to be shipped, then release it.",
                channel=order.oms_channel_id.name,
            )
        return ""

    @api.model
    def _check_newer(self, order, document):
        """Open an exception if a cancellation is older than the last version of its order.

        :param document: the ``CancellationDocument`` that was applied to the whole order
        """
        at = self.env["oms.order.builder"]._naive(document.updated_at or document.at)
        newer = order.oms_updated_at and order.oms_updated_at > at
        if newer and order.oms_channel_status in ("open", "pending"):
            text = self.env._(
                "The cancellation is older than the order: %(channel)s may have reopened it. "
                "Release it to process the order, or cancel it on the channel.",
                channel=order.oms_channel_id.name,
            )
            self.env["oms.hold"]._open(order, [HoldReason(code="REOPENED", message=text)])
            self.env["oms.payment.collector"]._recompute_orders(order)

    @api.model
    def _withdraw(self, order):
        """Close the REOPENED exception after the channel cancelled the order again."""
        order.oms_hold_ids.filtered(lambda h: h.reason_code == "REOPENED")._close(
            self.env._("The channel cancelled the order again.")
        )

    # === REOPENING === #

    @api.model
    def _revive(self, order):
        """Restart the steps of a cancelled order.

        Credited units are invoiced again; cancelled units are ordered again and allocated from
        current stock.
        """
        order = order.with_context(**sealed(from_channel=True))
        if order.state == "cancel":
            order.action_draft()
        self._restore_lines(order)
        self._credit_again(order)
        self._drop_outgoing(order)
        order.write(self._prepare_path(order))
        order.oms_hold_ids.filtered(lambda h: h.reason_code in ("REOPENED", "LATE_PAYMENT"))._close(
            self.env._("The order was reopened.")
        )
        self.env["oms.event"]._log(order, "order.reopened", self._text(order))
        self.env["oms.order.flow"]._wake({"screen"})

    @api.model
    def _note_cancelled(self, quantities):
        """Store the units that are cancelled with their whole order.

        :param dict quantities: units by order line
        """
        for line, quantity in quantities.items():
            # The channel may report the cancellation several times.
            line.oms_whole_cancelled_qty += max(quantity, 0.0)

    @api.model
    def _restore_lines(self, order):
        """Order the units again that were cancelled with the order, and mark credited units to be
        invoiced again.
        """
        for line in order.order_line.filtered(lambda l: not l.display_type):
            back = min(line.oms_whole_cancelled_qty, line.oms_cancelled_qty)
            self.env["oms.order.canceller"]._restore_units(line, back)
            line.write(
                {
                    "oms_cancelled_qty": line.oms_cancelled_qty - back,
                    "oms_whole_cancelled_qty": 0.0,
                    "oms_reinvoiced_qty": self._credited_units(line),
                }
            )

    @api.model
    def _credit_again(self, order):
        """Credit the refunds without items on the new invoice as well, as the former invoice was
        credited in full.
        """
        if not any(order.order_line.mapped("oms_reinvoiced_qty")):
            return
        owed = order._oms_amount_owed(order.oms_amount_paid, order.oms_amount_refunded)
        amount = order.currency_id.round(order.amount_total - owed)
        if order.currency_id.compare_amounts(amount, 0.0) > 0:
            self.env["oms.order.refund"]._credit_later(
                order, amount, {}, self.env._("Refunded before the order was reopened.")
            )

    @api.model
    def _credited_units(self, line):
        """:return: how many invoiced units of an order line were credited"""
        return sum(
            move_line.product_uom_id._compute_quantity(move_line.quantity, line.product_uom_id)
            for move_line in line.invoice_lines
            if move_line.move_id.move_type == "out_refund"
            and move_line.move_id.state == "posted"
            and move_line.display_type == "product"
            and move_line.product_id == line.product_id
        )

    @api.model
    def _drop_outgoing(self, order):
        """Dismiss an unsent cancellation to the channel."""
        kept_back = (
            self.env["oms.channel.message"]
            .sudo()
            .search(
                [
                    ("order_id", "=", order.id),
                    ("direction", "=", "out"),
                    ("topic", "=", "cancellation"),
                    ("state", "in", ("pending", "failed")),
                ]
            )
        )
        kept_back._set_state("ignored", self.env._("The order was reopened."))
        order.sudo().oms_refund_ids.filtered(lambda r: r.message_id in kept_back).unlink()

    @api.model
    def _prepare_path(self, order):
        """:return: the values that reset an order to its first step"""
        days = order._oms_unpaid_days()
        now = fields.Datetime.now()
        return {
            **dict.fromkeys(STAMPS, False),
            "oms_step": "screen",
            "oms_cursor": "screen",
            "oms_status": "running",
            "oms_wait_reason": False,
            "oms_cancelled_by": False,
            "oms_reopened_count": order.oms_reopened_count + 1,
            "oms_unpaid_until": fields.Datetime.add(now, days=days) if days else False,
        }

    @api.model
    def _text(self, order):
        """:return: the timeline text, with the products that are short in stock"""
        lines = order._oms_physical_lines().filtered("is_storable")
        by_product = {}
        for line in lines:
            by_product[line.product_id] = by_product.get(
                line.product_id, 0.0
            ) + line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
        missing = [
            self.env._(
                "%(free)s of %(wanted)s × %(product)s",
                free=f"{max(free, 0.0):g}",
                wanted=f"{wanted:g}",
                product=product.display_name,
            )
            for product, wanted in by_product.items()
            if product.uom_id.compare(free := product.free_qty, wanted) < 0
        ]
        if missing:
            return self.env._(
                "Reopened on the channel. In stock: %(items)s", items="; ".join(missing)
            )
        return self.env._("Reopened on the channel")
