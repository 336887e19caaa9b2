"""The catalogue: products, variations, stock."""

from .shop import (
    times,
)


class Products:
    """The catalogue: products, variations, stock."""

    def add_product(self, sku, name, price="10.00", quantity=0, parent=None, **values):
        with self.lock:
            product = {
                "id": self.next_id("product"),
                "name": name,
                "type": "variation" if parent else "simple",
                "parent_id": int(parent) if parent else 0,
                "status": "publish",
                "sku": sku,
                "global_unique_id": "",
                "price": price,
                "regular_price": price,
                "virtual": False,
                "manage_stock": True,
                "stock_quantity": quantity,
                "stock_status": "instock" if quantity > 0 else "outofstock",
                "images": [],
                **times("date_modified", self.now),
                **values,
            }
            rows = self.variations if parent else self.products
            rows[product["id"]] = product
            self.emit("product.created", product["id"])
            return str(product["id"])

    def add_variable(self, name, sku="", **values):
        """:return: the id of a variable product"""
        values = {"manage_stock": False, **values}
        return self.add_product(sku, name, type="variable", **values)

    def shown(self, product):
        """:return: a product in the API's format: a variation without SKU, GTIN or stock of its own
        has those of its product
        """
        parent = self.products.get(product["parent_id"])
        row = dict(product)
        if parent:
            for key in ("sku", "global_unique_id"):
                row[key] = product[key] or parent[key]
            if product["manage_stock"] is False and parent["manage_stock"] is True:
                row.update(manage_stock="parent", stock_quantity=parent["stock_quantity"])
        if not row["manage_stock"]:
            row["stock_quantity"] = None
        return row

    def _product(self, sku):
        """:param str sku: or ``id:`` and the id, for products without SKU"""
        rows = [*self.products.values(), *self.variations.values()]
        if sku.startswith("id:"):
            return next(row for row in rows if str(row["id"]) == sku[3:])
        found = next((row for row in rows if row["sku"] == sku), None)
        if not found:
            # Create a product that was deleted in the meantime, or never added.
            found = self.products[int(self.add_product(sku, sku.title(), quantity=1000))]
        return found

    def product_changed(self, product):
        product.update(times("date_modified", self.tick()))
        self.emit("product.updated", product["id"])

    def move_stock(self, sku, change):
        """Change stock by an order, and create the deliveries."""
        product = self._product(sku)
        if product["manage_stock"] is not True:
            product = self.products.get(product["parent_id"], product)
        if product["manage_stock"] is True:
            product["stock_quantity"] += change
            self.product_changed(product)

    def restock(self, lines):
        for line in lines:
            if line.get("product_id"):
                ref = line["variation_id"] or line["product_id"]
                self.move_stock(f"id:{ref}", -line["quantity"])

    def stock(self):
        rows = [*self.products.values(), *self.variations.values()]
        return {
            (r["sku"] or f"id:{r['id']}", ""): r["stock_quantity"]
            for r in rows
            if r["manage_stock"] is True
        }
