"""Overrides of res.partner."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Extend `base`: clear the channel's address digest if a portal user edits the address."""
        result = super().write(vals)
        self._oms_clear_address_key(vals)
        return result
