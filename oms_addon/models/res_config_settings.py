"""The settings page."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_user_id = fields.Many2one(related="company_id.oms_user_id", readonly=False)
    oms_keep_days = fields.Integer(
        "Keep finished messages (days)",
        config_parameter="oms_addon.keep_days",
        default=365,
        help="Finished messages are deleted after this; 0 keeps them for ever.",
    )
