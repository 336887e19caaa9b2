"""Checks such as localisations and add-ons for contacts have."""

from odoo import api, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    _email_uniq = models.UniqueIndex(
        "(email) WHERE parent_id IS NULL AND email IS NOT NULL", "This e-mail is known already."
    )

    @api.constrains("zip")
    def _check_zip(self):
        for partner in self:
            if partner.zip and not partner.zip.isdecimal():
                raise ValidationError(self.env._("A postcode has digits only."))
