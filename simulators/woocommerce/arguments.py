"""Arguments of each route; taken from the store's own route index where it is available."""

import json
import re
from pathlib import Path

from .auth import refuse

#: arguments that WordPress accepts everywhere, or WooCommerce accepts without listing them
GLOBAL = {"_fields"}
UNNAMED = {
    ("POST", "/orders/(?P<order_id>[\\d]+)/refunds"): {"line_items"},
}
BATCH = {"create", "update", "delete"}

_LIST = "context page per_page search after before exclude include offset order orderby"
_CHANGED = "modified_after modified_before dates_are_gmt parent parent_exclude"
_PRODUCT = """name type status sku global_unique_id regular_price sale_price virtual manage_stock
    stock_quantity stock_status backorders parent_id meta_data"""
#: argument names by route, used without a route index
NAMES = {
    ("GET", "/orders"): f"{_LIST} {_CHANGED} status customer product dp created_via",
    ("POST", "/orders/batch"): "status meta_data line_items set_paid",
    ("GET", "/orders/(?P<id>[\\d]+)"): "id context",
    ("PUT", "/orders/(?P<id>[\\d]+)"): "id status meta_data line_items set_paid customer_note "
    "transaction_id payment_method billing shipping",
    ("GET", "/orders/(?P<order_id>[\\d]+)/notes"): "order_id context type",
    ("POST", "/orders/(?P<order_id>[\\d]+)/notes"): "order_id note customer_note added_by_user",
    ("GET", "/orders/(?P<order_id>[\\d]+)/refunds"): f"order_id {_LIST} {_CHANGED} dp",
    ("POST", "/orders/(?P<order_id>[\\d]+)/refunds"): "order_id amount reason refunded_by "
    "meta_data shipping_lines fee_lines api_refund api_restock",
    ("GET", "/refunds"): f"{_LIST} {_CHANGED} dp",
    ("GET", "/products"): f"{_LIST} {_CHANGED} status type sku",
    ("GET", "/products/(?P<id>[\\d]+)"): "id context",
    ("POST", "/products/batch"): _PRODUCT,
    ("GET", "/products/(?P<product_id>[\\d]+)/variations/(?P<id>[\\d]+)"): "product_id id context",
    ("POST", "/products/(?P<product_id>[\\d]+)/variations/batch"): f"product_id {_PRODUCT}",
    ("GET", "/products/(?P<product_id>[\\d]+)/variations"): f"product_id {_LIST} {_CHANGED} status",
    ("GET", "/variations"): f"{_LIST} {_CHANGED} status sku",
    ("GET", "/taxes"): "context page per_page offset order orderby class",
    ("GET", "/settings/(?P<group_id>[\\w-]+)/(?P<id>[\\w-]+)"): "group id group_id",
    ("GET", "/payment_gateways/(?P<id>[\\w-]+)"): "id context",
    ("GET", "/webhooks"): f"{_LIST} status",
    ("POST", "/webhooks"): "name status topic secret delivery_url",
    ("PUT", "/webhooks/(?P<id>[\\d]+)"): "id name status topic secret",
    ("DELETE", "/webhooks/(?P<id>[\\d]+)"): "id force",
}
REQUIRED = {
    ("POST", "/webhooks"): ("topic", "delivery_url"),
    ("POST", "/orders/(?P<order_id>[\\d]+)/notes"): ("note",),
}


class Arguments:
    """Rejects arguments that a route does not accept.

    :param index: path of a store's route index, the response of ``GET /wp-json/wc/v3``
    """

    def __init__(self, index=None):
        self.schemas = {}
        if index:
            self._load(json.loads(Path(index).read_text()))

    def _load(self, index):
        for route, told in index["routes"].items():
            for endpoint in told["endpoints"]:
                for method in endpoint["methods"]:
                    key = method, route.removeprefix("/wc/v3")
                    self.schemas[key] = dict(endpoint["args"] or {})

    def check(self, method, route, query, body):
        """Reject a call with an unknown or invalid argument.

        WordPress ignores unknown ones; here they are errors in our code.

        :param str route: the route's pattern
        """
        body = body if isinstance(body, dict) else {}
        known = self._known(method, route)
        rows = [body]
        if route.endswith("/batch"):
            rows = [row for key in ("create", "update") for row in body.get(key, ())]
            self._names(body, BATCH)
            known = {**known, "id": {}}
        for row in [query, *rows]:
            self._names(row, known.keys() | GLOBAL | UNNAMED.get((method, route), set()))
            for name, value in row.items():
                self._value(name, value, known.get(name) or {})
        for name in REQUIRED.get((method, route), ()):
            if not body.get(name):
                raise _invalid(f"Missing parameter(s): {name}", "rest_missing_callback_param")

    def _known(self, method, route):
        if (method, route) in self.schemas:
            return self.schemas[method, route]
        return dict.fromkeys(NAMES[method, route].split())

    def _names(self, row, known):
        unknown = row.keys() - known
        if unknown:
            raise _invalid(f"Unknown parameter(s): {', '.join(sorted(unknown))}")

    def _value(self, name, value, schema):
        kinds = schema.get("type") or ()
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        if kinds == {"integer"} and not re.fullmatch(r"-?\d+", str(value)):
            raise _invalid(f"Invalid parameter(s): {name} is not of type integer.")
        if kinds == {"string"} and not isinstance(value, str):
            raise _invalid(f"Invalid parameter(s): {name} is not of type string.")
        if kinds == {"boolean"} and str(value).lower() not in ("true", "false", "1", "0"):
            raise _invalid(f"Invalid parameter(s): {name} is not of type boolean.")
        if kinds == {"array"} and not isinstance(value, (list, str)):
            raise _invalid(f"Invalid parameter(s): {name} is not of type array.")
        self._choice(name, value, schema)
        if "maximum" in schema and int(value) > schema["maximum"]:
            raise _invalid(f"Invalid parameter(s): {name} must be at most {schema['maximum']}")

    def _choice(self, name, value, schema):
        choices = schema.get("enum") or (schema.get("items") or {}).get("enum")
        if not choices or not isinstance(value, str):
            return
        values = value.split(",") if schema.get("type") == "array" else [value]
        if wrong := [one for one in values if one not in choices]:
            raise _invalid(f"Invalid parameter(s): {name} is not one of {choices}: {wrong}")


def _invalid(message, code="rest_invalid_param"):
    return refuse(400, code, message)
