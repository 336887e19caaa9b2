"""The personal data of a customer as a file, for them and for machines."""

from odoo import models


class OmsPrivacy(models.AbstractModel):
    _inherit = "oms.privacy"
