from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_user_id = fields.Many2one(
        "res.users",
        "Owner of exceptions",
        help="Gets the exceptions whose reason, rule and channel name nobody.",
    )
