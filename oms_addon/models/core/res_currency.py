"""Overrides of res.currency."""

from odoo import models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def write(self, vals):
        """Extend `base`: retry the messages waiting for a currency."""
        result = super().write(vals)
        if vals.get("active"):
            self.env["oms.hold"]._recheck(
                ["UNKNOWN_CURRENCY"], self.env._("A currency was activated.")
            )
        return result
