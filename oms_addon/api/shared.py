"""Parameters and headers shared by operations of the public API."""

from odoo.addons.oms_addon.documents.values import DATE_PATTERN

PREFIX = "/oms/api/v1"
MAX_DOCUMENTS = 100
MAX_LIMIT = 200
MAX_SKUS = 200
MAX_CART_REF = 200
KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"
CURSOR_PATTERN = r"^[0-9]{1,16}-[0-9]{1,10}$"
LISTING_CURSOR_PATTERN = r"^[0-9]{1,10}$"
#: rate limit headers of every response
LIMIT_HEADERS = ("RateLimit", "RateLimit-Policy")
# === PARAMETERS AND HEADERS === #


TEXT = {"type": "string", "minLength": 1}
#: by component name: name, location, description, schema, and other keys
PARAMETERS = {
    "Channel": (
        "X-Oms-Channel",
        "header",
        "The token of the channel, the last part of its webhook URL.",
        TEXT,
        {"required": True},
    ),
    "IdempotencyKey": (
        "Idempotency-Key",
        "header",
        "Identifies the request: the same key with the same body returns the first response again, "
        "with another body `409`.",
        {"type": "string", "pattern": KEY_PATTERN},
        {},
    ),
    "Ref": (
        "ref",
        "path",
        "The channel's ID of the order.",
        TEXT,
        {"required": True, "example": "1001"},
    ),
    "CartRef": (
        "ref",
        "path",
        "The channel's ID of the cart. The order refers to it as `cart_ref`.",
        {**TEXT, "maxLength": MAX_CART_REF},
        {"required": True, "example": "c-81f2"},
    ),
    "UpdatedAfter": (
        "updated_after",
        "query",
        "Only orders changed after this time, in ISO 8601; UTC without an offset.",
        {"type": "string", "pattern": DATE_PATTERN},
        {},
    ),
    "Cursor": (
        "cursor",
        "query",
        "The `next_cursor` of the previous page.",
        {"type": "string", "pattern": CURSOR_PATTERN},
        {},
    ),
    "ListingCursor": (
        "cursor",
        "query",
        "The `next_cursor` of the previous page.",
        {"type": "string", "pattern": LISTING_CURSOR_PATTERN},
        {},
    ),
    "Limit": (
        "limit",
        "query",
        "The maximum number of items.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
        {},
    ),
    "Sku": (
        "sku",
        "query",
        "A SKU; repeat the parameter for several SKUs.",
        {"type": "array", "items": TEXT, "maxItems": MAX_SKUS},
        {},
    ),
}


def parameters_of():
    return {
        shared: {"name": name, "in": place, "description": about, "required": False}
        | {"schema": schema, **more}
        for shared, (name, place, about, schema, more) in PARAMETERS.items()
    }


def headers_of():
    return {
        "RateLimit": {
            "description": 'Remaining: `"key";r=<requests>;t=<seconds until one more>`.',
            "schema": {"type": "string"},
        },
        "RateLimit-Policy": {
            "description": 'The limit: `"key";q=<requests>;w=<seconds>`.',
            "schema": {"type": "string"},
        },
        "Retry-After": {
            "description": "Seconds to wait before the next request.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        },
        "Idempotency-Replayed": {
            "description": "`true` if the first response to the same request is returned again.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "WWW-Authenticate": {
            "description": "The authentication scheme.",
            "required": True,
            "schema": {"type": "string"},
        },
    }
