"""What a channel sends: received once, counted, refused."""

import hashlib

from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.oms_addon.tools.sealed_context import sealed

REFUSED_ALERT = 20
#: what refused messages are counted under, and for how many seconds
REFUSED, REFUSED_WINDOW = "refused", 3600.0


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _receive(self, topic, event_ref, payload, order_ref=None):
        """Take one outside event in: durable, once, whatever it says.

        :param str topic: what the channel calls the event
        :param str event_ref: the channel's id of the event, unique on the channel
        :param bytes payload: the body exactly as it came
        :param str order_ref: the channel's order id, when it is known already
        :return: the inbox row; the first one when the event came before
        :rtype: oms.channel.message
        """
        self.ensure_one()
        return self._receive_many([(topic, event_ref, payload, order_ref)])

    def _receive_many(self, events):
        """Take many events in, with one statement.

        :param list events: tuples (topic, event_ref, payload, order_ref or None)
        :return: their inbox rows, in order
        :rtype: oms.channel.message
        """
        self.ensure_one()
        messages = self.env["oms.channel.message"].sudo()._insert_inbound(self, events)
        self.env["oms.lane"]._trigger_crons("inbox")
        return messages

    def _fetch(self, limit=None):
        """Ask the channel for what is new and put it in the inbox.

        :param int limit: how many orders at most; ``None`` leaves it to the adapter
        :return: how many events came
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
        """:return: the events that are not in the inbox, word for word: when we ask again for
        what we have, nobody delivered it again
        """
        Message_sudo = self.env["oms.channel.message"].sudo()
        named = [
            ("channel_id", "=", self.id),
            ("direction", "=", "in"),
            ("event_ref", "in", [event[1] for event in events]),
        ]
        # Each of the two has an index of its own.
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
        """Count a message whose signature was wrong; one event for each hour tells of them, and
        after many the owner is told. Who knows the address alone writes no more than that.

        :param str problem: why it was refused
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
        """Open an activity for the person who looks after the channel.

        :param str summary: what happened
        :param str note: cause and cure
        :return: the activity
        """
        self.ensure_one()
        owner = self.user_id or self.company_id.oms_user_id or self.env.ref("base.user_admin")
        # What went wrong may quote what the channel sent.
        # Whoever imports in bulk skips what activities do by themselves; not this one.
        return self.with_context(mail_activity_automation_skip=False).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=owner.id,
        )
