"""WooCommerce: push cancellations and refunds."""

from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.documents.values import to_decimal
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.error_messages import error_message_of
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.paths import segment

from .parse_refunds import (
    find_refund,
    quantities,
    refund_line,
    rest_of,
    share_of,
    shipping_shares,
    token_of,
    within_total,
)
from .parse_values import KEY, KIND, ZERO
from .shipments import NOT_COMPLETED


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: by the status; units of an order by a refund."""
        path = f"/orders/{segment(cancellation['order_ref'])}"
        order = self._call(channel, "GET", path).json()
        if cancellation["lines"]:
            return self._cancel_pieces(channel, key, order, cancellation)
        reached = RefundOutcome(details={"status": order["status"]})
        if order["status"] not in ("cancelled", "refunded", "trash"):
            now = self._call(channel, "PUT", path, body={"status": "cancelled"}).json()
            state = self._reached(
                now["status"], "cancelled", (*NOT_COMPLETED, "completed", "failed")
            )
            reached = RefundOutcome(details=state.details, unmet=state.unmet)
        if not cancellation["refund"] or not order.get("date_paid_gmt"):
            return replace(reached, already=True)
        before = self._refunds_of(channel, order["id"])
        known = find_refund(before, key)
        rest, lines = rest_of(order, before)
        if not known and rest <= 0:
            return replace(reached, already=True)
        made = self._refund(
            channel,
            key,
            order,
            known,
            rest,
            lines,
            cancellation["text"],
            "cancellation",
            restock=False,
        )
        return replace(made, details=reached.details, unmet=reached.unmet)

    @api.model
    def _cancel_pieces(self, channel, key, order, cancellation):
        """Cancel units by a refund: with their amount if it is to be refunded or was never paid,
        else without amount.
        """
        before = self._refunds_of(channel, order["id"])
        unpaid = not order.get("date_paid_gmt")
        lines = []
        for ref, quantity in quantities(order, cancellation["lines"]).items():
            share = share_of(order, before, ref, Decimal(quantity))
            if not (cancellation["refund"] or unpaid):
                share = ZERO
            lines.append((ref, Decimal(quantity), share))
        lines = within_total(order, before, lines)
        amount = sum((share for _ref, _quantity, share in lines), ZERO)
        return self._refund(
            channel,
            key,
            order,
            find_refund(before, key),
            amount,
            lines,
            cancellation["text"],
            "cancellation",
            restock=cancellation["restock"],
            money=cancellation["refund"] and not unpaid,
        )

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: through the gateway where it supports refunds;
        otherwise the store records it and a person has to pay it.
        """
        order = self._call(channel, "GET", f"/orders/{segment(refund['order_ref'])}").json()
        before = self._refunds_of(channel, order["id"])
        known = find_refund(before, key)
        of_lines = {}
        for line in refund["lines"]:
            for ref in quantities(order, [line]):
                quantity, share = of_lines.get(ref, (ZERO, ZERO))
                of_lines[ref] = (
                    quantity + to_decimal(line["quantity"]),
                    share + to_decimal(line["amount"]),
                )
        lines = [(ref, *of_line) for ref, of_line in of_lines.items()]
        lines += shipping_shares(order, before, to_decimal(refund.get("shipping") or "0"))
        restock = any(line.get("restock") for line in refund["lines"])
        amount = to_decimal(refund["amount"])
        text = refund["text"]
        return self._refund(
            channel, key, order, known, amount, lines, text, "refund", restock=restock
        )

    @api.model
    def _is_echo(self, refund, key):
        """Override of `oms.channel.adapter`: the refund's reason contains the key."""
        return token_of(key) in refund.reason

    @api.model
    def _refund(
        self, channel, key, order, known, amount, lines, text, kind, *, restock, money=True
    ):
        """Create a refund, or find the one that was created with this key.

        :param dict known: the refund found
        :param list lines: tuples (line id, quantity, amount with taxes)
        :param str kind: its purpose; identifies our refund when it is imported
        :param bool money: whether the gateway is to pay it
        """
        pays = bool(money and amount) and self._gateway_refunds(channel, order)
        if known:
            if pays and known.get("refunded_payment") is False:
                raise RetryableError(
                    self.env._("The store is still processing refund %(id)s.", id=known["id"])
                )
            return RefundOutcome(refund_ref=str(known["id"]), amount=known["amount"])
        body = {
            "amount": f"{amount:f}",
            "reason": f"{text} ({token_of(key)})".strip(),
            "api_refund": pays,
            "api_restock": bool(restock),
            "meta_data": [{"key": KEY, "value": key}, {"key": KIND, "value": kind}],
            "line_items": [refund_line(order, *line) for line in lines],
        }
        path = f"/orders/{segment(order['id'])}/refunds"
        answer = self._call(channel, "POST", path, body=body, accept=(500,))
        if answer.status == 500:
            self._raise_refused(answer)
        row = answer.json()
        is_manual = bool(money and amount and not pays)
        if is_manual:
            self._notify_manual_refund(channel, order, amount)
        return RefundOutcome(
            refund_ref=str(row["id"]), amount=row.get("amount"), is_manual=is_manual
        )

    @api.model
    def _raise_refused(self, answer):
        """Distinguish a failing store from one that rejects a refund; both respond with 500."""
        refusal = read_json(answer.body)
        refusal = refusal if isinstance(refusal, dict) else {}
        if refusal.get("code") == "woocommerce_rest_cannot_create_order_refund":
            raise FinalError(
                self.env._("The store rejected the refund: %(why)s", why=refusal.get("message"))
            )
        said = error_message_of(answer.body)
        raise RetryableError(
            self.env._("The store reported an error: %(text)s", text=said)
            if said
            else self.env._(
                "The store reported an error with status %(status)s.", status=answer.status
            )
        ) from answer.quote()

    @api.model
    def _gateway_refunds(self, channel, order):
        """:return: whether the order's gateway supports automatic refunds"""
        method = order.get("payment_method")
        if not method or not order.get("date_paid_gmt"):
            return False
        answer = self._call(channel, "GET", f"/payment_gateways/{segment(method)}", accept=(404,))
        return answer.status == 200 and "refunds" in answer.json().get("method_supports", ())

    @api.model
    def _notify_manual_refund(self, channel, order, amount):
        channel._notify_owner(
            self.env._("Refund to pay manually"),
            self.env._(
                "Order %(order)s: refund %(amount)s %(currency)s manually, because “%(method)s” "
                "cannot refund automatically. The store already shows the refund as paid.",
                order=order.get("number") or order["id"],
                amount=f"{amount:f}",
                currency=order["currency"],
                method=order.get("payment_method_title") or order.get("payment_method"),
            ),
        )
