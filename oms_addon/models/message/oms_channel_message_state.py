"""State transitions of messages."""

from odoo import fields, models

from odoo.addons.oms_addon.documents.values import to_text
from odoo.addons.oms_addon.tools.backoff import backoff

from .outbound_topics import topic_of

MAX_ATTEMPTS = 8
BACKOFF_SECONDS = 30
BACKOFF_LIMIT = 6 * 3600
#: final states, left only by a person
ENDED = ("done", "ignored")


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    # === BUSINESS METHODS: STATES === #

    def _set_state(self, state, text=False, **values):
        """Extend: store the result text and resolve the exceptions of ended messages.

        :param str text: the result, for display
        """
        moved = super()._set_state(state, error=text, **values)
        if state in ENDED:
            # The trace is visible to the system only, but any user may end a message.
            moved.sudo().write({"done_at": fields.Datetime.now(), "trace": False})
            moved.hold_ids.sudo()._close(text or self.env._("The message is done."))
        return moved

    def _park(self, problems):
        """Put messages on hold, with one exception per reason.

        :param list problems: ``HoldReason`` values
        """
        self.ensure_one()
        self._set_state("parked", "; ".join(problem.message for problem in problems))
        self.env["oms.hold"]._sync_message(self, problems)

    def _requeue(self, why, keep_holds=False):
        """Return messages to the queue and wake the background job; erased messages are skipped.

        :param str why: the reason, kept in the audit trail
        :param bool keep_holds: whether their exceptions stay open until they are processed
        """
        self = self.filtered(lambda m: not m.erased_at)
        if not self:
            return
        if not keep_holds:
            self.hold_ids.sudo()._close(why)
        self._set_state("pending", why, next_try_at=False, attempts=0)
        self.env["oms.event"]._log(self, "message.requeued", why)
        for direction in set(self.mapped("direction")):
            lane = "inbox" if direction == "in" else "outbox"
            self.env.ref(f"oms_addon.oms_lane_{lane}").sudo()._wake()

    def _fail(self, error, trace="", seconds=None, final=False):
        """Count a failed attempt: schedule another one, or give up and notify a person.

        :param str error: cause and remedy, for display
        :param str trace: the traceback, for the system's administrator
        :param int seconds: the minimum delay until the next attempt; ``None`` for the usual
            back-off
        :param bool final: whether no further attempt is made
        """
        for message in self:
            attempts = message.attempts + 1
            values = {"attempts": attempts, "error": error, "trace": to_text(trace)}
            if not final and attempts < MAX_ATTEMPTS:
                delay = seconds or backoff(attempts, BACKOFF_SECONDS, BACKOFF_LIMIT)
                values["next_try_at"] = fields.Datetime.add(fields.Datetime.now(), seconds=delay)
                message.sudo().write(values)
                continue
            message.sudo().write(values)
            message._advance_to("failed", text=error)
            topic_of(message.topic).failed(message, is_certain=final)
            message.channel_id.sudo()._notify_owner(
                self.env._("Message %(message)s failed", message=message.event_ref), error
            )
