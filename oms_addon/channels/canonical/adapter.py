"""Orders as canonical JSON documents: over HTTP, signed or with an API key, and as file."""

import hashlib
import json
import time

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    DocumentError,
    OrderDocument,
    parse_document,
)
from odoo.addons.oms_addon.documents.tracking import TrackingDocument
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.json_shape import to_json_text

#: topics of documents other than orders
TOPICS = {CancellationDocument: "orders/cancelled", TrackingDocument: "tracking"}


def _topic(document):
    """:return: the topic of a document, from its content only"""
    return TOPICS.get(type(document), "orders")


class OmsChannelAdapterCanonical(models.AbstractModel):
    _name = "oms.channel.adapter.canonical"
    _inherit = "oms.channel.adapter"
    _description = "Canonical JSON"

    _icon = "fa-code"
    _start_policy = "process"
    _can_import_file = True
    _max_message = 20 * 1024**2
    _can_use_api = True
    _can_push_shipment = True
    _can_push_tracking = True
    _can_push_promise = True
    _payment_terms = {
        "cod": "cod",
        "bank_transfer": "transfer",
        "cheque": "transfer",
        "invoice": "terms",
    }
    _credentials = ("webhook_secret",)

    @api.model
    def _about(self):
        """Override of `oms.channel.adapter`."""
        return self.env._(
            "Any store or system of your own: it sends its orders as signed JSON to a webhook "
            "address, or they are uploaded as a file."
        )

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: the body is the document."""
        return parse_document(payload)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: an event is one version of an order."""
        document = parse_document(payload)
        ref = getattr(document, "ref", "") or getattr(document, "order_ref", "")
        digest = hashlib.sha256(payload).hexdigest()[:16]
        order_ref = (
            document.ref
            if isinstance(document, OrderDocument)
            else getattr(document, "order_ref", "")
        )
        return f"{topic}:{ref}:{digest}", order_ref or None

    @api.model
    def _topic_of(self, body):
        """Override of `oms.channel.adapter`: by the document's schema."""
        return _topic(parse_document(body))

    @api.model
    def _read_file(self, channel, data):
        """Override of `oms.channel.adapter`: one document, a list, or one per line."""
        events, documents, errors = [], [], []
        for row, body in enumerate(self._split(data), 1):
            try:
                document = parse_document(body)
                event_ref, order_ref = self._describe("file", body)
            except DocumentError as error:
                errors.append(
                    {"row": row, "column": getattr(error, "path", ""), "message": str(error)}
                )
                continue
            topic = _topic(document)
            events.append((topic, event_ref, body, order_ref))
            documents.append(document)
        return events, documents, errors

    @api.model
    def _split(self, data):
        """:return: the bodies of the documents of a file
        :raise DocumentError: when the file is not JSON
        """
        text = data.decode("utf-8-sig", "replace").strip()
        try:
            content = json.loads(to_json_text(text), parse_float=str)
        except (ValueError, RecursionError):
            # Not splitlines(): texts may contain characters that only Python treats as line ends.
            return [line.encode() for line in text.split("\n") if line.strip()]
        if not isinstance(content, list):
            return [data]
        return [json.dumps(item, ensure_ascii=False).encode() for item in content]

    @api.model
    def _send(self, channel, topic, key, payload):
        """Override of `oms.channel.adapter`: post it, signed, to the store's address.

        Nothing is sent to a store without an address; it can use the API. Late tracking numbers are
        sent as the same shipment again.
        """
        if not channel.base_url:
            return OUTCOMES.get(topic, Outcome)(details={"sent": False})
        path = "shipment" if topic == "tracking" else topic
        answer = self._request(
            channel,
            "POST",
            f"{self._base_url(channel)}/{path}",
            body=payload,
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": key,
                **self._signature_headers(channel, f"{path}:{key}", payload),
            },
        )
        return OUTCOMES.get(topic, Outcome)(details={"status": answer.status})

    @api.model
    def _signature_headers(self, channel, name, payload):
        """:return: the signature headers of a body: of Standard Webhooks, and of the older format
        for stores that verify time and body only
        """
        secret = channel.sudo().webhook_secret
        if not secret:
            return {}
        timestamp = str(int(time.time()))
        return {
            # A full stop would end the event id.
            **signature.headers_of(secret, name.replace(".", "_"), timestamp, payload),
            "X-Oms-Timestamp": timestamp,
            "X-Oms-Signature": signature.sign(secret, timestamp, payload),
        }

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: an address requires a secret for signatures."""
        if channel.base_url and not channel.sudo().webhook_secret:
            return self.env._("Enter the secret the store uses to verify messages from Odoo.")
        return ""
