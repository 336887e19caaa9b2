"""Changes of orders: states, payments, stock, edits."""

from decimal import (
    Decimal,
)

from .tables import UNWANTED, rounded, six


class States:
    """Changes of orders: states, payments, stock, edits."""

    def _deduct_stock(self, order, sign):
        for detail in self.rows("order_details", id_order=order["id"]):
            for combination in {detail["product_attribute_id"], "0"}:
                for row in self.rows(
                    "stock_availables",
                    id_product=detail["product_id"],
                    id_product_attribute=combination,
                ):
                    if row["id_shop"] in ("0", order["id_shop"]):
                        change = sign * int(detail["product_quantity"])
                        row["quantity"] = str(int(row["quantity"]) + change)

    def _flag(self, state, name):
        row = self.tables["order_states"].get(int(state or 0))
        return bool(row) and row[name] == "1"

    def _set_state(self, order, state):
        """Move an order to a state, with its effects on stock, payment and carrier."""
        before = order["current_state"]
        if state in UNWANTED and before not in UNWANTED and before != "0":
            self._deduct_stock(order, 1)
        if before in UNWANTED and self._flag(state, "logable"):
            self._deduct_stock(order, -1)
        order.update(
            current_state=state,
            valid="1" if self._flag(state, "logable") else "0",
            date_upd=self.local(),
        )
        if self._flag(state, "paid"):
            self._pay_rest(order)
        return self.insert(
            "order_histories",
            id_order=str(order["id"]),
            id_order_state=state,
            id_employee="0",
            date_add=self.local(),
        )

    def _pay_rest(self, order):
        rest = Decimal(order["total_paid_tax_incl"]) - Decimal(order["total_paid_real"])
        if rest > 0:
            self.add_payment(order["id"], rest)

    def add_payment(self, ref, amount, currency="", **values):
        """Add a payment, as PrestaShop books it: by the reference of the checkout."""
        with self.lock:
            order = self.tables["orders"][int(ref)]
            row = self.insert(
                "order_payments",
                order_reference=order["reference"],
                id_currency=str(self.rows("currencies", iso_code=currency)[0]["id"])
                if currency
                else order["id_currency"],
                amount=six(Decimal(amount)),
                payment_method=order["payment"],
                conversion_rate=order["conversion_rate"],
                transaction_id=values.get("transaction_id", ""),
                date_add=self.local(),
            )
            order["total_paid_real"] = six(Decimal(order["total_paid_real"]) + Decimal(amount))
            order["date_upd"] = self.local()
            return str(row["id"])

    def pay(self, ref):
        self._move(ref, "2")

    def _move(self, ref, state):
        with self.lock:
            self.tick()
            self._set_state(self.tables["orders"][int(ref)], state)

    def ship(self, ref):
        """Mark an order as shipped, by staff."""
        self._move(ref, "4")

    def edit_order(self, ref, lines):
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            self._deduct_stock(order, 1)
            self._fill(order, lines, Decimal(order["carrier_tax_rate"]))
            self._share_rules(order)
            self._sum_up(order)
            self._deduct_stock(order, -1)
            order["date_upd"] = self.local()

    def add_line(self, ref, sku, quantity, price, tax_rate=None):
        """Override: nothing can be added to an order that was ever shipped; an added line may have
        its own ``tax_rate``.
        """
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            states = {row["id_order_state"] for row in self.rows("order_histories", id_order=ref)}
            if any(self._flag(state, "shipped") for state in states):
                raise ValueError("Cannot add product to shipped order")
            rate = Decimal(tax_rate or order["carrier_tax_rate"])
            values = self._detail_values(order, sku, quantity, price, rate)
            self.insert("order_details", **values)
            self._share_rules(order)
            self._sum_up(order)
            order["date_upd"] = self.local()

    def _share_rules(self, order):
        """Recompute discounts for the current rows: amounts stay, up to the price of the items, and
        their tax follows the items; both are rounded.
        """
        details = self.rows("order_details", id_order=order["id"])
        goods, net = (
            sum((Decimal(d[f"total_price_tax_{kind}"]) for d in details), Decimal(0))
            for kind in ("incl", "excl")
        )
        sums = {"incl": Decimal(0), "excl": Decimal(0)}
        for rule in self.rows("order_cart_rules", id_order=order["id"]):
            value = rounded(min(Decimal(rule["value"]), goods), self._coin(order))
            of_net = rounded(value * net / goods if goods else value, self._coin(order))
            rule.update(value=six(value), value_tax_excl=six(of_net))
            sums["incl"] += value
            sums["excl"] += of_net
        for kind, amount in sums.items():
            order[f"total_discounts_tax_{kind}"] = six(amount)
        order["total_discounts"] = order["total_discounts_tax_incl"]

    def change_address(self, ref, city):
        """Override: add another address row, since the old one remains the customer's."""
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            [old] = self.rows("addresses", id=order["id_address_delivery"])
            values = {key: value for key, value in old.items() if key != "id"}
            new = self.insert("addresses", **{**values, "city": city})
            order.update(id_address_delivery=str(new["id"]), date_upd=self.local())

    def touch(self, ref):
        with self.lock:
            self.tick()
            self.tables["orders"][int(ref)].update(note="Call back", date_upd=self.local())

    def cancel_order(self, ref):
        self._move(ref, "6")

    def reopen_order(self, ref):
        self._move(ref, "2")
