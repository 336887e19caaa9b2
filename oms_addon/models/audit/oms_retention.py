"""Retention periods of personal data, by kind."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.personal_data import RETENTION

#: number of rows of a kind erased in one transaction
BATCH = 10_000


class OmsRetention(models.AbstractModel):
    _name = "oms.retention"
    _description = "Data Retention"

    @api.model
    def _days(self, kind):
        """:return: the retention period of a kind of data in days; 0 for unlimited
        :raise ValueError: if the setting is not a number
        """
        parameter, days = RETENTION[kind]
        return int(self.env["ir.config_parameter"].sudo().get_param(parameter, days))

    @api.model
    def _limit(self, kind):
        """:return: data older than this time is erased; ``None`` for unlimited retention"""
        days = self._days(kind)
        return fields.Datetime.subtract(fields.Datetime.now(), days=days) if days > 0 else None
