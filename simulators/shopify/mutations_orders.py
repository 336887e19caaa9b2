"""Mutations of orders: fulfilments, tracking, cancellations, refunds."""

from decimal import Decimal

from . import rest
from .graph_values import amount, gid, number_of
from .store import (
    ZERO,
    Fulfilment,
    Refund,
)


class OrderMutations:
    """Mutations of orders: fulfilments, tracking, cancellations, refunds."""

    def _find_part(self, number):
        return next(
            (order, part)
            for order in self.by_id.values()
            for part in order.parts
            if part.id == number
        )

    def open_part(self, info, id):
        order, part = self._find_part(number_of(id))
        part.status, part.updated = "open", self.stamp()
        return {"fulfillmentOrder": self.graph.part(order, part), "userErrors": []}

    def fulfil(self, info, fulfillment):
        tracking = fulfillment.get("trackingInfo") or {}
        made = Fulfilment(
            self.new_id(),
            self.stamp(),
            [],
            tracking.get("numbers") or [],
            tracking.get("urls") or [],
            tracking.get("company") or "",
        )
        chosen, places = [], set()
        for given in fulfillment["lineItemsByFulfillmentOrder"]:
            order, part = self._find_part(number_of(given["fulfillmentOrderId"]))
            places.add(part.location)
            if part.status not in ("open", "in_progress"):
                message = f"Fulfillment order has an unfulfillable status: {part.status}."
                return self._errors("fulfillment", [["fulfillment"], message])
            wanted = {
                number_of(line["id"]): line["quantity"]
                for line in given.get("fulfillmentOrderLineItems") or ()
            } or {number: remaining for number, _line, remaining in part.lines}
            for entry in part.lines:
                quantity = wanted.pop(entry[0], 0)
                if quantity > entry[2]:
                    message = "Invalid fulfillment order line item quantity requested."
                    return self._errors("fulfillment", [["fulfillment"], message])
                if quantity:
                    chosen.append((part, entry, quantity))
            if wanted:
                message = "Fulfillment order line item does not exist."
                return self._errors("fulfillment", [["fulfillment"], message])
        if len(places) > 1:
            message = "All fulfillment orders must be assigned to the same location."
            return self._errors("fulfillment", [["fulfillment"], message])
        for part, entry, quantity in chosen:
            entry[2] -= quantity
            made.lines.append((self.new_id(), entry[1], quantity))
            made.location = part.location
            is_done = not any(remaining for _number, _line, remaining in part.lines)
            part.status, part.updated = "closed" if is_done else "in_progress", made.at
        order.fulfilments.append(made)
        self.shipments.append(
            {
                "order_ref": str(order.id),
                "numbers": list(made.numbers),
                "quantities": {line.sku: q for _i, line, q in made.lines},
                "notify": fulfillment.get("notifyCustomer", False),
            }
        )
        whole = order.fulfillment_status == "fulfilled"
        self._changed(
            order,
            "orders/fulfilled" if whole else "orders/partially_fulfilled",
            {"fulfillments/create": rest.fulfilment(order, made)},
        )
        return {"fulfillment": self.graph.fulfilment(order, made), "userErrors": []}

    def track(self, info, fulfillmentId, trackingInfoInput, **options):  # noqa: N803
        number = number_of(fulfillmentId)
        for order in self.by_id.values():
            for made in order.fulfilments:
                if made.id == number:
                    made.numbers = trackingInfoInput.get("numbers") or []
                    made.urls = trackingInfoInput.get("urls") or []
                    made.company = trackingInfoInput.get("company") or ""
                    body = rest.fulfilment(order, made)
                    self._changed(order, None, {"fulfillments/update": body})
                    return {"fulfillment": self.graph.fulfilment(order, made), "userErrors": []}
        return self._errors("fulfillment", (["fulfillmentId"], "Fulfillment not found."))

    def resolve_cancel(self, info, orderId, reason, restock, **options):  # noqa: N803
        order = self.by_id.get(number_of(orderId))
        key = "orderCancelUserErrors"
        if not order:
            return self._errors("job", (["orderId"], "Order not found", "NOT_FOUND"), key=key)
        if order.cancelled:
            message = "Order has already been cancelled"
            return self._errors("job", (["orderId"], message, "INVALID"), key=key)
        if order.fulfilments:
            message = "Cannot cancel order with fulfillments"
            return self._errors("job", (["orderId"], message, "INVALID"), key=key)
        refund = bool((options.get("refundMethod") or {}).get("originalPaymentMethodsRefund"))
        self._cancel(order, reason.lower(), refund, restock)
        self.cancellations.append(
            {"order_ref": str(order.id), "lines": {}, "refund": refund, "restock": restock}
        )
        return {"job": {"id": gid("Job", self.new_id())}, key: []}

    def resolve_refund(self, info, input):
        def conflict(code, message):
            return self._errors("refund", (None, message))

        return self.once(info, input, lambda: self._refund(input), conflict)

    def _refund(self, input):
        order = self.by_id.get(number_of(input["orderId"]))
        if not order:
            return self._errors("refund", (["orderId"], "Order does not exist"))
        problem = self._refund_problem(order, input)
        if problem:
            return self._errors("refund", ([], problem))
        made = Refund(self.new_id(), self.stamp(), input.get("note") or "")
        by_id = {line.id: line for line in order.lines}
        for given in input.get("refundLineItems") or ():
            line = by_id[number_of(given["lineItemId"])]
            kind = (given.get("restockType") or "NO_RESTOCK").lower()
            made.lines.append((line, given["quantity"], kind))
            self._remove_units(order, line, given["quantity"], returned=kind == "return")
        made.shipping = Decimal((input.get("shipping") or {}).get("amount") or "0.00")
        made.transactions = [
            self._transact(
                order,
                "refund",
                Decimal(given["amount"]),
                parent=given.get("parentId") and number_of(given["parentId"]),
                gateway=given["gateway"],
            )
            for given in input.get("transactions") or ()
        ]
        order.refunds.append(made)
        told = {
            "order_ref": str(order.id),
            "refund_ref": str(made.id),
            "amount": amount(sum((t.amount for t in made.transactions), ZERO)),
            "lines": {line.sku: quantity for line, quantity, _kind in made.lines},
        }
        if any(kind == "cancel" for _line, _quantity, kind in made.lines):
            self.cancellations.append({**told, "refund": bool(made.transactions), "restock": True})
        else:
            self.refunds_told.append(told)
        self._changed(order, None, {"refunds/create": rest.refund(order, made)})
        return {"refund": self.graph.refund(order, made), "userErrors": []}

    def _refund_problem(self, order, input):
        """:return: why the store rejects a refund, '' when it does not"""
        by_id = {line.id: line for line in order.lines}
        for given in input.get("refundLineItems") or ():
            line = by_id.get(number_of(given["lineItemId"]))
            if not line or given["quantity"] > line.quantity - line.gone:
                return "Quantity cannot refund more items than were purchased"
            if given.get("restockType") in ("CANCEL", "RETURN") and not given.get("locationId"):
                return "Location is required to restock"
        left = {payment.id: value for payment, value in self.refundable(order)}
        for given in input.get("transactions") or ():
            if given["kind"] != "REFUND":
                return "Transactions must be refunds"
            parent = given.get("parentId") and number_of(given["parentId"])
            if parent not in left or Decimal(given["amount"]) > left[parent]:
                return "Refund amount exceeds the amount that can be refunded"
            left[parent] -= Decimal(given["amount"])
        if order.currency != order.shop_currency and not input.get("currency"):
            return "Currency must be given"
        return ""
