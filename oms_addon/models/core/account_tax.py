"""Overrides of account.tax."""

from odoo import api, models

#: fields whose change may resolve UNKNOWN_TAX
SOUGHT_FIELDS = {"active", "amount", "price_include_override", "type_tax_use"}


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `account`: retry the messages waiting for a tax."""
        taxes = super().create(vals_list)
        taxes._oms_recheck_waiting()
        return taxes

    def write(self, vals):
        """Extend `account`: retry the messages waiting for a tax."""
        result = super().write(vals)
        if vals.keys() & SOUGHT_FIELDS:
            self._oms_recheck_waiting()
        return result
