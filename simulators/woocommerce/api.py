"""The routes of the REST API that an order management system needs."""

from decimal import Decimal

from ..base import Response
from .api_products import ProductRoutes
from .auth import refuse
from .routes import ROUTES, route
from .shop import moment, money, times

PREFIX = "/wp-json/wc/v3"
PAID_METHODS = {"stripe": ["products", "refunds"], "bacs": ["products"], "cod": ["products"]}


class Api(ProductRoutes):
    """Handlers of calls; mixed into the simulator, which has the state."""

    def handle(self, request):
        if self.plain_permalinks or not request.path.startswith("/wp-json"):
            return Response(404, "<html><body>Not Found</body></html>")
        path = request.path.removeprefix(PREFIX)
        method = "PUT" if request.method == "PATCH" else request.method
        for declared, pattern, compiled, name in ROUTES:
            found = compiled.fullmatch(path)
            if declared == method and found:
                self.gate.check(request, self.url, self.secure)
                body = request.json() if request.body else {}
                self.arguments.check(method, pattern, request.query, body)
                return getattr(self, name)(request, body, **found.groupdict())
        raise refuse(
            404,
            "rest_no_route",
            "No route was found matching the URL and request method.",
        )

    # === LISTS === #

    def page_of(self, rows, request):
        """:return: one page of rows, with their total number in the headers"""
        size = int(request.query.get("per_page", 10))
        page = int(request.query.get("page", 1))
        if size > 100:
            raise refuse(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        chosen = [
            row for row in rows[(page - 1) * size : page * size] if row["id"] not in self.hidden
        ]
        if names := request.query.get("_fields"):
            wanted = set(names.split(","))
            chosen = [{k: v for k, v in row.items() if k in wanted} for row in chosen]
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // size))}
        return Response(200, chosen, headers if self.tells_counts else {})

    def one_of(self, row, request):
        if names := request.query.get("_fields"):
            row = {key: row[key] for key in names.split(",") if key in row}
        return Response(200, row)

    # === ORDERS === #

    @route("GET", r"/orders")
    def list_orders(self, request, body):
        query = request.query
        statuses = set(query.get("status", "any").split(","))
        hidden = {"trash", "auto-draft"}
        rows = [
            order
            for order in self.book.values()
            if order["status"] in statuses or "any" in statuses and order["status"] not in hidden
        ]
        for name, key, later in (
            ("after", "date_created_gmt", True),
            ("before", "date_created_gmt", False),
            ("modified_after", "date_modified_gmt", True),
            ("modified_before", "date_modified_gmt", False),
        ):
            if bound := query.get(name):
                if query.get("dates_are_gmt") != "true":
                    raise refuse(400, "rest_invalid_param", "This shop is not in UTC.")
                rows = [r for r in rows if (r[key] > bound if later else r[key] < bound)]
        key = {"modified": "date_modified_gmt", "id": "id"}.get(
            query.get("orderby", "date"), "date_created_gmt"
        )
        rows.sort(key=lambda r: (r[key], r["id"]), reverse=query.get("order", "desc") == "desc")
        return self.page_of(rows, request)

    @route("POST", r"/orders/batch")
    def batch_orders(self, request, body):
        return Response(200, {})

    @route("GET", r"/orders/(?P<id>[\d]+)")
    def get_order(self, request, body, id):
        return self.one_of(self.find_order(id), request)

    @route("PUT", r"/orders/(?P<id>[\d]+)")
    def put_order(self, request, body, id):
        order = self.find_order(id)
        before = order["status"]
        for row in body.get("meta_data", ()):
            self.set_meta(order, row["key"], row["value"])
            self.store_shipments(order, row)
        self.set_status(order, body.get("status", before))
        if body.get("status") == "cancelled" and before != "cancelled":
            self.cancellations.append({"order_ref": id})
        self.changed(order)
        return Response(200, order)

    def find_order(self, order_id):
        order = self.book.get(int(order_id))
        if not order:
            raise refuse(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return order

    def set_meta(self, row, key, value):
        row["meta_data"] = [m for m in row["meta_data"] if m["key"] != key]
        row["meta_data"].append({"id": self.next_id("meta"), "key": key, "value": value})

    def store_shipments(self, order, row):
        """Store the pushed shipments, each once."""
        known = {told["key"] for told in self.shipments}
        if row["key"] == "_oms_shipments":
            self.shipments += [
                {"order_ref": str(order["id"]), **entry}
                for entry in row["value"]
                if entry["key"] not in known
            ]

    @route("GET", r"/orders/(?P<order_id>[\d]+)/notes")
    def list_notes(self, request, body, order_id):
        kind = request.query.get("type", "any")
        rows = [
            note
            for note in self.notes.get(int(order_id), ())
            if kind == "any" or note["customer_note"] == (kind == "customer")
        ]
        return Response(200, rows)

    @route("POST", r"/orders/(?P<order_id>[\d]+)/notes")
    def post_note(self, request, body, order_id):
        self.find_order(order_id)
        note = {
            "id": self.next_id("note"),
            "author": "WooCommerce",
            **times("date_created", self.now),
            "note": body["note"],
            "customer_note": bool(body.get("customer_note")),
        }
        self.notes.setdefault(int(order_id), []).append(note)
        return Response(201, note)

    # === REFUNDS === #

    @route("GET", r"/orders/(?P<order_id>[\d]+)/refunds")
    def list_refunds(self, request, body, order_id):
        self.find_order(order_id)
        return self.page_of(list(reversed(self.refunds.get(int(order_id), []))), request)

    @route("GET", r"/refunds")
    def list_all_refunds(self, request, body):
        parents = {int(ref) for ref in request.query.get("parent", "").split(",") if ref}
        rows = [
            refund
            for order_id, refunds in self.refunds.items()
            if not parents or order_id in parents
            for refund in refunds
        ]
        return self.page_of(rows, request)

    @route("POST", r"/orders/(?P<order_id>[\d]+)/refunds")
    def post_refund(self, request, body, order_id):
        order = self.find_order(order_id)
        amount = Decimal(body.get("amount") or "0")
        left = Decimal(order["total"]) - self.refunded(order)
        if amount < 0 or amount > left:
            self._refuse_refund("Invalid refund amount.")
        pays = body.get("api_refund", True)
        if pays and "refunds" not in PAID_METHODS.get(order["payment_method"], ()):
            self._refuse_refund(
                "The payment gateway for this order does not support automatic refunds."
            )
        lines = [self.refund_line(order, row) for row in body.get("line_items", ())]
        refund = self.add_refund(order, lines, amount, body.get("reason") or "", pays=pays)
        for row in body.get("meta_data", ()):
            self.set_meta(refund, row["key"], row["value"])
        if body.get("api_restock", True):
            self.restock(lines)
        kept = {"order_ref": order_id, "amount": amount, "paid": pays, "ref": str(refund["id"])}
        self.refunds_told.append(kept)
        return Response(201, refund)

    def _refuse_refund(self, message):
        raise refuse(500, "woocommerce_rest_cannot_create_order_refund", message)

    def refund_line(self, order, row):
        """:return: a refund line in the API's format, from its posted format"""
        rows = [*order["line_items"], *order["shipping_lines"], *order["fee_lines"]]
        line = next((r for r in rows if r["id"] == row["id"]), None)
        if not line:
            self._refuse_refund("Invalid item.")
        known = {tax["id"] for tax in line["taxes"]}
        taxes = row.get("refund_tax", ())
        if any(tax["id"] not in known for tax in taxes):
            self._refuse_refund("Invalid tax.")
        tax = sum((Decimal(t["refund_total"]) for t in taxes), Decimal(0))
        return {
            **line,
            "id": self.next_id("item"),
            "quantity": -row.get("quantity", 0),
            "total": money(-Decimal(row.get("refund_total") or 0)),
            "total_tax": money(-tax),
            "meta_data": [{"id": 0, "key": "_refunded_item_id", "value": str(row["id"])}],
        }

    # === OTHERS === #

    @route("GET", r"/taxes")
    def list_taxes(self, request, body):
        return self.page_of(self.tax_rates, request)

    @route("GET", r"/settings/(?P<group_id>[\w-]+)/(?P<id>[\w-]+)")
    def get_setting(self, request, body, group_id, id):
        if id == "woocommerce_currency":
            return Response(200, {"id": id, "value": self.currency})
        return Response(200, {"id": id, "value": self.settings.get(id, "no")})

    @route("GET", r"/payment_gateways/(?P<id>[\w-]+)")
    def get_gateway(self, request, body, id):
        if id not in PAID_METHODS:
            raise refuse(404, "woocommerce_rest_payment_gateway_invalid", "Invalid ID.")
        return Response(200, {"id": id, "enabled": True, "method_supports": PAID_METHODS[id]})

    @route("GET", r"/webhooks")
    def list_webhooks(self, request, body):
        shown = [{k: v for k, v in h.items() if k in _SHOWN} for h in self.webhooks.values()]
        return self.page_of(shown, request)

    @route("POST", r"/webhooks")
    def post_webhook(self, request, body):
        hook = {
            "id": self.next_id("webhook"),
            "name": body.get("name", ""),
            "status": body.get("status", "active"),
            "topic": body["topic"],
            "delivery_url": body["delivery_url"],
            "secret": body.get("secret") or self.gate.secret,
            "failures": 0,
            "date_created_gmt": moment(self.now),
        }
        self.webhooks[hook["id"]] = hook
        self.ping(hook)
        return Response(201, {k: v for k, v in hook.items() if k in _SHOWN})

    @route("PUT", r"/webhooks/(?P<id>[\d]+)")
    def put_webhook(self, request, body, id):
        hook = self.webhooks.get(int(id))
        if not hook:
            raise refuse(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        hook.update({k: body[k] for k in ("name", "status", "topic", "secret") if k in body})
        if body.get("status") == "active":
            hook["failures"] = 0
        return Response(200, {k: v for k, v in hook.items() if k in _SHOWN})

    @route("DELETE", r"/webhooks/(?P<id>[\d]+)")
    def delete_webhook(self, request, body, id):
        if request.query.get("force") != "true":
            raise refuse(501, "woocommerce_rest_trash_not_supported", "Webhooks do not trash.")
        hook = self.webhooks.pop(int(id), None)
        if not hook:
            raise refuse(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        return Response(200, {k: v for k, v in hook.items() if k in _SHOWN})


_SHOWN = ("id", "name", "status", "topic", "delivery_url", "date_created_gmt")
