"""The OpenAPI 3.1 description of the canonical API, generated from the documents of its code."""

from odoo.addons.oms_addon.documents.codec import write_part
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    OrderDocument,
    PaymentDocument,
    RefundDocument,
    TrackingDocument,
)

from .documents import (
    AvailabilityPage,
    Cart,
    CartReleased,
    FieldError,
    OrderPage,
    OrderStatus,
    ProblemAnswer,
    Receipt,
)
from .examples import (
    CANCEL_EXAMPLE,
    CART_EXAMPLE,
    ORDER_EXAMPLE,
    RECEIPT_EXAMPLE,
    RETURN_EXAMPLE,
    STATUS_EXAMPLE,
    availability_example,
    cart_example,
    known_example,
    page_example,
)
from .openapi import Schemas
from .problems import CONTENT_TYPE, TITLES
from .requests import CancelRequest, CartRequest, ReturnRequest
from .shared import LIMIT_HEADERS, MAX_DOCUMENTS, PREFIX, headers_of, parameters_of

VERSION = "1.0.0"
#: documents that can be posted; the first is the default without a ``schema``
KINDS = (
    OrderDocument,
    CancellationDocument,
    PaymentDocument,
    RefundDocument,
    TrackingDocument,
)
#: error responses of every operation, and of operations with a body
ERRORS = (400, 401, 403, 404, 422, 429, 503)
BODY_ERRORS = (*ERRORS, 409, 413, 415)
INTRODUCTION = """\
Send orders as the documents described in docs/order_document.md, and read their status and the
Available to Sell. Every request needs the token of the channel in `X-Oms-Channel` and an API key
with the scope `oms` whose user has a role in Orders Hub.

Changes are stored in the inbox before the response and processed afterwards: `202` means that the
documents are stored. Errors are `application/problem+json` (RFC 9457)."""


def describe(server):
    """Return the OpenAPI document.

    :param str server: the URL of this Odoo, without a slash at its end
    """
    schemas = Schemas()
    paths = _paths(schemas)
    problem = schemas.written(ProblemAnswer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Orders Hub",
            "version": VERSION,
            "description": INTRODUCTION,
            "license": {"name": "LGPL-3.0", "identifier": "LGPL-3.0-only"},
        },
        "servers": [{"url": f"{server}{PREFIX}"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.by_name.items())),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key with the scope `oms`.",
                }
            },
            "parameters": parameters_of(),
            "headers": headers_of(),
            "responses": {f"Problem{status}": _problem(status, problem) for status in BODY_ERRORS},
        },
    }


# === OPERATIONS === #


def _paths(schemas):
    return {
        "/orders": _orders_path(schemas),
        **_order_paths(schemas),
        "/availability": _availability_path(schemas),
        "/carts/{ref}": _cart_path(schemas),
    }


def _orders_path(schemas):
    documents = [schemas.accepted_ref(cls) for cls in KINDS]
    for cls in KINDS[1:]:
        # Without a schema a document is an order.
        schemas.by_name[cls.__name__]["required"].insert(0, "schema")
    one = {"anyOf": documents}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_DOCUMENTS}
    receipt = schemas.written(Receipt)
    page = _response("A page of orders.", schemas.written(OrderPage), page_example())
    return {
        "post": _operation(
            "postDocuments",
            "Send documents",
            "Send one document or a list of documents. A list is accepted completely, or rejected "
            "completely with a list of all errors.",
            {
                "200": _response("All documents were received before.", receipt, known_example()),
                "202": _accepted(receipt),
            },
            body={"anyOf": [*documents, many]},
            example=ORDER_EXAMPLE,
        ),
        "get": _operation(
            "listOrders",
            "List orders",
            "List changed orders, sorted by their last change, oldest first.",
            {"200": page},
            parameters=("UpdatedAfter", "Cursor", "Limit"),
        ),
    }


