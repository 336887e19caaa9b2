"""What Odoo does with a currency, and what of ours takes part."""

from odoo import models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def write(self, vals):
        """Extend `base`: orders that wait for a currency are processed again."""
        result = super().write(vals)
        if vals.get("active"):
            self.env["oms.hold"]._recheck(
                ["UNKNOWN_CURRENCY"], self.env._("A currency was activated.")
            )
        return result
