"""How long personal data is kept when nobody asks to erase it, by kind."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.personal_data import RETENTION

#: how many rows of a kind are erased in one transaction
BATCH = 10_000


class OmsRetention(models.AbstractModel):
    _name = "oms.retention"
    _description = "Data Retention"

    @api.model
    def _days(self, kind):
        """:return: after how many days data of a kind is erased; 0 for never
        :raise ValueError: when the setting is no number, which stands for nothing
        """
        parameter, days = RETENTION[kind]
        return int(self.env["ir.config_parameter"].sudo().get_param(parameter, days))

    @api.model
    def _limit(self, kind):
        """:return: what is older than this moment is erased; ``None`` for nothing"""
        days = self._days(kind)
        return fields.Datetime.subtract(fields.Datetime.now(), days=days) if days > 0 else None
