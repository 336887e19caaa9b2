"""Which messages may go, and when they do."""

from odoo import api, models
from odoo.exceptions import UserError

from .oms_channel_message_state import ENDED

#: how many go in one transaction
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
        """Erase the content of messages that ended longer ago than the settings keep it, a part
        at a time. What is about an order stays without its content, to be recognized when it
        comes again; the rest is deleted.

        :return: how many were erased or deleted, and whether more are left
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
        """:return: those that something which still waits contradicts: a person compares them"""
        waiting = self.search([("conflict_of_id", "in", self.ids), ("state", "not in", ENDED)])
        return waiting.conflict_of_id
