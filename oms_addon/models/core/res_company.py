from zoneinfo import ZoneInfo

from odoo import api, fields, models

from odoo.addons.oms_addon.tools import promise


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_user_id = fields.Many2one(
        "res.users",
        "Default Assignee of Exceptions",
        help="User assigned to exceptions whose reason, rule and channel have no user.",
    )

    oms_approval_limit = fields.Monetary(
        "Approval Limit",
        help="Value of a proposed purchase above which a manager has to approve it. Enter 0 for no "
        "limit.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `base`: create the first forecast rule of a company."""
        companies = super().create(vals_list)
        self.env["oms.forecast.rule"].sudo()._create_defaults(companies)
        return companies

    def _oms_today(self):
        """:return: today's date in the company's time zone"""
        self.ensure_one()
        zone = ZoneInfo(self.sudo().partner_id.tz or "UTC")
        return promise.local(fields.Datetime.now(), zone).date()
