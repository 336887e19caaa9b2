"""Overrides of res.currency.rate."""

from odoo import api, models


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `base`: retry the messages waiting for an exchange rate."""
        rates = super().create(vals_list)
        self.env["oms.hold"]._recheck(
            ["NO_EXCHANGE_RATE"], self.env._("An exchange rate was added.")
        )
        return rates
