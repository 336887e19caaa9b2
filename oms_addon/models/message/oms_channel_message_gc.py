"""Retention of finished messages."""

from odoo import api, models
from odoo.exceptions import UserError

from .oms_channel_message_state import ENDED

#: messages erased or deleted per transaction
GC_BATCH = 10_000


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(message.state not in ENDED for message in self):
            raise UserError(
                self.env._(
                    "Messages that are not done cannot be deleted. Retry or dismiss them first."
                )
            )

    @api.autovacuum
    def _gc_finished(self):
        """Erase the content of messages that ended before the retention period, one batch at a
        time. Messages about an order stay without content, to detect duplicates; the others are
        deleted.

        :return: how many were erased or deleted, and whether more remain
        :rtype: tuple[int, bool]
        """
        count = 0
        for direction, kind in (("in", "inbound"), ("out", "outbound")):
            limit = self.env["oms.retention"]._limit(kind)
            if not limit:
                continue
            old = self.search(
                [
                    ("direction", "=", direction),
                    ("done_at", "<", limit),
                    ("state", "in", ENDED),
                    ("erased_at", "=", False),
                    ("erase_waits", "=", False),
                ],
                order="done_at, id",
                limit=GC_BATCH - count,
            )
            old -= old._compared()
            count += len(old)
            unneeded = old.filtered(lambda m: not m.order_id and not m.order_ref)
            (old - unneeded)._erase()
            unneeded.unlink()
        return count, count == GC_BATCH

    def _compared(self):
        """:return: the messages with an open conflicting duplicate, needed for the comparison"""
        waiting = self.search([("conflict_of_id", "in", self.ids), ("state", "not in", ENDED)])
        return waiting.conflict_of_id
