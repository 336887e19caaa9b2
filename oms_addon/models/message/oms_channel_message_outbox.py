"""Outbound effects: stored in the transaction, sent after its commit."""

import hashlib
import json

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.oms_addon.channels.outcomes import NoticeOutcome, Outcome
from odoo.addons.oms_addon.documents.channel import ListingDocument
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.exceptions import FinalError

from .outbound_topics import TOPICS, topic_of


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    @api.model
    def _send_later(self, rows):
        """Store outbound effects in the outbox; a background job sends them after the commit.

        :param list rows: tuples (channel, topic, idempotency key, order, content dict); an existing
            key is skipped
        """
        by_channel = {}
        for channel, topic, key, order, content in rows:
            body = json.dumps(content, default=str, sort_keys=True).encode()
            by_channel.setdefault((channel, topic_of(topic).priority), []).append(
                (topic, key, order.oms_order_ref, body, hashlib.sha256(body).hexdigest())
            )
        for (channel, priority), of_channel in by_channel.items():
            self.sudo()._insert_rows(channel, "out", of_channel, priority)
        self._link_orders(rows)
        if rows:
            self.env.ref("oms_addon.oms_lane_outbox").sudo()._wake()

    @api.model
    def _link_orders(self, rows):
        """Set the order of each outbound row, with one statement."""
        links = [
            (channel.id, key, order.id) for channel, _topic, key, order, _content in rows if order
        ]
        if not links:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE oms_channel_message message SET order_id = link.order_id
                   FROM (VALUES %s) AS link (channel_id, event_ref, order_id)
                   WHERE message.channel_id = link.channel_id AND message.direction = 'out'
                     AND message.event_ref = link.event_ref AND message.order_id IS NULL""",
                SQL(", ").join(SQL("(%s, %s, %s)", *link) for link in links),
            )
        )
        self.invalidate_model(["order_id"])

    @api.model
    def _request_confirmation(self, channel, messages):
        """Queue a request to the channel to confirm inbound messages before they are applied: its
        signature covers the body, not the topic.

        :param list messages: inbound messages of the channel
        """
        if not messages:
            return
        rows = []
        for message in messages:
            body = json.dumps({"message": message.id}).encode()
            digest = hashlib.sha256(body).hexdigest()
            rows.append(("confirmation", f"confirm:{message.event_ref}", None, body, digest))
        self.sudo()._insert_rows(channel, "out", rows, TOPICS["confirmation"].priority)
        self.concat(*messages)._set_state(
            "done", self.env._("Confirmation requested from the channel.")
        )
        self.env.ref("oms_addon.oms_lane_outbox").sudo()._wake()

    def _send_confirmation(self, channel):
        """Verify an inbound message with the channel and apply it if confirmed.

        :return: with ``unmet`` if nothing was done
        :rtype: outcomes.Outcome
        """
        message = self.browse(loads(self._raw_payload())["message"]).exists()
        if not message or message.channel_id != channel:
            raise FinalError(self.env._("The related record was deleted."))
        adapter = channel._adapter()
        document = adapter._read(channel, message.topic, message._raw_payload())
        if isinstance(document, ListingDocument):
            return self.env["oms.channel.listing"]._confirm_gone(channel, document)
        problem = adapter._confirm(channel, document)
        if problem:
            return Outcome(unmet=problem)
        done = self.env["oms.channel.notice"]._apply(channel, message, document)
        return NoticeOutcome(details={"done": done}, is_down=document.kind == "disconnected")

    @api.model
    def _request_orders(self, channel, run):
        """Queue requests for orders that were named without their content.

        :param list run: pairs (message, ``OrderRequest``)
        """
        rows = {}
        for message, document in run:
            message.order_ref = document.order_ref
            body = document.to_json().encode()
            rows[f"ask:{message.event_ref}"] = (document.order_ref, body)
        self.sudo()._insert_rows(
            channel,
            "out",
            [
                ("order_request", key, ref, body, hashlib.sha256(body).hexdigest())
                for key, (ref, body) in rows.items()
            ],
            TOPICS["order_request"].priority,
        )
        self.env["oms.channel.message"].concat(*[message for message, _d in run])._set_state(
            "done", self.env._("The order was requested from the channel.")
        )
        self.env.ref("oms_addon.oms_lane_outbox").sudo()._wake()
