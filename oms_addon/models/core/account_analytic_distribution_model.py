"""Overrides of account.analytic.distribution.model."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class AccountAnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    @api.model
    def _get_distribution(self, vals):
        """Extend `analytic`: skip the search in batches if there are no distribution models."""
        if unsealed(self.env, "no_distribution"):
            return {}
        return super()._get_distribution(vals)
