"""Retry of messages that failed because a tax was missing."""

from odoo import models


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _oms_recheck_waiting(self):
        self.env["oms.hold"]._recheck(
            ["UNKNOWN_TAX"],
            self.env._("A sales tax was added or changed."),
            [("company_id", "in", self.company_id.ids)],
        )
