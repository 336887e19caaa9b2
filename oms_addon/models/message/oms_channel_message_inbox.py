"""Durable receipt of events: each event once, conflicting bodies kept."""

import base64
import hashlib

from odoo import api, models

from odoo.addons.oms_addon.documents.order import MAX_REF
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.documents.values import to_text
from odoo.addons.oms_addon.tools.sealed_context import unsealed

OLD_PRIORITY = 50


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    @api.model
    def _insert_inbound(self, channel, events):
        """Insert new events; count known ones as repeated deliveries.

        A known event with a different body is not applied: it is stored as a conflicting duplicate
        and shown to the user.

        :param channel: the channel that sent them
        :param list events: tuples (topic, event_ref, payload bytes, order_ref or None)
        :return: one message per event, in order
        :rtype: oms.channel.message
        """
        events = [self._storable(*event) for event in events]
        firsts = self._firsts(events)
        # Imported history has a lower priority than new events.
        priority = OLD_PRIORITY if unsealed(self.env, "via") == "backfill" else 10
        created = self._insert_rows(channel, "in", firsts.values(), priority)
        if len(created) == len(events) == 1:
            return self._as_new(created)
        return self._match_events(events, self._known(channel, firsts), set(created))

    @api.model
    def _storable(self, topic, event_ref, payload, order_ref):
        """:return: the event with storable names: a reference that is too long or not printable is
        replaced by its digest, such an order reference is dropped
        """
        if len(event_ref) > MAX_REF or not event_ref.isprintable():
            event_ref = hashlib.sha256(event_ref.encode("utf-8", "replace")).hexdigest()
        if order_ref and (len(order_ref) > MAX_REF or not order_ref.isprintable()):
            order_ref = None
        return to_text(topic[:MAX_REF]), event_ref, payload, order_ref

    @api.model
    def _firsts(self, events):
        """:return: the row to insert for each event, by its reference: the first body if it occurs
        more than once
        """
        firsts = {}
        for topic, event_ref, payload, order_ref in events:
            if event_ref not in firsts:
                digest = hashlib.sha256(payload).hexdigest()
                firsts[event_ref] = topic, event_ref, order_ref, payload, digest
        return firsts

    @api.model
    def _known(self, channel, event_refs):
        """:return: the message that holds the first body of each event, by reference"""
        messages = self.search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "in"),
                ("event_ref", "in", list(event_refs)),
                ("conflict_of_id", "=", False),
            ]
        )
        return {message.event_ref: message for message in messages}

    @api.model
    def _match_events(self, events, known, new_ids):
        """Find the message of each event; count repeated deliveries and keep conflicting bodies.

        :param dict known: see ``_known``
        :param set new_ids: ids of the messages just inserted; changed in place
        :return: one message per event, in order
        """
        repeated = self.browse()
        messages = []
        for _topic, event_ref, payload, _order_ref in events:
            message = known[event_ref]
            digest = hashlib.sha256(payload).hexdigest()
            if message.digest != digest:
                messages.append(self._store_conflict(message, payload, digest).id)
                continue
            if message.id in new_ids:
                new_ids.discard(message.id)
            else:
                repeated += message
            messages.append(message.id)
        self._count_repeated(repeated)
        return self.browse(messages)

    @api.model
    def _as_new(self, ids):
        """:return: just inserted messages, with their state cached instead of read"""
        messages = self.browse(ids)
        for name, value in (("state", "pending"), ("deliveries", 1)):
            messages._fields[name]._update_cache(messages, value)
        return messages

    def _store_conflict(self, first, payload, digest):
        """Keep a body that conflicts with the first one of its event and show it; keep no content
        if that one was erased.

        :return: the conflicting message
        """
        conflict = self.search(
            [("conflict_of_id", "=", first.id), ("digest", "=", digest)], limit=1
        )
        if conflict:
            self._count_repeated(conflict)
            return conflict
        if first.erased_at:
            first.sudo()._count_erased()
            return first
        conflict = self.sudo().create(
            {
                "direction": "in",
                "channel_id": first.channel_id.id,
                "company_id": first.company_id.id,
                "topic": first.topic,
                "event_ref": first.event_ref,
                "order_ref": first.order_ref,
                "payload": base64.b64encode(payload),
                "digest": digest,
                "conflict_of_id": first.id,
            }
        )
        conflict._park(
            [
                HoldReason(
                    code="CONFLICTING_DUPLICATE",
                    message=self.env._(
                        "Event %(event)s was received twice with different content. The first "
                        "was applied, this one was not.",
                        event=first.event_ref,
                    ),
                )
            ]
        )
        return conflict

    def _count_repeated(self, messages):
        """Record repeated deliveries of events; nothing else changes."""
        for message in messages:
            message.deliveries += 1
        self.env["oms.event"]._log(
            messages, "message.duplicate", self.env._("Received again: already processed")
        )
