"""Erasure of personal data in exceptions that were resolved long ago."""

from odoo import api, fields, models

from odoo.addons.oms_addon.models.audit.oms_retention import BATCH


class OmsHold(models.Model):
    _inherit = "oms.hold"

    erased_at = fields.Datetime("Erased On", readonly=True, copy=False)

    _ended_idx = models.Index("(write_date) WHERE state <> 'open' AND erased_at IS NULL")

    def _erase(self):
        """Remove the customer, details and resolution; the reason is kept."""
        self.sudo().write(
            {
                "candidate_id": False,
                "customer_name": False,
                "detail": self.env._("Personal data erased"),
                "resolution": False,
                "erased_at": fields.Datetime.now(),
            }
        )

    @api.autovacuum
    def _gc_resolved(self):
        """Erase exceptions resolved before the retention limit.

        :return: number of erased exceptions, and whether more are left
        :rtype: tuple[int, bool]
        """
        limit = self.env["oms.retention"]._limit("exceptions")
        if not limit:
            return 0, False
        old = self.search(
            [("state", "!=", "open"), ("erased_at", "=", False), ("write_date", "<", limit)],
            order="write_date, id",
            limit=BATCH,
        )
        old._erase()
        return len(old), len(old) == BATCH
