"""Refunds of lines, taxes and amounts, and their restock."""

from decimal import Decimal

from .shop import (
    ZERO,
    money,
    times,
)


class Refunds:
    """Refunds of lines, taxes and amounts, and their restock."""

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        with self.lock:
            order = self.book[int(ref)]
            rows = [self._refund_row(order, sku, quantity) for sku, quantity in lines]
            told = [self.refund_line(order, row) for row in rows]
            shares = sum((Decimal(t["total"]) + Decimal(t["total_tax"]) for t in told), ZERO)
            total = Decimal(amount) if amount is not None else -shares
            if not total:
                # Units without amount are lines with zero.
                for line in told:
                    line.update(total="0.00", total_tax="0.00", subtotal="0.00", taxes=[])
            refund = self.add_refund(order, told, total, "Changed their mind", pays=True)
            self.restock(told)
            return str(refund["id"])

    def delete_refund(self, ref, refund):
        """Delete a refund in the admin: neither the order's time nor a message shows it; the
        gateway's payment stays, and no stock moves.
        """
        with self.lock:
            order = self.book[int(ref)]
            for rows in (self.refunds[order["id"]], order["refunds"]):
                rows[:] = [row for row in rows if str(row["id"]) != str(refund)]

    def refund_tax(self, ref, sku):
        """Refund only the tax of a line. :return: the refund's id"""
        with self.lock:
            order = self.book[int(ref)]
            row = {**self._refund_row(order, sku, 1), "quantity": 0, "refund_total": "0.00"}
            line = next(one for one in order["line_items"] if one["sku"] == sku)
            row["refund_tax"] = [
                {"id": tax["id"], "refund_total": tax["total"]} for tax in line["taxes"]
            ]
            told = self.refund_line(order, row)
            refund = self.add_refund(
                order, [told], Decimal(line["total_tax"]), "Exempt from tax", pays=True
            )
            return str(refund["id"])

    def _refund_row(self, order, sku, quantity):
        line = next(row for row in order["line_items"] if row["sku"] == sku)
        net = Decimal(line["total"]) * quantity / line["quantity"]
        taxes = [
            {
                "id": t["id"],
                "refund_total": money(Decimal(t["total"]) * quantity / line["quantity"]),
            }
            for t in line["taxes"]
        ]
        return {
            "id": line["id"],
            "quantity": quantity,
            "refund_total": money(net),
            "refund_tax": taxes,
        }

    def add_refund(self, order, lines, amount, reason, *, pays):
        """Refund money; an order that is refunded in full gets its own status."""
        refund = {
            "id": self.next_id("refund"),
            "parent_id": order["id"],
            **times("date_created", self.tick()),
            "amount": money(amount),
            "reason": reason,
            "refunded_by": 1,
            "refunded_payment": pays,
            "meta_data": [],
            "line_items": [line for line in lines if "sku" in line],
            "shipping_lines": [line for line in lines if "method_id" in line],
            "fee_lines": [],
        }
        self.refunds.setdefault(order["id"], []).append(refund)
        order["refunds"].append(
            {"id": refund["id"], "reason": reason, "total": money(-amount), "total_tax": "0.00"}
        )
        if self.refunded(order) >= Decimal(order["total"]) > 0:
            order["status"] = "refunded"
        self.changed(order)
        return refund

    def refunded(self, order):
        """:return: the refunded amount of an order"""
        return sum((Decimal(r["amount"]) for r in self.refunds.get(order["id"], ())), ZERO)
