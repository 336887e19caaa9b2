"""Taxes that orders wait for."""

from odoo import api, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `account`: orders that wait for a tax are processed again."""
        taxes = super().create(vals_list)
        taxes._oms_recheck_waiting()
        return taxes

    def write(self, vals):
        """Extend `account`: orders that wait for a tax are processed again."""
        result = super().write(vals)
        if vals.keys() & {"active", "amount", "price_include_override", "type_tax_use"}:
            self._oms_recheck_waiting()
        return result

    def _oms_recheck_waiting(self):
        self.env["oms.hold"]._recheck(
            ["UNKNOWN_TAX"],
            self.env._("A sales tax was added or changed."),
            [("company_id", "in", self.company_id.ids)],
        )
