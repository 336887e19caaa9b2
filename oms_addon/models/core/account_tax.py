"""What Odoo does with a tax, and what of ours takes part."""

from odoo import api, models

#: what orders that wait for a tax look for
SOUGHT_FIELDS = {"active", "amount", "price_include_override", "type_tax_use"}


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
        if vals.keys() & SOUGHT_FIELDS:
            self._oms_recheck_waiting()
        return result
