"""The catalogue: products, combinations, stock, taxes, settings."""

from decimal import (
    Decimal,
)

from .tables import six


class Products:
    """The catalogue: products, combinations, stock, taxes, settings."""

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        """Override: ``tax_rate`` (prices include it), ``combinations`` as tuples (SKU,
        quantity, price) or (…, ecotax), ``depends_on_stock``, ``shops`` with separate
        stocks, ``ean13``, ``virtual``, with or without a ``file`` to download.
        """
        with self.lock:
            rate = Decimal(values.get("tax_rate", "0"))
            net = Decimal(price) / (1 + rate / 100)
            product = self.insert(
                "products",
                reference=sku,
                ean13=values.get("ean13", ""),
                upc="",
                name=[{"id": "1", "value": name}, {"id": "2", "value": name}],
                price=six(net),
                ecotax=six(Decimal(values.get("ecotax", "0"))),
                active="1",
                state="1",
                id_default_image=values.get("image", ""),
                id_tax_rules_group=self._tax_group(rate),
                link_rewrite=[{"id": "1", "value": sku.lower()}],
                product_type="virtual" if values.get("virtual") else "standard",
                is_virtual="1" if values.get("virtual") else "0",
            )
            if values.get("file"):
                self.files.add(str(product["id"]))
            combinations = values.get("combinations", ())
            for combination_sku, count, gross, *ecotax in combinations:
                impact = Decimal(gross) / (1 + rate / 100) - net
                row = self.insert(
                    "combinations",
                    id_product=str(product["id"]),
                    reference=combination_sku,
                    ean13="",
                    upc="",
                    price=six(impact),
                    ecotax=six(Decimal(ecotax[0] if ecotax else "0")),
                    minimal_quantity="1",
                )
                self._add_stock(product, row["id"], count, values)
            self._add_stock(product, 0, quantity or sum(c[1] for c in combinations), values)
            return str(product["id"])

    def _add_stock(self, product, combination, quantity, values):
        for shop in values.get("shops", ("1",)):
            self.insert(
                "stock_availables",
                id_product=str(product["id"]),
                id_product_attribute=str(combination),
                id_shop=shop,
                id_shop_group="0",
                quantity=str(quantity),
                depends_on_stock="1" if values.get("depends_on_stock") else "0",
                out_of_stock="2",
                location="",
            )

    def _tax_group(self, rate):
        """:return: the id of the tax rules of a rate, which are created if needed"""
        if not rate:
            return "0"
        tax = next((t for t in self.rows("taxes") if Decimal(t["rate"]) == rate), None)
        if tax is None:
            tax = self.insert(
                "taxes",
                rate=f"{rate:.3f}",
                active="1",
                deleted="0",
                name=[{"id": "1", "value": f"TVA {rate}%"}],
            )
            self.insert(
                "tax_rules",
                id_tax_rules_group=str(tax["id"]),
                id_country="1",
                id_state="0",
                id_tax=str(tax["id"]),
            )
        return str(tax["id"])

    def _rate_of(self, product):
        tax = self.tables["taxes"].get(int(product["id_tax_rules_group"] or 0))
        return Decimal(tax["rate"]) if tax else Decimal(0)

    def _ecotax_of(self, product, row):
        """:return: the eco-tax, including its own tax, of a product or its combination"""
        if self._setting("PS_USE_ECOTAX") != "1":
            return Decimal(0)
        net = Decimal(row["ecotax"]) or Decimal(product["ecotax"])
        tax = self.tables["taxes"].get(int(self._setting("PS_ECOTAX_TAX_RULES_GROUP_ID")))
        return net * (1 + (Decimal(tax["rate"]) if tax else Decimal(0)) / 100)

    def _setting(self, name):
        [row] = self.rows("configurations", name=name)
        return row["value"]

    def set_precision(self, iso, precision):
        """Change the number of decimals of a currency."""
        with self.lock:
            [row] = self.rows("currencies", iso_code=iso)
            row["precision"] = str(precision)

    def _coin(self, order):
        """:return: the smallest unit of an order's currency"""
        precision = int(self.tables["currencies"][int(order["id_currency"])]["precision"])
        return Decimal((0, (1,), -precision))

    def set_setting(self, name, value):
        """Change a setting of the store."""
        with self.lock:
            [row] = self.rows("configurations", name=name)
            row["value"] = value

    def _find(self, sku):
        """:param str sku: or the ids of a product and its combination, as ``10-25``
        :return: the product and combination; a missing product is created
        """
        product, _dash, combination = sku.partition("-")
        if product.isdigit() and combination.isdigit():
            row = self.tables["combinations"][int(combination)]
            return self.tables["products"][int(product)], row
        for row in self.rows("combinations", reference=sku):
            return self.tables["products"][int(row["id_product"])], row
        for row in self.rows("products", reference=sku):
            return row, None
        ref = self.add_product(sku, sku.title(), quantity=1000)
        return self.tables["products"][int(ref)], None

    def stock(self):
        with self.lock:
            found = {}
            several = len(self.tables["shops"]) > 1
            for row in self.tables["stock_availables"].values():
                sku = self._stock_sku(row)
                if sku:
                    found[sku, row["id_shop"] if several else ""] = int(row["quantity"])
            return found

    def _stock_sku(self, row):
        """:return: the SKU a stock row is of; '' for the sum of combinations"""
        product, combination = row["id_product"], int(row["id_product_attribute"])
        if combination:
            return self.tables["combinations"][combination]["reference"]
        if self.rows("combinations", id_product=product):
            return ""
        return self.tables["products"][int(product)]["reference"]

    def _sku_of(self, resource, row):
        return row["reference"] or str(row["id"])
