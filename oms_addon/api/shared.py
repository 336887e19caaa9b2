"""Parameters and headers that several operations of the public API share."""

from odoo.addons.oms_addon.documents.values import DATE_PATTERN

PREFIX = "/oms/api/v1"
MAX_DOCUMENTS = 100
MAX_LIMIT = 200
MAX_SKUS = 200
MAX_CART_REF = 200
KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"
CURSOR_PATTERN = r"^[0-9]{1,16}-[0-9]{1,10}$"
LISTING_CURSOR_PATTERN = r"^[0-9]{1,10}$"
#: what every answer of an operation with a key tells of the rate limit
LIMIT_HEADERS = ("RateLimit", "RateLimit-Policy")
# === PARAMETERS AND HEADERS === #


TEXT = {"type": "string", "minLength": 1}
#: by the name they are shared under: name, place, about, schema, and what is told beside
PARAMETERS = {
    "Channel": (
        "X-Oms-Channel",
        "header",
        "The token of the channel, the last part of its address for messages.",
        TEXT,
        {"required": True},
    ),
    "IdempotencyKey": (
        "Idempotency-Key",
        "header",
        "Names the request: the same key with the same body gets the first answer again, "
        "with another body `409`.",
        {"type": "string", "pattern": KEY_PATTERN},
        {},
    ),
    "Ref": (
        "ref",
        "path",
        "The channel's id of the order.",
        TEXT,
        {"required": True, "example": "1001"},
    ),
    "CartRef": (
        "ref",
        "path",
        "The channel's id of the cart. The order that is made of it names it as `cart_ref`.",
        {**TEXT, "maxLength": MAX_CART_REF},
        {"required": True, "example": "c-81f2"},
    ),
    "UpdatedAfter": (
        "updated_after",
        "query",
        "Only what changed after this time, in ISO 8601; without an offset it is UTC.",
        {"type": "string", "pattern": DATE_PATTERN},
        {},
    ),
    "Cursor": (
        "cursor",
        "query",
        "`next_cursor` of the page before.",
        {"type": "string", "pattern": CURSOR_PATTERN},
        {},
    ),
    "ListingCursor": (
        "cursor",
        "query",
        "`next_cursor` of the page before.",
        {"type": "string", "pattern": LISTING_CURSOR_PATTERN},
        {},
    ),
    "Limit": (
        "limit",
        "query",
        "How many rows at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
        {},
    ),
    "Sku": (
        "sku",
        "query",
        "One SKU; the parameter may stand several times.",
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
            "description": 'What is left: `"key";r=<requests>;t=<seconds until one more>`.',
            "schema": {"type": "string"},
        },
        "RateLimit-Policy": {
            "description": 'What there is: `"key";q=<requests>;w=<seconds>`.',
            "schema": {"type": "string"},
        },
        "Retry-After": {
            "description": "Seconds to wait.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        },
        "Idempotency-Replayed": {
            "description": "`true` when this is the first answer to the same request, again.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "WWW-Authenticate": {
            "description": "How to sign in.",
            "required": True,
            "schema": {"type": "string"},
        },
    }
