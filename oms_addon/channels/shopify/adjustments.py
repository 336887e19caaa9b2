"""Shopify: push cancellations and refunds."""

from collections import Counter
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.channels.shopify import mutations
from odoo.addons.oms_addon.exceptions import FinalError, Unfinished

from .parse_values import gid, id_of

#: number of checks, and seconds between them, while Shopify processes a cancellation
LOOKS, LOOK_SECONDS = 20, 15
CANCEL_REASONS = {
    "customer": "CUSTOMER",
    "inventory": "INVENTORY",
    "fraud": "FRAUD",
    "unpaid": "DECLINED",
}


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: units are cancelled by a refund that removes them."""
        if cancellation["lines"]:
            return self._cancel_pieces(channel, key, cancellation)
        order_id = gid("Order", cancellation["order_ref"])
        state = self._state()
        if self._is_cancelled(channel, order_id):
            if "job" in state:
                return RefundOutcome(details={"job": state["job"]})
            return RefundOutcome(already=True)
        if "job" not in state:
            variables = {
                "id": order_id,
                "reason": CANCEL_REASONS.get(cancellation["reason"], "OTHER"),
                "restock": bool(cancellation["restock"]),
                "text": cancellation["text"] or None,
                "notify": bool(cancellation.get("notify", True)),
                "refund": {"originalPaymentMethodsRefund": True}
                if cancellation["refund"]
                else None,
            }
            answer = self._graphql(channel, mutations.CANCEL, variables)["orderCancel"]
            is_cancelled = self._is_cancelled(channel, order_id)
            if answer["orderCancelUserErrors"] and is_cancelled:
                return RefundOutcome(already=True)
            self._refuse(answer["orderCancelUserErrors"])
            state = {"job": answer["job"] and answer["job"]["id"], "looks": 0}
            if is_cancelled:
                return RefundOutcome(details={"job": state["job"]})
        if state["looks"] < LOOKS:
            # Shopify cancels in an asynchronous job.
            later = {**state, "looks": state["looks"] + 1}
            raise Unfinished(self.env._("Shopify is processing it."), later, seconds=LOOK_SECONDS)
        unmet = self.env._(
            "Shopify accepted the cancellation, but the order is still not cancelled. Cancel it "
            "in Shopify."
        )
        # A retry repeats the call.
        return RefundOutcome(unmet=unmet)

    @api.model
    def _is_cancelled(self, channel, order_id):
        order = self._graphql(channel, mutations.CANCELLED, {"id": order_id})["order"]
        return bool(order and order["cancelledAt"])

    @api.model
    def _cancel_pieces(self, channel, key, cancellation):
        """Cancel units of an order, with their amount if it is to be refunded."""
        order = self._refundable_order(channel, cancellation["order_ref"])
        if known := self._find_refund(order, key):
            return RefundOutcome(refund_ref=known, already=True)
        kind = "CANCEL" if cancellation["restock"] else "NO_RESTOCK"
        lines = self._refund_lines(channel, order, cancellation["lines"], lambda _line: kind)
        transactions = []
        if cancellation["refund"]:
            variables = {"id": order["id"], "lines": lines}
            suggested = self._graphql(channel, mutations.SUGGESTED_REFUND, variables, 20.0)
            transactions = [
                self._refund_transaction(
                    order, part, part["parentTransaction"], part["amountSet"]["presentmentMoney"]
                )
                for part in suggested["order"]["suggestedRefund"]["suggestedTransactions"]
            ]
        return self._refund(channel, key, order, cancellation["text"], lines, transactions)

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`."""
        order = self._refundable_order(channel, refund["order_ref"])
        if known := self._find_refund(order, key):
            return RefundOutcome(refund_ref=known, already=True)
        lines = self._refund_lines(
            channel,
            order,
            refund["lines"],
            lambda line: "RETURN" if line.get("restock") else "NO_RESTOCK",
        )
        amount = Decimal(refund["amount"])
        transactions = self._spread(order, amount, refund["charge_ref"])
        shipping = Decimal(refund.get("shipping") or 0)
        values = {"shipping": {"amount": f"{shipping:f}"}} if shipping else {}
        return self._refund(channel, key, order, refund["text"], lines, transactions, **values)

    @api.model
    def _refundable_order(self, channel, order_ref):
        variables = {"id": gid("Order", order_ref)}
        order = self._graphql(channel, mutations.TO_REFUND, variables, 60.0)["order"]
        if not order:
            raise FinalError(self.env._("The order no longer exists in Shopify."))
        return order

    @api.model
    def _find_refund(self, order, key):
        """:return: the refund created with a key, however long ago; '' if none"""
        mark = self._mark(key)
        made = (r["id"] for r in order["refunds"] if mark in (r["note"] or ""))
        return id_of(next(made, ""))

    @api.model
    def _mark(self, key):
        """:return: the text in a refund's note that identifies the call"""
        return f"[{self._once(key)[:13]}]"

    @api.model
    def _is_echo(self, refund, key):
        """Override of `oms.channel.adapter`: the note contains the key."""
        return self._mark(key) in refund.reason

    @api.model
    def _refund_lines(self, channel, order, lines, restock_type):
        """:return: the lines of a refund in Shopify's format

        Other charges, such as a tip or duties, are refunded by amount only.
        """
        lines = [
            line
            for line in lines
            if int(Decimal(line["quantity"])) and (line["line_ref"] or "0").isdecimal()
        ]
        refs = {}
        if any(not line["line_ref"] for line in lines):
            found = self._rest(
                channel, mutations.ORDER_LINES, order["id"], lambda data: data["order"]["lineItems"]
            )
            counts = Counter(line["sku"] for line in found)
            refs = {line["sku"]: line["id"] for line in found if counts[line["sku"]] == 1}
        values = []
        for line in lines:
            ref = line["line_ref"] or refs.get(line["sku"])
            if not ref:
                raise FinalError(
                    self.env._("The order has no line, or several lines, with SKU %s.", line["sku"])
                )
            value = {
                "lineItemId": gid("LineItem", ref),
                "quantity": int(Decimal(line["quantity"])),
                "restockType": restock_type(line),
            }
            if value["restockType"] != "NO_RESTOCK":
                value["locationId"] = self._restock_place(order)
            values.append(value)
        return values

    @api.model
    def _restock_place(self, order):
        """:return: the location for restock: the one the items were shipped from"""
        for part in order["fulfillmentOrders"]["nodes"]:
            if part["assignedLocation"]["location"]:
                return part["assignedLocation"]["location"]["id"]
        return None

    @api.model
    def _spread(self, order, amount, charge_ref):
        """Distribute an amount over the refundable payments.

        :return: the transactions of a refund
        """
        transactions, left = [], amount
        for payment, available in self._refundable(order, charge_ref):
            part = min(left, available)
            if part > 0:
                money = {"amount": f"{part:f}"}
                transactions.append(self._refund_transaction(order, payment, payment, money))
                left -= part
        if left > 0:
            raise FinalError(
                self.env._(
                    "Only %(possible)s of %(amount)s can still be refunded in Shopify.",
                    possible=f"{amount - left:f}",
                    amount=f"{amount:f}",
                )
            )
        return transactions

    @api.model
    def _refundable(self, order, charge_ref):
        """:return: pairs (payment, refundable amount); the requested payment first, if any"""
        refunded, payments = {}, []
        for transaction in order["transactions"]:
            parent, status = transaction["parentTransaction"], transaction["status"]
            if transaction["kind"] == "REFUND" and status in ("SUCCESS", "PENDING"):
                ref = parent and parent["id"]
                refunded[ref] = refunded.get(ref, 0) + self._presented(transaction)
            elif transaction["kind"] in ("SALE", "CAPTURE") and status == "SUCCESS":
                names = {id_of(transaction["id"]), id_of(parent["id"]) if parent else None}
                payments.append((charge_ref not in names, transaction))
        payments.sort(key=lambda payment: payment[0])
        return [
            (payment, self._presented(payment) - refunded.get(payment["id"], 0))
            for _is_other, payment in payments
        ]

    @api.model
    def _presented(self, transaction):
        """:return: the amount of a transaction, in the customer's currency"""
        return Decimal(transaction["amountSet"]["presentmentMoney"]["amount"])

    @api.model
    def _refund_transaction(self, order, payment, parent, money):
        return {
            "orderId": order["id"],
            "parentId": parent and parent["id"],
            "gateway": payment["gateway"],
            "kind": "REFUND",
            "amount": money["amount"],
        }

    @api.model
    def _refund(self, channel, key, order, text, lines, transactions, **values):
        """Create a refund, once."""
        values |= {
            "orderId": order["id"],
            "currency": order["presentmentCurrencyCode"],
            "note": " ".join(filter(None, (text, self._mark(key)))),
            "notify": bool(transactions),
            "refundLineItems": lines,
            "transactions": transactions,
        }
        variables = {"input": values, "key": self._once(key)}
        answer = self._graphql(channel, mutations.REFUND, variables)["refundCreate"]
        self._refuse(answer["userErrors"])
        return RefundOutcome(refund_ref=id_of(answer["refund"]["id"]))
