"""Changes of orders: paid, edited, cancelled, refunded."""

from decimal import Decimal

from . import rest
from .graph_values import gid
from .store import (
    ZERO,
    Refund,
)


class Editing:
    """Changes of orders: paid, edited, cancelled, refunded."""

    def pay(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            left = order.total - order.removed_units - order.paid
            promised = [
                t for t in order.transactions if t.kind == "authorization" or t.status == "pending"
            ]
            if promised and promised[-1].kind == "authorization":
                made = self._transact(order, "capture", left, parent=promised[-1].id)
            elif promised:
                made = promised[-1]
                made.status, made.at = "success", self.stamp()
            else:
                made = self._transact(order, "sale", left)
            self._changed(
                order, "orders/paid", {"order_transactions/create": rest.transaction(order, made)}
            )

    def edit_order(self, ref, lines):
        with self.lock:
            order = self.by_id[int(ref)]
            wanted = {sku: (quantity, price) for sku, quantity, price in lines}
            taken = Refund(self.new_id(), self.stamp(), "edited")
            for line in order.lines:
                quantity, _price = wanted.pop(line.sku, (0, None))
                current = line.quantity - line.gone
                if quantity < current:
                    taken.lines.append((line, current - quantity, "cancel"))
                    self._remove_units(order, line, current - quantity)
                elif quantity > current:
                    self._add_to(order, line, quantity - current)
            for sku, (quantity, price) in wanted.items():
                self._sell_more(order, sku, quantity, price)
            more = {}
            if taken.lines:
                order.refunds.append(taken)
                more["refunds/create"] = rest.refund(order, taken)
            self._edited(order, more)

    def add_line(self, ref, sku, quantity, price):
        with self.lock:
            order = self.by_id[int(ref)]
            self._sell_more(order, sku, quantity, price)
            self._edited(order, {})

    def _sell_more(self, order, sku, quantity, price):
        line = self._line(sku, quantity, price)
        order.lines.append(line)
        part = order.parts[0]
        part.lines.append([self.new_id(), line, line.quantity])
        part.status = "open" if part.status == "closed" else part.status

    def _edited(self, order, more):
        body = {"order_edit": {"id": self.new_id(), "order_id": order.id}}
        self._changed(order, None, {"orders/edited": body, **more})

    def _add_to(self, order, line, quantity):
        """Add units to a line."""
        line.quantity += quantity
        part = order.parts[0]
        for entry in part.lines:
            if entry[1] is line:
                entry[2] += quantity
        part.status = "open" if part.status == "closed" else part.status

    def _remove_units(self, order, line, quantity, *, returned=False):
        """Remove units from a line and its fulfillment orders; returned units were shipped."""
        line.gone += quantity
        if returned:
            line.returned += quantity
            return
        for part in order.parts:
            for entry in part.lines:
                if entry[1] is line:
                    entry[2] -= min(quantity, entry[2])
            if not any(entry[2] for entry in part.lines) and part.status != "closed":
                part.status = "closed"
            part.updated = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def change_address(self, ref, city):
        with self.lock:
            order = self.by_id[int(ref)]
            order.address = {**order.address, "city": city}
            self._changed(order)

    def touch(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            order.tags.append(f"seen-{self.new_id()}")
            self._changed(order)

    def cancel_order(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            self._cancel(order, "customer", refund=True, restock=True)

    def _cancel(self, order, reason, refund, restock):
        order.cancelled, order.cancel_reason = self.stamp(), reason
        made = Refund(self.new_id(), self.stamp(), "cancelled")
        made.lines = [
            (line, line.quantity - line.gone, "cancel" if restock else "no_restock")
            for line in order.lines
            if line.quantity > line.gone
        ]
        for line, quantity, _kind in made.lines:
            self._remove_units(order, line, quantity)
        for promised in [t for t in order.transactions if t.kind == "authorization"]:
            if not order.paid:
                self._transact(order, "void", promised.amount, parent=promised.id)
        if refund:
            made.transactions = self._refund_payments(order, order.paid - order.refunded)
        for part in order.parts:
            part.status = "closed"
        order.refunds.append(made)
        self._changed(order, "orders/cancelled", {"refunds/create": rest.refund(order, made)})

    def refundable(self, order):
        """:return: pairs (payment, refundable amount)"""
        return [
            (
                payment,
                payment.amount
                - sum(
                    t.amount
                    for t in order.transactions
                    if t.kind == "refund" and t.parent == payment.id
                ),
            )
            for payment in order.transactions
            if payment.kind in ("sale", "capture") and payment.status == "success"
        ]

    def _refund_payments(self, order, value):
        made = []
        for payment, left in self.refundable(order):
            part = min(value, left)
            if part > 0:
                value -= part
                made.append(
                    self._transact(
                        order, "refund", part, parent=payment.id, gateway=payment.gateway
                    )
                )
        return made

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        with self.lock:
            order = self.by_id[int(ref)]
            made = Refund(self.new_id(), self.stamp(), "goodwill")
            due = ZERO
            for sku, quantity in lines:
                line = next(li for li in order.lines if li.sku == sku)
                made.lines.append((line, quantity, "return" if returned else "cancel"))
                due += order.worth(line, quantity)
                self._remove_units(order, line, quantity, returned=returned)
            made.transactions = self._refund_payments(
                order, due if amount is None else Decimal(amount)
            )
            order.refunds.append(made)
            self._changed(order, None, {"refunds/create": rest.refund(order, made)})
            return str(made.id)

    def judge(self, ref, risk):
        """Set an app's risk assessment of an order: ``high``, ``medium``, ``low``."""
        with self.lock:
            order = self.by_id[int(ref)]
            order.risk = risk
            body = {
                "provider_title": "Judge",
                "risk_level": risk,
                "order_id": order.id,
                "admin_graphql_api_order_id": gid("Order", order.id),
            }
            self._changed(order, None, {"orders/risk_assessment_changed": body})

    def orders(self):
        with self.lock:
            return {
                str(order.id): {
                    "total": f"{order.total - order.removed_units:.2f}",
                    "currency": order.currency,
                    "cancelled": bool(order.cancelled),
                    "paid": order.paid,
                    "refunded": order.refunded,
                    "quantities": {
                        line.sku: line.quantity - line.gone
                        for line in order.lines
                        if line.quantity > line.gone
                    },
                }
                for order in self.by_id.values()
            }
