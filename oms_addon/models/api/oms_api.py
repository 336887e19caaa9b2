"""Canonical API, inbound: documents are stored once in the inbox."""

import hashlib
import json
import re

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.oms_addon.api.description import KINDS
from odoo.addons.oms_addon.api.documents import Receipt, Received
from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.api.shared import KEY_PATTERN, MAX_DOCUMENTS
from odoo.addons.oms_addon.documents.codec import loads, write_part
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    OrderDocument,
    PaymentDocument,
    RefundDocument,
    TrackingDocument,
    parse_document,
)
from odoo.addons.oms_addon.documents.values import DocumentError, mismatch
from odoo.addons.oms_addon.tools.sealed_context import sealed

TOPICS = {
    OrderDocument: "orders",
    CancellationDocument: "orders/cancelled",
    PaymentDocument: "payments",
    RefundDocument: "refunds",
    TrackingDocument: "tracking",
}
#: roles required to use the API; access rights limit the single requests
ROLES = ("oms_addon.oms_addon_group_auditor", "oms_addon.oms_addon_group_agent")
#: maximum number of errors returned for a list
MAX_ERRORS = 50
_KEY = re.compile(KEY_PATTERN)


class OmsApi(models.AbstractModel):
    """Processes documents and requests for the controller.

    Methods return ``(status, content, headers)`` and raise ``Problem`` if they reject a request.
    """

    _name = "oms.api"
    _description = "Canonical API"

    #: requests per second and burst size, for each key and channel
    _rate, _burst = 10.0, 200.0

    # === ACCESS === #

    @api.model
    def _enter(self, token, writing):
        """Find the channel of a request.

        :param str token: token of the channel
        :param bool writing: whether the request writes
        :return: the channel, with superuser rights
        :raise Problem: when there is none, or it accepts no writes
        :raise AccessError: when the user lacks the rights
        """
        if not any(self.env.user._has_group(role) for role in ROLES):
            raise AccessError(
                self.env._(
                    "The API requires the role Agent or Auditor. Use an API key of a "
                    "user with one of these roles."
                )
            )
        self.env["oms.channel"].check_access("read")
        if not token:
            raise Problem(400, "no-channel", "Send the token of the channel in X-Oms-Channel.")
        # A token with other characters cannot exist: do not pass it to the database.
        known = token if token.isascii() and token.isprintable() else ""
        channel = self.env["oms.channel"].search([("token", "=", known)])
        if not channel:
            raise Problem(404, "unknown-channel", "No channel has the token sent in X-Oms-Channel.")
        if writing:
            self.env["oms.channel.message"].check_access("write")
            if not channel._adapter()._can_use_api:
                raise Problem(
                    403,
                    "foreign-channel",
                    "The channel type receives its orders by its own interface. Documents for it "
                    "cannot be sent through the API.",
                )
        # The user may read the channel; its data are limited by the API from here on.
        return channel.with_company(channel.company_id).sudo()

    @api.model
    def _spend(self, channel, key):
        """Count one request against the rate limit of an API key.

        :param str key: the bare API key; only its digest is stored
        :return: the rate limit headers
        :raise Problem: when the limit is reached
        """
        bucket = f"api:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        meter = self.env["oms.channel.meter"]
        wait = meter._spend(channel, bucket, 1.0, self._rate, self._burst)
        left = int(meter._left(channel, bucket))
        headers = {
            "RateLimit-Policy": f'"key";q={self._burst:.0f};w={self._burst / self._rate:.0f}',
            "RateLimit": f'"key";r={left};t={max(round(wait or 1 / self._rate), 1)}',
        }
        if wait:
            headers["Retry-After"] = str(max(round(wait + 0.5), 1))
            raise Problem(
                429,
                "too-many",
                "Rate limit reached. Wait for the time given in Retry-After.",
                headers=headers,
            )
        return headers

    # === DOCUMENTS === #

    @api.model
    def _post(self, channel, body, key):
        """Store one document or a list of documents in the inbox: all or none.

        :param bytes body: JSON
        :param str key: the idempotency key; ``None`` without one
        """
        self._check_key(key)
        name = key and self._event_ref(key)
        return self._once(
            channel, name, body, "orders", lambda: self._read_documents(channel, body, key)
        )

    @api.model
    def _read_documents(self, channel, body, key):
        """:return: pairs (event, document) of the documents in a body
        :raise Problem: listing the errors of all documents
        """
        content = self._json(body)
        if not isinstance(content, list):
            return [self._read_document(channel, content, body, key, 0)]
        if not 1 <= len(content) <= MAX_DOCUMENTS:
            raise Problem(
                422,
                "bad-count",
                f"A list must have 1 to {MAX_DOCUMENTS} documents, found {len(content)}.",
            )
        found, errors = [], []
        for place, item in enumerate(content):
            payload = json.dumps(item, default=str).encode()
            try:
                found.append(self._read_document(channel, item, payload, key, place))
            except DocumentError as error:
                separator = "." if error.path else ""
                field = f"[{place}]{separator}{error.path}"
                errors.append({"field": field, "message": error.message})
        if errors:
            detail = (
                f"{len(errors)} of {len(content)} documents are not valid. No document was "
                "accepted."
            )
            raise Problem(422, "bad-document", detail, errors[:MAX_ERRORS])
        return found

    @api.model
    def _read_document(self, channel, content, payload, key, place):
        """:return: the event of one document, and the document"""
        if not isinstance(content, dict):
            # parse_document accepts JSON text, which is not allowed here.
            raise mismatch("an object", content, "")
        document = parse_document(content)
        if not isinstance(document, KINDS):
            raise mismatch("one of " + ", ".join(cls.schema for cls in KINDS), document.schema, "")
        topic = TOPICS[type(document)]
        described, _order_ref = channel._adapter()._describe(topic, payload)
        order_ref = (
            document.ref
            if isinstance(document, OrderDocument)
            else getattr(document, "order_ref", "")
        )
        event_ref = self._event_ref(key, place) if key else described
        return (topic, event_ref, payload, order_ref or None), document

    @api.model
    def _json(self, body):
        """:return: the JSON data of a body
        :raise Problem: when it is not UTF-8
        :raise DocumentError: when it is not JSON
        """
        try:
            return loads(body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Problem(400, "bad-encoding", "The body is not UTF-8.") from error

    # === IDEMPOTENCY === #

    @api.model
    def _once(self, channel, name, body, address, read):
        """Store the events of a request in the inbox, unless it was received before.

        :param str name: event reference of its first document; '' or ``None`` without an
            idempotency key
        :param str address: the endpoint
        :param read: returns pairs (event, document); called only the first time
        :return: (status, content, headers)
        """
        digest = self._digest(address, body)
        first = name and self._find(channel, [name])
        if first:
            return self._again(first, digest, body)
        pairs = read()
        events = [event for event, _document in pairs]
        known = set(self._find(channel, [event[1] for event in events]).mapped("event_ref"))
        messages = channel.with_context(**sealed(via="api"))._receive_many(events)
        content = write_part(self._receipt(pairs, messages, known))
        if name:
            # Stored as text: JSON columns do not keep the order of keys.
            messages[0].result = {"digest": digest, "answer": json.dumps(content)}
        is_new = any(row["result"] == "accepted" for row in content["documents"])
        return 202 if is_new else 200, content, {}

    @api.model
    def _again(self, first, digest, body):
        """:return: the response to a request whose key was received before"""
        reported = first.result or {}
        if reported.get("digest") == digest:
            return 202, json.loads(reported["answer"]), {"Idempotency-Replayed": "true"}
        first._store_conflict(first, body, hashlib.sha256(body).hexdigest())
        problem = Problem(
            409,
            "key-reused",
            "Another request was received with the same Idempotency-Key, or the same ref of a "
            "cancellation or return. The first request was accepted; this one is stored as a "
            "conflict for review. Use a new key for each request.",
        )
        return 409, problem, {}

    @api.model
    def _event_ref(self, key, place=0):
        """:return: the event reference of a document in a request with an idempotency key"""
        return f"api:{place}:{key}"

    @api.model
    def _check_key(self, key):
        """:raise Problem: when the idempotency key is invalid"""
        if key is not None and not _KEY.match(key):
            raise Problem(
                400,
                "bad-key",
                "An Idempotency-Key must have 1 to 200 printable characters without spaces.",
            )

    @api.model
    def _find(self, channel, refs):
        """:return: the inbox rows of events, except conflicting duplicates"""
        return self._inbox(channel, [("event_ref", "in", refs), ("conflict_of_id", "=", False)])

    @api.model
    def _inbox(self, channel, domain, **search):
        """:return: the rows of a channel's inbox within a domain"""
        mine = [("channel_id", "=", channel.id), ("direction", "=", "in")]
        return self.env["oms.channel.message"].sudo().search([*mine, *domain], **search)

    @api.model
    def _receipt(self, pairs, messages, known):
        """:return: the receipt for the documents of a request"""
        rows, seen = [], set(known)
        for ((_topic, event_ref, _payload, order_ref), document), message in zip(
            pairs, messages, strict=True
        ):
            rows.append(
                Received(
                    ref=order_ref or "",
                    schema=document.schema,
                    event=event_ref,
                    message=message.id,
                    result="known" if event_ref in seen else "accepted",
                )
            )
            seen.add(event_ref)
        return Receipt(documents=tuple(rows))

    @api.model
    def _digest(self, address, body):
        return hashlib.sha256(f"{address}\n".encode() + body).hexdigest()
