"""Charges of channels as payment transactions, each recorded once."""

from datetime import timezone

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsPaymentCollector(models.AbstractModel):
    _name = "oms.payment.collector"
    _description = "Payment Collector"

    # === RECORDING === #

    @api.model
    def _record(self, pairs):
        """Record charges: create new transactions, update existing ones.

        Exceptions are opened for payment problems, and closed once they are solved.

        :param list pairs: tuples (``sale.order``, ``Charge``), oldest first
        :return: the new transactions
        :rtype: payment.transaction
        """
        if not pairs:
            return self.env["payment.transaction"]
        collector = self.sudo().with_context(tracking_disable=True)
        pairs = collector.env["oms.order.refund"]._as_moved(pairs)
        pairs = [(order.with_env(collector.env), charge) for order, charge in pairs]
        known = collector._known(pairs)
        fresh, again = {}, []
        for order, charge in pairs:
            key = collector._get_charge_key(order, charge)
            if key in known or key in fresh:
                again.append((key, order, charge))
            else:
                fresh[key] = (order, charge)
        created = collector._create_transactions(fresh)
        known.update(zip(fresh, created, strict=True))
        problems = collector._charged_back_problems(created) + collector._update_known(known, again)
        orders = self.env["sale.order"].concat(*[order for order, _charge in pairs])
        collector._recompute_holds(orders.with_env(collector.env), problems)
        return created.with_env(self.env)

    @api.model
    def _get_charge_key(self, order, charge):
        """:return: the key that identifies a charge of a channel"""
        return order.oms_channel_id.id, charge.ref, charge.kind

    @api.model
    def _known(self, pairs):
        """:return: the existing transactions, by key"""
        transactions = self.env["payment.transaction"].search(
            [
                ("oms_channel_id", "in", {o.oms_channel_id.id for o, _charge in pairs}),
                ("oms_charge_ref", "in", {charge.ref for _order, charge in pairs}),
            ]
        )
        return {
            (tx.oms_channel_id.id, tx.oms_charge_ref, tx.oms_charge_kind): tx for tx in transactions
        }

    @api.model
    def _naive(self, moment):
        """:return: an aware datetime as stored by Odoo, naive UTC"""
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    # === NEW CHARGES === #

    @api.model
    def _create_transactions(self, fresh):
        """Create the transactions of new charges in bulk.

        :param dict fresh: (order, charge) by key
        """
        providers = {
            company: self.env["payment.provider"]._oms_for(company)
            for company in {order.company_id for order, _charge in fresh.values()}
        }
        method = self.env.ref("oms_addon.payment_method_oms")
        created = self.env["payment.transaction"].create(
            [
                self._prepare_transaction(order, charge, providers[order.company_id], method)
                for order, charge in fresh.values()
            ]
        )
        Event = self.env["oms.event"]
        Event._append(
            [
                Event._prepare_event(
                    order, "payment.recorded", self._describe(charge), {"after": charge.status}
                )
                for order, charge in fresh.values()
            ]
        )
        return created

    @api.model
    def _prepare_transaction(self, order, charge, provider, method):
        """:return: the values of the transaction of one charge"""
        channel = order.oms_channel_id
        sign = -1 if charge.kind in ("refund", "chargeback") else 1
        at = self._naive(charge.at)
        return {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "reference": f"OMS-{channel.id}-{charge.ref}-{charge.kind}",
            "provider_reference": charge.ref,
            "amount": sign * float(charge.amount),
            "currency_id": self._currency(charge.currency, order).id,
            "partner_id": order.partner_invoice_id.id,
            "sale_order_ids": [Command.set(order.ids)],
            "operation": "refund" if sign < 0 else "online_redirect",
            "state": self.env["payment.transaction"]._oms_states()[charge.kind, charge.status],
            "is_post_processed": True,
            "last_state_change": at,
            "oms_channel_id": channel.id,
            "oms_charge_ref": charge.ref,
            "oms_charge_kind": charge.kind,
            "oms_charged_at": at,
            "oms_method": charge.method,
            "oms_gateway": charge.gateway,
        }

    @api.model
    def _charged_back_problems(self, created):
        """:return: pairs (order, problem) of new chargebacks"""
        return [
            (
                tx.sale_order_ids,
                HoldReason(
                    code="PAYMENT_CONFLICT",
                    message=self.env._(
                        "%(amount)s was charged back (%(ref)s). Contest it on the channel, or "
                        "cancel "
                        "the items that were not shipped.",
                        amount=tx.currency_id.format(-tx.amount),
                        ref=tx.oms_charge_ref,
                    ),
                ),
            )
            for tx in created
            if tx.oms_charge_kind == "chargeback" and tx.state == "done"
        ]

    @api.model
    def _currency(self, code, order):
        """:return: the currency of a code, even archived; the order's if there is no code"""
        if not code or code == order.currency_id.name:
            return order.currency_id
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)], limit=1)
        )

    @api.model
    def _describe(self, charge):
        """:return: a charge as a sentence"""
        kinds = dict(
            self.env["payment.transaction"]
            ._fields["oms_charge_kind"]
            ._description_selection(self.env)
        )
        statuses = {
            "pending": self.env._("pending"),
            "success": self.env._("successful"),
            "failed": self.env._("failed"),
        }
        return self.env._(
            "%(kind)s of %(amount)s %(currency)s, %(status)s (%(ref)s)",
            kind=kinds[charge.kind],
            amount=f"{charge.amount:f}",
            currency=charge.currency,
            status=statuses[charge.status],
            ref=charge.ref,
        )

    # === EXISTING CHARGES === #

    @api.model
    def _update_known(self, known, again):
        """Update existing transactions from charges received again.

        :param list again: tuples (key, order, charge)
        :return: pairs (order, problem)
        """
        problems = []
        for key, order, charge in again:
            transaction = known[key]
            text = self._conflict(transaction, order, charge)
            if text:
                problems.append((order, HoldReason(code="PAYMENT_CONFLICT", message=text)))
                self.env["oms.event"]._log(order, "payment.conflict", text)
            else:
                self._move(transaction, order, charge)
                order.oms_hold_ids.filtered(
                    lambda h, ref=charge.ref: (
                        h.state == "open"
                        and h.reason_code == "PAYMENT_CONFLICT"
                        and ref in h.detail
                    )
                )._close(self.env._("The payment is already recorded."))
        return problems

    @api.model
    def _close_conflicts(self, order, charge):
        """Close the conflicts of a charge that matches the recorded one again."""
        order.oms_hold_ids.filtered(
            lambda h: (
                h.state == "open"
                and h.reason_code == "PAYMENT_CONFLICT"
                and charge.ref in (h.detail or "")
            )
        )._close(self.env._("The payment is already recorded."))

    @api.model
    def _conflict(self, transaction, order, charge):
        """:return: why a charge conflicts with the recorded transaction; '' if it does not"""
        amount, currency = abs(transaction.amount), transaction.currency_id
        if order not in transaction.sale_order_ids:
            return self.env._(
                "Payment %(ref)s already belongs to order %(order)s. Check on the channel "
                "which order it pays.",
                ref=charge.ref,
                order=transaction.sale_order_ids[:1].display_name,
            )
        is_total = order.oms_channel_id._adapter()._charges_are_totals
        if currency.name != (charge.currency or currency.name) or (
            currency.compare_amounts(amount, float(charge.amount)) and not is_total
        ):
            return self.env._(
                "Payment %(ref)s was received with %(now)s %(currency)s after %(before)s. "
                "Check on the channel which amount is correct.",
                ref=charge.ref,
                now=f"{charge.amount:f}",
                currency=charge.currency,
                before=f"{amount:.{currency.decimal_places}f} {currency.name}",
            )
        if (
            transaction.state == "done"
            and charge.status == "failed"
            and self._naive(charge.at) > transaction.oms_charged_at
        ):
            return self.env._(
                "Payment %(ref)s succeeded, but the channel now reports it as failed. Check on "
                "the channel whether the amount was reversed.",
                ref=charge.ref,
            )
        return ""

    @api.model
    def _move(self, transaction, order, charge):
        """Update the state of a transaction from a charge, unless the charge is older."""
        state = transaction._oms_states()[charge.kind, charge.status]
        if transaction.state == "authorized" and state == "error":
            state = "cancel"
        at = self._naive(charge.at)
        if state == transaction.state:
            return
        if at < transaction.oms_charged_at and charge.status != "success":
            self.env["oms.event"]._log(
                order,
                "payment.stale",
                self.env._(
                    "Older than the recorded payment: %(charge)s", charge=self._describe(charge)
                ),
            )
            return
        before = transaction.state
        if transaction._oms_move(state, at=at):
            self.env["oms.event"]._log(
                order, "payment.updated", self._describe(charge), before=before, after=state
            )
