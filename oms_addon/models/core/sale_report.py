"""Overrides of sale.report."""

from odoo import models


class SaleReport(models.Model):
    _inherit = "sale.report"

    def _select_additional_fields(self):
        """Extend `sale`: add the channel of the order."""
        return {**super()._select_additional_fields(), "oms_channel_id": "s.oms_channel_id"}

    def _group_by_sale(self):
        """Extend `sale`: group by the channel of the order."""
        return f"{super()._group_by_sale()}, s.oms_channel_id"
