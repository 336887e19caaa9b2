"""Receipt of events from a channel: stored once, rejected ones counted."""

import hashlib

from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.oms_addon.tools.sealed_context import sealed

REFUSED_ALERT = 20
#: bucket and window (seconds) in which rejected messages are counted
REFUSED, REFUSED_WINDOW = "refused", 3600.0


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _receive(self, topic, event_ref, payload, order_ref=None):
        """Store an external event in the inbox, once and without interpreting it.

        :param str topic: the channel's name of the event type
        :param str event_ref: the channel's id of the event, unique on the channel
        :param bytes payload: the unchanged body
        :param str order_ref: the channel's order id, if known
        :return: the inbox row; the existing one if the event was received before
        :rtype: oms.channel.message
        """
        self.ensure_one()
        return self._receive_many([(topic, event_ref, payload, order_ref)])

    def _receive_many(self, events):
        """Store many events in the inbox, with one statement.

        :param list events: tuples (topic, event_ref, payload, order_ref or None)
        :return: their inbox rows, in order
        :rtype: oms.channel.message
        """
        self.ensure_one()
        messages = self.env["oms.channel.message"].sudo()._insert_inbound(self, events)
        self.env["oms.lane"]._trigger_crons("inbox")
        return messages

    def _fetch(self, limit=None):
        """Fetch new events from the channel into the inbox.

        :param int limit: maximum number of orders; ``None`` for the adapter's default
        :return: number of new events
        :rtype: int
        """
        self.ensure_one()
        events, cursor = self._adapter()._fetch(self, limit)
        events = self._without_known(events)
        if events:
            self.with_context(**sealed(via="poll"))._receive_many(events)
            self.fetched_at = fields.Datetime.now()
        if cursor != self.cursor:
            self.cursor = cursor
        return len(events)

    def _without_known(self, events):
        """:return: the events whose reference and body are not in the inbox yet: fetching an event
        again does not count as a repeated delivery
        """
        Message_sudo = self.env["oms.channel.message"].sudo()
        named = [
            ("channel_id", "=", self.id),
            ("direction", "=", "in"),
            ("event_ref", "in", [event[1] for event in events]),
        ]
        # Separate searches for first and conflicting messages, each with its own index.
        known = {
            (message.event_ref, message.digest)
            for is_first in ("=", "!=")
            for message in Message_sudo.search_fetch(
                [*named, ("conflict_of_id", is_first, False)], ["event_ref", "digest"]
            )
        }
        return [
            event
            for event in events
            if (event[1], hashlib.sha256(event[2]).hexdigest()) not in known
        ]

    def _count_refused(self, problem):
        """Count a message with an invalid signature. One audit event per hour is logged, and the
        owner is notified after many, so that unauthenticated requests cannot fill the database.

        :param str problem: the reason
        """
        self.ensure_one()
        count, before = self.env["oms.channel.meter"]._count(self, REFUSED, REFUSED_WINDOW)
        if count == 1 and before > 1:
            text = self.env._(
                "%(problem)s (%(count)s messages were rejected in the previous period)",
                problem=problem,
                count=before,
            )
            self.env["oms.event"]._log(self, "channel.refused", text)
        elif count == 1:
            self.env["oms.event"]._log(self, "channel.refused", problem)
        elif count == REFUSED_ALERT:
            self._notify_owner(
                self.env._("%(count)s messages rejected within an hour", count=count),
                self.env._("Last reason: %(problem)s", problem=problem),
            )

    def _notify_owner(self, summary, note):
        """Create an activity for the user responsible for the channel.

        :param str summary: the summary of the activity
        :param str note: cause and remedy
        :return: the activity
        """
        self.ensure_one()
        owner = self.user_id or self.company_id.oms_user_id or self.env.ref("base.user_admin")
        # The note can quote text from the channel, so it is escaped.
        # Scheduled even in bulk imports that skip automated activities.
        return self.with_context(mail_activity_automation_skip=False).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=owner.id,
        )
