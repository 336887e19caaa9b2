"""Actions of sellers and buyers: offers, orders, shipments, cancellations."""

from decimal import Decimal

from .orders import Item, Order


def by_sku(order):
    counts = {}
    for item in order.items:
        counts[item.sku] = counts.get(item.sku, 0) + item.quantity - item.refunded_unshipped
    return counts


def share(items, amount, name):
    """Distribute an amount over items by price; the last one gets the rest."""
    total = sum(item.price for item in items) or 1
    rest = amount
    for item in items[:-1]:
        share = (amount * item.price / total).quantize(Decimal("0.01"))
        setattr(item, name, share)
        rest -= share
    setattr(items[-1], name, rest)


class SellingMixin:
    """Actions of sellers and buyers: offers, orders, shipments, cancellations."""

    def add_product(self, sku, name, price="10.00", quantity=0, *, afn=False, **values):
        with self.lock:
            self.listings[sku] = {
                "name": name,
                "price": f"{Decimal(price):.2f}",
                "quantity": 0 if afn else quantity,
                "afn": afn,
                "asin": f"B0{len(self.listings):08}",
            }
        return sku

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """Extend: ``afn`` (bool), ``gift_message``, ``company``, ``purchase_order``, ``tip``,
        ``by_amazon`` (whether Amazon collects the tax), ``at`` (the order's time)
        """
        with self.lock:
            at = shape.get("at") or self.tick()
            number = len(self.shop) + 1
            ref = f"302-{number:07}-{self.random.randrange(10**7):07}"
            rate = shape.get("tax_rate")
            items = [
                Item(
                    f"{number:06}{position:08}",
                    sku,
                    self.listings.get(sku, {}).get("name", sku.title()),
                    quantity,
                    Decimal(price) * quantity,
                    tax_rate=Decimal(str(rate)) if rate is not None else None,
                )
                for position, (sku, quantity, price) in enumerate(lines, 1)
            ]
            share(items, Decimal(shape.get("discount") or 0), "discount")
            share(items, Decimal(shape.get("shipping") or 0), "shipping")
            order = Order(
                ref=ref,
                market=self.market,
                site=self.site,
                currency=shape.get("currency", self.currency),
                placed=at,
                updated=at,
                items=items,
                email=shape.get("email", f"{number:x}sim@marketplace.amazon.example"),
                name=shape.get("name", f"Ann {number}"),
                country=shape.get("country", "GB"),
                state=shape.get("state", ""),
                tax_added=self.tax_added,
                by_amazon=shape.get("by_amazon", self.tax_added),
                paid=(bool(paid) or bool(shape.get("cash"))) and status != "pending",
                cash=bool(shape.get("cash")),
                afn=shape.get("afn", False),
                gift_message=shape.get("gift_message", ""),
                company=shape.get("company", ""),
                purchase_order=shape.get("purchase_order", ""),
                tip=Decimal(shape.get("tip") or 0),
            )
            order.placed_total = order.total
            for item in items:
                self._restock(item.sku, -item.ordered)
            self.shop[ref] = order
            self._notify(order)
            return ref

    def _change(self, order, kind="OrderStatusChange"):
        order.updated = self.tick()
        self._notify(order, kind)

    def pay(self, ref):
        with self.lock:
            self.shop[ref].paid = True
            self._change(self.shop[ref])

    def ship_there(self, ref, sku, quantity):
        """Override: confirm a package in Seller Central."""
        with self.lock:
            order = self.shop[ref]
            [item] = [item for item in order.items if item.sku == sku]
            number = str(len(order.shipments) + 900)
            order.shipments[number] = {"items": {item.ref: quantity}, "number": f"SC{number}"}
            self._change(order)

    def touch(self, ref):
        with self.lock:
            self._change(self.shop[ref])

    def cancel_order(self, ref):
        with self.lock:
            self._cancel(self.shop[ref])

    def _cancel(self, order):
        """Cancel unshipped units, and refund the buyer."""
        before = order.total
        left = {item: item.quantity - order.shipped(item) for item in order.items}
        for item, count in left.items():
            item.cancelled += count
            self._restock(item.sku, count)
        order.cancelled = not order.shipments
        order.refund_buyer(before - order.total)
        if any(left.values()):
            self._change(order)

    def _restock(self, sku, count):
        """Update an offer's stock as Amazon does: less with an order, more when it is cancelled."""
        listing = self.listings.get(sku)
        if listing and not listing["afn"]:
            listing["quantity"] = max(listing["quantity"] + count, 0)

    def request_cancel(self, ref, reason="Ordered by mistake"):
        with self.lock:
            for item in self.shop[ref].items:
                item.cancel_reason = reason
            self._change(self.shop[ref], "BuyerRequestedChange")

    def ship_by_amazon(self, ref):
        """Ship an order from Amazon's own warehouse."""
        with self.lock:
            order = self.shop[ref]
            counts = {item.ref: item.quantity for item in order.items}
            order.shipments["1"] = {"items": counts, "number": "TBA1"}
            self._change(order)

    def orders(self):
        with self.lock:
            return {
                ref: {
                    "total": f"{order.placed_total:.2f}",
                    "currency": order.currency,
                    "cancelled": order.cancelled,
                    "paid": order.placed_total if order.paid and not order.cash else Decimal(0),
                    "refunded": order.refunded,
                    "quantities": by_sku(order),
                }
                for ref, order in self.shop.items()
            }

    def stock(self):
        with self.lock:
            return {
                (sku, "DEFAULT"): listing["quantity"]
                for sku, listing in self.listings.items()
                if not listing["afn"]
            }
