"""Routes of products and variations."""

from ..base import Response
from .auth import refuse
from .routes import route


class ProductRoutes:
    """Mixed into ``Api``."""

    @route("GET", r"/products")
    def list_products(self, request, body):
        return self.page_of(self.chosen(self.products, request), request)

    @route("GET", r"/products/(?P<id>[\d]+)")
    def get_product(self, request, body, id):
        return self.one_of(self.shown(self.find_product(self.products, id)), request)

    @route("GET", r"/variations")
    def list_variations(self, request, body):
        if not self.lists_variations:
            raise refuse(404, "rest_no_route", "No route was found.")
        return self.page_of(self.chosen(self.variations, request), request)

    @route("GET", r"/products/(?P<product_id>[\d]+)/variations")
    def list_variations_of(self, request, body, product_id):
        rows = self.chosen(self.variations, request)
        return self.page_of([r for r in rows if r["parent_id"] == int(product_id)], request)

    def chosen(self, rows, request):
        """:return: the rows with the requested ids, all when there are none"""
        ids = {int(ref) for ref in request.query.get("include", "").split(",") if ref}
        of = {}
        for row in self.variations.values():
            of.setdefault(row["parent_id"], []).append(row["id"])
        return [
            {**self.shown(row), "variations": of.get(row["id"], [])}
            for row in rows.values()
            if not ids or row["id"] in ids
        ]

    @route("GET", r"/products/(?P<product_id>[\d]+)/variations/(?P<id>[\d]+)")
    def get_variation(self, request, body, product_id, id):
        return self.one_of(self.shown(self.find_product(self.variations, id)), request)

    @route("POST", r"/products/batch")
    def batch_products(self, request, body):
        return self.batch(self.products, body, None)

    @route("POST", r"/products/(?P<product_id>[\d]+)/variations/batch")
    def batch_variations(self, request, body, product_id):
        self.find_product(self.products, product_id)
        return self.batch(self.variations, body, int(product_id))

    def find_product(self, rows, product_id):
        product = rows.get(int(product_id))
        if not product:
            raise refuse(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return product

    def batch(self, rows, body, parent):
        updates = body.get("update", [])
        if len(updates) > 100:
            raise refuse(413, "woocommerce_rest_request_entity_too_large", "100 at most.")
        return Response(200, {"update": [self.update_product(rows, u, parent) for u in updates]})

    def update_product(self, rows, update, parent):
        product = rows.get(update["id"])
        if not product or parent and product["parent_id"] != parent:
            error = {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."}
            return {"id": update["id"], "error": {**error, "data": {"status": 400}}}
        if update["id"] in self.broken_products:
            error = {"code": "product_invalid", "message": "The product cannot be saved."}
            return {"id": update["id"], "error": {**error, "data": {"status": 400}}}
        if "regular_price" in update:
            product["regular_price"] = product["price"] = update["regular_price"]
            self.prices[product["sku"]] = update["regular_price"]
        product["manage_stock"] = update.get("manage_stock", product["manage_stock"])
        if "stock_quantity" in update and product["manage_stock"] is True:
            product["stock_quantity"] = update["stock_quantity"]
            product["stock_status"] = "instock" if update["stock_quantity"] > 0 else "outofstock"
        self.product_changed(product)
        return self.shown(product)
