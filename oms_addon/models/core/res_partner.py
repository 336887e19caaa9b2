"""What Odoo does with a contact, and what of ours takes part."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Extend `base`: an address that its own customer edits is not the channel's any more."""
        result = super().write(vals)
        self._oms_forget_address_key(vals)
        return result
