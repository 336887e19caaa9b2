"""Orders as customers place them, and their changes."""

from collections import Counter
from decimal import Decimal

from .shop import (
    ZERO,
    address,
    line_item,
    money,
    refunded_quantity,
    shipping_line,
    spread,
    times,
)
from .webhooks import TITLES

#: gateways whose orders are processed before payment; a plugin may add more
POSTPAID = ("cod", "smart_cod")


class Orders:
    """Orders as customers place them, and their changes."""

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        with self.lock:
            order = self._new_order(lines, shape)
            self.book[order["id"]] = order
            if status == "pending":
                order["status"] = "pending"
            elif order["payment_method"] in POSTPAID:
                self._place_unpaid(order)
            elif paid:
                self._mark_paid(order)
            elif paid is None:
                order.update(status="on-hold", transaction_id=f"ch_{order['id']}")
                self.set_meta(order, "_stripe_charge_captured", "no")
            else:
                self._place_unpaid(order)
            order.update(shape.get("values", {}))
            self.emit("order.created", order["id"])
            self.emit("order.updated", order["id"])
            for sku, quantity, _price in lines:
                self.move_stock(sku, -quantity)
            return str(order["id"])

    def _place_unpaid(self, order):
        """Process an order that is paid later: WooCommerce sets a payment date nevertheless."""
        if order["payment_method"] in POSTPAID:
            order.update(status="processing", **times("date_paid", self.now))
        else:
            order["status"] = "on-hold"

    def _new_order(self, lines, shape):
        at, rate = self.tick(), shape.get("tax_rate")
        order_id = self.next_id("order")
        method = shape.get("payment_method", "cod" if shape.get("cash") else "stripe")
        name = shape.get("name", f"Ann {order_id}")
        country = shape.get("country", "GB")
        email = shape.get("email", f"ann.{order_id}@example.com")
        order = {
            "id": order_id,
            "parent_id": 0,
            "number": str(order_id),
            "status": "pending",
            "currency": shape.get("currency", self.currency),
            "version": "11.0.1",
            "prices_include_tax": bool(rate),
            **times("date_created", at),
            **times("date_modified", at),
            **times("date_paid", None),
            **times("date_completed", None),
            "customer_id": shape.get("customer_id", 0),
            "order_key": f"wc_order_{order_id}",
            "billing": address(name, country, email, shape.get("state", "")),
            "shipping": address(name, country, state=shape.get("state", "")),
            "payment_method": method,
            "payment_method_title": shape.get("payment_title", TITLES.get(method, "Card")),
            "transaction_id": "",
            "created_via": "checkout",
            "customer_note": shape.get("note", ""),
            "meta_data": [],
            "fee_lines": [],
            "coupon_lines": [],
            "refunds": [],
        }
        self._fill(order, lines, rate, shape.get("discount"), shape.get("shipping"))
        return order

    def _fill(self, order, lines, rate, discount, shipping):
        """Set the lines and sums of an order; a line with the same product keeps its id."""
        known = {line["sku"]: line["id"] for line in order.get("line_items", ())}
        amounts = [Decimal(price) * quantity for _sku, quantity, price in lines]
        parts = spread(Decimal(discount or 0), amounts)
        order["line_items"] = [
            line_item(
                known.get(sku) or self.next_id("item"),
                self.shown(self._product(sku)),
                quantity,
                price,
                rate,
                part,
            )
            for (sku, quantity, price), part in zip(lines, parts, strict=True)
        ]
        if discount:
            order["coupon_lines"] = [{"id": self.next_id("item"), "code": "less"}]
        if "shipping_lines" not in order:
            self._postage[order["id"]] = Decimal(shipping or 0)
            order["shipping_lines"] = (
                [shipping_line(self.next_id("item"), shipping, rate)] if shipping else []
            )
        # The total of the cart; the lines in the API are rounded one by one.
        goods = sum(amounts, ZERO) - Decimal(discount or 0)
        order["total"] = money(goods + self._postage[order["id"]])
        order["tax_lines"] = (
            [{"id": 1, "rate_id": 1, "label": "VAT", "rate_percent": float(rate)}] if rate else []
        )

    def _mark_paid(self, order):
        order.update(status="processing", **times("date_paid", self.now))
        if order["payment_method"] not in ("cod", "bacs"):
            order["transaction_id"] = order["transaction_id"] or f"ch_{order['id']}"
        self.set_meta(order, "_stripe_charge_captured", "yes")

    def changed(self, order):
        """Set a new time of change, and create the deliveries."""
        order.update(times("date_modified", self.tick()))
        self.emit("order.updated", order["id"])

    def set_status(self, order, status):
        """Move an order to a status, with the effects in the store."""
        before = order["status"]
        if status == before:
            return
        order["status"] = status
        if status == "completed":
            order.update(times("date_completed", self.now))
        if status in ("processing", "completed") and not order["date_paid_gmt"]:
            order.update(times("date_paid", self.now))
        if status == "cancelled" and before != "refunded":
            refunds = self.refunds.get(order["id"], ())
            for line in order["line_items"]:
                left = line["quantity"] - refunded_quantity(refunds, line["id"])
                self.move_stock(line["sku"], left)

    def pay(self, ref):
        with self.lock:
            order = self.book[int(ref)]
            self._mark_paid(order)
            self.changed(order)

    def edit_order(self, ref, lines):
        with self.lock:
            order = self.book[int(ref)]
            rate = next((t["rate_percent"] for t in order["tax_lines"]), None)
            before = Counter({r["sku"]: r["quantity"] for r in order["line_items"]})
            self._fill(order, lines, rate, None, None)
            self.changed(order)
            after = Counter({sku: quantity for sku, quantity, _price in lines})
            for sku in before.keys() | after.keys():
                if before[sku] != after[sku]:
                    self.move_stock(sku, before[sku] - after[sku])

    def add_line(self, ref, sku, quantity, price):
        """Override: a completed order cannot be edited until staff change its status."""
        with self.lock:
            order = self.book[int(ref)]
            rate = next((t["rate_percent"] for t in order["tax_lines"]), None)
            line = line_item(
                self.next_id("item"), self._product(sku), quantity, price, rate, Decimal(0)
            )
            if order["status"] in ("completed", "refunded"):
                order["status"] = "processing"
            order["line_items"].append(line)
            order["total"] = money(Decimal(order["total"]) + Decimal(price) * quantity)
            self.changed(order)
            self.move_stock(sku, -quantity)

    def change_address(self, ref, city):
        with self.lock:
            order = self.book[int(ref)]
            order["shipping"] = {**order["shipping"], "city": city}
            self.changed(order)

    def touch(self, ref):
        with self.lock:
            order = self.book[int(ref)]
            self.set_meta(order, "_internal", str(self.now))
            self.changed(order)

    def cancel_order(self, ref):
        with self.lock:
            order = self.book[int(ref)]
            if order["status"] != "cancelled":
                self.set_status(order, "cancelled")
                self.changed(order)

    def reopen_order(self, ref):
        with self.lock:
            order = self.book[int(ref)]
            self.set_status(order, "processing")
            for line in order["line_items"]:
                self.move_stock(line["sku"], -line["quantity"])
            self.changed(order)

    def trash_order(self, ref):
        """Move an order to the trash; its time of change stays."""
        with self.lock:
            order = self.book[int(ref)]
            self._trashed[order["id"]] = order["status"]
            order["status"] = "trash"
            self.emit("order.deleted", int(ref))

    def erase_order(self, ref):
        """Delete an order permanently; no webhook is sent."""
        with self.lock:
            self.book.pop(int(ref))

    def restore_order(self, ref):
        """Restore an order from the trash, with its former status."""
        with self.lock:
            order = self.book[int(ref)]
            order.update(status=self._trashed.pop(order["id"]))
            order.update(times("date_modified", self.tick()))
            self.emit("order.restored", int(ref))

    def orders(self):
        with self.lock:
            return {str(order["id"]): self._truth(order) for order in self.book.values()}

    def _truth(self, order):
        refunds = self.refunds.get(order["id"], ())
        cancelled = order["status"] in ("cancelled", "refunded", "trash")
        quantities = Counter()
        for line in order["line_items"]:
            left = line["quantity"] - refunded_quantity(refunds, line["id"])
            if left and not cancelled:
                quantities[line["sku"]] += left
        return {
            "total": order["total"],
            "currency": order["currency"],
            "cancelled": cancelled,
            "paid": Decimal(order["total"])
            if order["date_paid_gmt"] and order["payment_method"] not in POSTPAID
            else ZERO,
            "refunded": self.refunded(order),
            "quantities": dict(quantities),
        }
