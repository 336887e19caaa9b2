"""Weekly demand of the sample store's products before its orders, for the forecasts of the demo."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import file_path

from odoo.addons.oms_addon.tools.forecasting import buckets

from . import parse_online_retail as online_retail
from .oms_sample_catalogue import SHARES

DATA = "oms_addon/data/sample/online_retail_weekly.csv.gz"


class OmsSampleHistory(models.AbstractModel):
    _name = "oms.sample.history"
    _description = "Sample Demand History"

    @api.model
    def _read_weeks(self):
        """:return: the first days of the weeks, and the units per week by SKU key"""
        days, units = online_retail.read_weeks(file_path(DATA))
        key_of = self.env["oms.channel.listing"]._normalize_sku
        return days, {key_of(sku): quantities for sku, quantities in units.items()}

    @api.model
    def _prepare(self, channel):
        """Record the packaged weeks as demand of the channel; the last one becomes last week.

        :return: the number of products
        """
        days, units = self._read_weeks()
        company = channel.company_id
        current = self.env["oms.forecast"]._current_bucket(company, "week")
        shift = buckets.add(current, -1, "week") - days[-1]
        products = self.env["product.product"].search([("default_code", "in", list(units))])
        self.env["oms.demand"].create(
            [
                {
                    "company_id": company.id,
                    "product_id": product.id,
                    "channel_id": channel.id,
                    "warehouse_id": warehouse.id,
                    "day": day + shift + timedelta(days=2),
                    "quantity": quantity,
                }
                for product in products
                for day, total in zip(days, units[product.default_code], strict=True)
                for warehouse, quantity in self._split(channel.warehouse_ids[:2], total)
                if quantity
            ]
        )
        return len(products)

    @api.model
    def _split(self, warehouses, total):
        """:return: pairs (warehouse, units), in the proportion of their stock"""
        first = round(total * SHARES[0] / sum(SHARES)) if len(warehouses) > 1 else total
        return zip(warehouses, (first, total - first), strict=False)
