"""Products, and orders as customers place them."""

from decimal import Decimal

from . import rest
from .store import (
    ZERO,
    Line,
    Order,
    Part,
    Transaction,
    Variant,
    cents,
)


class Selling:
    """Products, and orders as customers place them."""

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        with self.lock:
            variant = Variant(
                *(self.new_id(), self.new_id(), self.new_id(), sku, name, Decimal(price)),
                levels={71: int(quantity), 72: int(values.get("shop_floor", 0))},
                barcode=values.get("barcode", ""),
                tracked=values.get("tracked", True),
            )
            self.variants[sku] = variant
            self.notify({"products/create": rest.product([variant])})
            return str(variant.id)

    def sell_at_till(self, sku, quantity=1, location=71):
        """Change the store's own stock, as by a sale in its point of sale."""
        with self.lock:
            variant = self.variants[sku]
            variant.levels[location] -= quantity
            self.notify_level(variant, location)

    def notify_level(self, variant, location):
        self.notify(
            {
                "inventory_levels/update": {
                    "inventory_item_id": variant.item_id,
                    "location_id": location,
                    "available": variant.levels[location],
                    "updated_at": self.stamp(),
                }
            }
        )

    def stock(self):
        with self.lock:
            return {
                (variant.sku, str(location)): quantity
                for variant in self.variants.values()
                for location, quantity in variant.levels.items()
            }

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """See the base class. Further properties: ``tax_included`` (false adds the tax), ``hold``,
        ``risk`` (texts), ``pickup`` (bool), ``fulfill_at`` (ISO), ``company`` (name),
        ``gift_card`` (text, paid with one), ``tip``, ``fees``, ``duty`` (texts), ``rate``
        (of the shop's currency), ``test`` (bool), ``attributes`` (pairs), ``guest`` (bool),
        ``terms`` (name of the payment terms).
        """
        with self.lock:
            order = self._new_order(lines, shape)
            self.by_id[order.id] = order
            self._first_payment(order, paid, status, shape)
            self._plan(order, shape)
            bodies = {"orders/create": rest.order(order)}
            if order.financial_status == "paid":
                bodies["orders/paid"] = rest.order(order)
            self.notify(bodies, order)
            for made in order.transactions:
                self.notify({"order_transactions/create": rest.transaction(order, made)}, order)
            return str(order.id)

    def _new_order(self, lines, shape):
        number, at = self.new_id(), self.stamp()
        first, _space, last = shape.get("name", "Ann Example").partition(" ")
        address = {
            "first_name": first,
            "last_name": last,
            "name": f"{first} {last}".strip(),
            "company": shape.get("company"),
            "address1": "1 High Street",
            "address2": None,
            "city": "Leeds",
            "zip": "LS1 1AA",
            "province": shape.get("state_name", "England"),
            "province_code": shape.get("state", "ENG"),
            "country_code": shape.get("country", "GB"),
            "phone": None,
        }
        email = shape.get("email", f"ann.{number}@example.com")
        customer = {"id": number + 500_000, "first_name": first, "last_name": last, "email": email}
        order = Order(
            *(number, f"#{number}", at, at, email),
            None if shape.get("guest") else customer,
            None if shape.get("pickup") else address,
            address,
            shape.get("currency", self.currency),
            [self._line(*line) for line in lines],
            shop_currency=self.currency,
            rate=Decimal(shape.get("rate", "1")),
            taxes_included=shape.get("tax_included", True),
            note=shape.get("note"),
            attributes=list(shape.get("attributes", ())),
            risk=shape.get("risk", "none"),
            test=shape.get("test", False),
            tip=Decimal(shape.get("tip", "0.00")),
            fees=Decimal(shape.get("fees", "0.00")),
            terms=shape.get("terms"),
        )
        if shape.get("company"):
            order.company = {"id": 9001, "name": shape["company"], "tax_number": "DE123456789"}
        if shape.get("duty"):
            order.lines[0].duties = ((self.new_id(), "6912.00", Decimal(shape["duty"])),)
        if "shipping" in shape:
            line = Line(self.new_id(), "", "Standard", 1, Decimal(shape["shipping"]))
            order.shipping.append(line)
        self._spread_discount(order, Decimal(shape.get("discount", "0")))
        self._tax(order, shape.get("tax_rate"))
        return order

    def _line(self, sku, quantity, price):
        variant = self.variants.get(sku)
        title = variant.title if variant else sku.title()
        return Line(
            self.new_id(),
            sku,
            title,
            quantity,
            Decimal(price),
            variant=variant,
            gift_card=sku.startswith("GIFT"),
        )

    def _spread_discount(self, order, discount):
        """Allocate a discount of the whole order to its lines, to the cent."""
        total, left = sum(line.subtotal for line in order.lines), discount
        for line in order.lines[:-1]:
            line.discount = cents(discount * line.subtotal / total) if total else ZERO
            left -= line.discount
        order.lines[-1].discount = left

    def _tax(self, order, rate):
        if not rate:
            return
        share = Decimal(rate) / 100
        for line in (*order.lines, *order.shipping):
            base = line.subtotal / (1 + share) if order.taxes_included else line.subtotal
            line.taxes = [("VAT", share, cents(base * share))]

    def _first_payment(self, order, paid, status, shape):
        left = order.total
        if shape.get("gift_card"):
            part = min(Decimal(shape["gift_card"]), left)
            left -= part
            self._transact(order, "sale", part, gateway="gift_card", method="")
        if not left:
            return
        if shape.get("terms"):
            return
        if shape.get("cash"):
            cash = {"gateway": "Cash on Delivery (COD)", "method": ""}
            self._transact(order, "sale", left, status="pending", **cash)
        elif status == "pending":
            self._transact(order, "sale", left, status="pending")
        elif paid is None:
            self._transact(order, "authorization", left)
        elif paid:
            self._transact(order, "sale", left)

    def _transact(self, order, kind, value, **values):
        made = Transaction(self.new_id(), kind, cents(value), self.stamp(), **values)
        order.transactions.append(made)
        return made

    def _plan(self, order, shape):
        """Create the fulfillment orders, and reduce the available stock."""
        lines = [line for line in order.lines if not line.gift_card]
        if not lines:
            return
        part = Part(
            self.new_id(),
            71,
            [[self.new_id(), line, line.quantity] for line in lines],
            order.updated,
            method="PICK_UP" if shape.get("pickup") else "SHIPPING",
        )
        if shape.get("hold"):
            part.status, part.holds = "on_hold", [("other", shape["hold"])]
        if shape.get("fulfill_at"):
            part.status, part.fulfill_at = "scheduled", shape["fulfill_at"]
        order.parts.append(part)
        for line in lines:
            if line.variant:
                line.variant.levels[71] -= line.quantity
                self.notify_level(line.variant, 71)
