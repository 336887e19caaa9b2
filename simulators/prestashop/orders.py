"""Orders, as customers place them."""

import html
from decimal import (
    Decimal,
)

from .tables import AWAITING, PAYMENTS, rounded, six


class Orders:
    """Orders, as customers place them."""

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """Override: also supports ``shop``, ``gift_message``, ``wrapping``, ``reference`` (of a
        split checkout), ``voucher`` (name), ``free_shipping``, ``company``,
        ``vat_number``, ``conversion_rate``, ``module``, ``off`` (difference between the total and
        its parts, as the real store rounds each of them).

        PrestaShop has no authorized payments: such an order is unpaid.
        """
        with self.lock:
            self.tick()
            customer, address = self._add_person(shape)
            rate = Decimal(str(shape.get("tax_rate", "0")))
            order = self._add_head(customer, address, rate, shape)
            self._fill(order, lines, rate)
            self._add_extras(order, rate, shape)
            self._sum_up(order)
            for name in ("total_paid", "total_paid_tax_incl"):
                order[name] = six(Decimal(order[name]) + Decimal(shape.get("off", "0")))
            self.totals[str(order["id"])] = order["total_paid_tax_incl"]
            self._deduct_stock(order, -1)
            self.insert(
                "order_carriers",
                id_order=str(order["id"]),
                id_carrier="2",
                tracking_number="",
                date_add=self.local(),
            )
            unpaid = AWAITING.get(order["module"], "10")
            is_paid = paid and order["module"] != "ps_cashondelivery"
            self._set_state(order, "8" if status == "pending" else "2" if is_paid else unpaid)
            return str(order["id"])

    def _add_head(self, customer, address, rate, shape):
        """:return: a new order of a customer, without rows and sums"""
        currency = self.rows("currencies", iso_code=shape.get("currency", "EUR"))[0]
        usual = "ps_cashondelivery" if shape.get("cash") else "ps_wirepayment"
        module = shape.get("module", usual)
        return self.insert(
            "orders",
            id_address_delivery=str(address["id"]),
            id_address_invoice=str(address["id"]),
            id_cart="0",
            id_currency=str(currency["id"]),
            id_lang="2",
            id_customer=str(customer["id"]),
            id_carrier="2",
            current_state="0",
            module=module,
            valid="0",
            date_add=self.local(),
            date_upd=self.local(),
            note="",
            id_shop=str(shape.get("shop", "1")),
            id_shop_group="1",
            secure_key="b44a6d9efd7a0076a0fbce6b15eaf3b1",
            payment=PAYMENTS.get(module, module),
            gift="1" if shape.get("gift_message") or shape.get("wrapping") else "0",
            gift_message=shape.get("gift_message", ""),
            carrier_tax_rate=f"{rate:.3f}",
            conversion_rate=currency["conversion_rate"],
            total_paid_real="0.000000",
            reference=shape.get("reference") or self._reference(),
            round_mode=self._setting("PS_PRICE_ROUND_MODE"),
            round_type=self._setting("PS_ROUND_TYPE"),
        )

    def _reference(self):
        return "".join(self.random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _n in range(9))

    def _add_person(self, shape):
        first, _space, last = shape.get("name", "Ann Lee").partition(" ")
        customer = self.insert(
            "customers",
            firstname=first,
            lastname=last,
            email=shape.get("email", "ann.lee@example.com"),
            company=shape.get("company", ""),
            siret=shape.get("siret", ""),
            ape="",
            id_lang="2",
            is_guest="1" if shape.get("guest") else "0",
            passwd="$2y$10$secret",
        )
        iso = shape.get("country", "FR")
        country = self.rows("countries", iso_code=iso)
        state = {}
        if code := shape.get("state"):
            # Every country has the states of its localization pack.
            country = country or [self.insert("countries", iso_code=iso, active="1")]
            state = self.insert(
                "states",
                iso_code=code,
                name=shape.get("state_name", code),
                id_country=str(country[0]["id"]),
            )
        address = self.insert(
            "addresses",
            id_customer=str(customer["id"]),
            firstname=first,
            lastname=last,
            company=shape.get("company", ""),
            vat_number=shape.get("vat_number", ""),
            dni="",
            address1="16, Main street",
            address2="",
            postcode="75002",
            city="Paris",
            id_country=str(country[0]["id"]) if country else "0",
            id_state=str(state.get("id", 0)),
            phone="0102030405",
            phone_mobile="",
            other=shape.get("address_note", ""),
            alias="My Address",
        )
        return customer, address

    def _fill(self, order, lines, rate):
        """Set the rows of an order; existing rows with the same SKU are kept."""
        kept = {
            (d["product_id"], d["product_attribute_id"]): d
            for d in self.rows("order_details", id_order=order["id"])
        }
        for detail in kept.values():
            del self.tables["order_details"][detail["id"]]
        for sku, quantity, price in lines:
            values = self._detail_values(order, sku, quantity, price, rate)
            sold = values["product_id"], values["product_attribute_id"]
            if sold in kept:
                refunded = kept[sold]["product_quantity_refunded"]
                row = {"id": kept[sold]["id"], **values, "product_quantity_refunded": refunded}
                self.tables["order_details"][row["id"]] = row
            else:
                self.insert("order_details", **values)

    def _detail_values(self, order, sku, quantity, price, rate):
        """:return: the values of a row of an order"""
        product, combination = self._find(sku)
        gross = Decimal(price)
        net = gross / (1 + rate / 100)
        tax = self._tax_group(rate)
        own = combination or product
        return {
            "id_order": str(order["id"]),
            "product_id": str(product["id"]),
            "product_attribute_id": str(combination["id"] if combination else 0),
            "product_quantity": str(quantity),
            "product_quantity_refunded": "0",
            "product_name": product["name"][0]["value"],
            # The product's codes, where the combination has none.
            "product_reference": own["reference"] or product["reference"],
            "product_ean13": own["ean13"] or product["ean13"],
            "product_upc": "",
            "product_isbn": "",
            "product_price": six(net),
            "id_customization": "0",
            "download_hash": "hash" if str(product["id"]) in self.files else "",
            "unit_price_tax_incl": six(gross),
            "unit_price_tax_excl": six(net),
            "total_price_tax_incl": six(self._row_total(order, gross, quantity)),
            "total_price_tax_excl": six(self._row_total(order, net, quantity)),
            "associations": {"taxes": [{"id": tax}] if rate else []},
        }

    def _row_total(self, order, price, quantity):
        """:return: the price of units, rounded by unit, by row or not yet"""
        coin, mode = self._coin(order), order["round_mode"]
        if order["round_type"] == "1":
            return rounded(price, coin, mode) * quantity
        total = price * quantity
        return rounded(total, coin, mode) if order["round_type"] == "2" else total

    def _add_extras(self, order, rate, shape):
        for key, name in (("shipping", "total_shipping"), ("wrapping", "total_wrapping")):
            gross = Decimal(shape.get(key) or "0")
            order[f"{name}_tax_incl"] = order[name] = six(gross)
            order[f"{name}_tax_excl"] = six(gross / (1 + rate / 100))
        discount = Decimal(shape.get("discount") or "0")
        order["total_discounts_tax_incl"] = order["total_discounts"] = six(discount)
        order["total_discounts_tax_excl"] = six(discount / (1 + rate / 100))
        if discount:
            self.insert(
                "order_cart_rules",
                id_order=str(order["id"]),
                id_cart_rule="1",
                name=shape.get("voucher", "Welcome"),
                value=six(discount),
                value_tax_excl=order["total_discounts_tax_excl"],
                free_shipping="1" if shape.get("free_shipping") else "0",
                deleted="0",
            )
        if shape.get("note"):
            self.insert(
                "messages",
                id_order=str(order["id"]),
                id_customer=order["id_customer"],
                id_employee="0",
                message=shape["note"],
                private="0",
                date_add=self.local(),
            )
            self._add_message(order, shape["note"])

    def _add_message(self, order, text, employee="0"):
        """Add a message to the thread of an order; the store escapes it for HTML."""
        threads = self.rows("customer_threads", id_order=order["id"])
        thread = threads[0] if threads else None
        if thread is None:
            thread = self.insert(
                "customer_threads",
                id_order=str(order["id"]),
                id_customer=order["id_customer"],
                id_lang="1",
                token="token",
                status="open",
            )
        self.insert(
            "customer_messages",
            id_customer_thread=str(thread["id"]),
            id_employee=employee,
            message=html.escape(html.unescape(text), quote=False),
            private="0",
            date_add=self.local(),
            date_upd=self.local(),
        )

    def write_message(self, ref, text, *, by_staff=False):
        """Add a message of a customer or staff later: the order's time does not change."""
        with self.lock:
            self.tick()
            self._add_message(self.tables["orders"][int(ref)], text, "1" if by_staff else "0")

    def _sum_up(self, order):
        details = self.rows("order_details", id_order=order["id"])
        for kind, products in (("incl", "total_products_wt"), ("excl", "total_products")):
            goods = sum((Decimal(d[f"total_price_tax_{kind}"]) for d in details), Decimal(0))
            order[products] = six(rounded(goods, self._coin(order), order["round_mode"]))
            total = (
                Decimal(order[products])
                + Decimal(order[f"total_shipping_tax_{kind}"])
                + Decimal(order[f"total_wrapping_tax_{kind}"])
                - Decimal(order[f"total_discounts_tax_{kind}"])
            )
            order[f"total_paid_tax_{kind}"] = six(max(total, Decimal(0)))
        order["total_paid"] = order["total_paid_tax_incl"]
