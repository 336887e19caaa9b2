"""Which messages may go, and when they do."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .oms_channel_message import ENDED

#: how many go in one transaction
GC_BATCH = 10_000


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(message.state not in ENDED for message in self):
            raise UserError(
                self.env._("A message that is not done cannot be deleted: retry it or ignore it.")
            )

    @api.autovacuum
    def _gc_finished(self):
        """Delete messages that ended longer ago than the settings keep them, a part at a time.

        :return: how many were deleted, and whether more are left
        :rtype: tuple[int, bool]
        """
        days = int(self.env["ir.config_parameter"].sudo().get_param("oms_addon.keep_days", 365))
        if not days:
            return 0, False
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        ended = [("state", "in", ENDED), ("done_at", "<", limit)]
        old = self.search(ended, order="id", limit=GC_BATCH)
        old.unlink()
        return len(old), len(old) == GC_BATCH