def _order_paths(schemas):
    receipt = schemas.written(Receipt)
    status = _response("The order.", schemas.written(OrderStatus), write_part(STATUS_EXAMPLE))
    return {
        "/orders/{ref}": {
            "parameters": [_shared("Ref")],
            "get": _operation(
                "getOrder", "Read an order", "Read the status of an order.", {"200": status}
            ),
        },
        "/orders/{ref}/cancel": {
            "parameters": [_shared("Ref")],
            "post": _operation(
                "cancelOrder",
                "Cancel an order",
                "Cancel the whole order or some units. Shipped units cannot be cancelled.",
                {"202": _accepted(receipt)},
                body=schemas.accepted_ref(CancelRequest),
                example=CANCEL_EXAMPLE,
            ),
        },
        "/orders/{ref}/returns": {
            "parameters": [_shared("Ref")],
            "post": _operation(
                "announceReturn",
                "Report a return or a refund",
                "Report returned items, a refund, or both.",
                {"202": _accepted(receipt)},
                body=schemas.accepted_ref(ReturnRequest),
                example=RETURN_EXAMPLE,
            ),
        },
    }


def _availability_path(schemas):
    available = _response(
        "The Available to Sell.", schemas.written(AvailabilityPage), availability_example()
    )
    return {
        "get": _operation(
            "readAvailability",
            "Read the Available to Sell",
            "Read the Available to Sell of the given SKUs; without SKUs of all listings of the "
            "channel, page by page.",
            {"200": available},
            parameters=("Sku", "ListingCursor", "Limit"),
        ),
    }


def _cart_path(schemas):
    kept = _response("All items are reserved.", schemas.written(Cart), cart_example())
    released = _response(
        "The cart has no reservation.",
        schemas.written(CartReleased),
        write_part(CartReleased(ref="c-81f2", released=1)),
    )
    return {
        "parameters": [_shared("CartRef")],
        "post": _operation(
            "keepCart",
            "Reserve the items of a cart",
            "Reserve all items or none: `409` with the type `insufficient-stock` lists every item "
            "without sufficient stock. Each request replaces the reservation of the cart; the same "
            "request extends it. Send it again before the payment.",
            {"200": kept},
            body=schemas.accepted_ref(CartRequest),
            example=CART_EXAMPLE,
        ),
        "delete": _operation(
            "releaseCart",
            "Release the reservation of a cart",
            "Items of a cart that became an order remain reserved for the order.",
            {"200": released},
        ),
    }


def _operation(name, summary, about, answers, parameters=(), body=None, example=None):
    """:return: an operation with all its responses"""
    errors = ERRORS if body is None else BODY_ERRORS
    operation = {
        "operationId": name,
        "summary": summary,
        "description": about,
        "parameters": [_shared("Channel"), *map(_shared, parameters)],
        "responses": {
            **answers,
            **{
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in sorted(errors)
            },
        },
    }
    if body is not None:
        operation["parameters"].append(_shared("IdempotencyKey"))
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body, "example": example}},
        }
    return operation


def _shared(name):
    return {"$ref": f"#/components/parameters/{name}"}


def _response(about, schema, example, headers=()):
    return {
        "description": about,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in (*LIMIT_HEADERS, *headers)
        },
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _accepted(receipt):
    return _response(
        "All documents are stored in the inbox.",
        receipt,
        write_part(RECEIPT_EXAMPLE),
        ("Idempotency-Replayed",),
    )


def _problem(status, schema):
    """:return: an error response"""
    headers = {429: ("Retry-After", *LIMIT_HEADERS), 503: ("Retry-After",)}.get(status, ())
    headers = {401: ("WWW-Authenticate",)}.get(status, headers)
    example = {
        "type": "urn:oms:problem:…",
        "title": TITLES[status],
        "status": status,
        "detail": "What failed, and what to do.",
    }
    if status == 422:
        error = FieldError(
            field="lines[0].quantity", message="expected a decimal number, found 'two'"
        )
        example["errors"] = [write_part(error)]
    return {
        "description": TITLES[status],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {CONTENT_TYPE: {"schema": schema, "example": example}},
    }
