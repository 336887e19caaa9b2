"""What Odoo reports of invoices, and what of ours takes part."""

from odoo import api, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    @api.model
    def _select(self) -> SQL:
        """Extend `account`: the channel of the order of each line."""
        return SQL("%s, %s", super()._select(), self._oms_select_channel())
