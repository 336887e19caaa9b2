"""Overrides of account.invoice.report."""

from odoo import api, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    @api.model
    def _select(self) -> SQL:
        """Extend `account`: add the channel of each line's order."""
        return SQL("%s, %s", super()._select(), self._oms_select_channel())
