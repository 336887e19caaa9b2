"""Demand and forecasts to test planning with."""

from datetime import timedelta

from odoo import fields

from odoo.addons.oms_addon.tools.forecasting import buckets

from ..common import OmsCommon


class PlanningCommon(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["oms.forecast.rule"].search([("company_id", "=", cls.company.id)])
        cls.week = cls.env["oms.forecast"]._current_bucket(cls.company, "week")

    @classmethod
    def _make_forecast(cls, product, gross, past=0.0, channel=None, warehouse=None, rule=None):
        """:return: a weekly forecast from the current week on

        :param gross: units of the current week and the next ones
        :param past: forecast of the week before
        """
        forecast = cls.env["oms.forecast"].create(
            {
                "company_id": cls.company.id,
                "product_id": product.id,
                "channel_id": channel and channel.id,
                "warehouse_id": warehouse and warehouse.id,
                "rule_id": (rule or cls.rule).id,
                "bucket": "week",
                "start": buckets.add(cls.week, -1, "week"),
                "mean": [past, *gross],
                "demand": sum(gross[:3]),
            }
        )
        forecast._recompute()
        return forecast

    def _commit(self):
        """Do what a commit does before it."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _sell(self, product, quantity, weeks=0, **values):
        """:return: a confirmed order of one line, due a number of weeks from now"""
        day = self.week + timedelta(days=7 * weeks + 2)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ann"}).id,
                "warehouse_id": self.warehouse.id,
                "commitment_date": fields.Datetime.to_datetime(day),
                "order_line": [
                    fields.Command.create({"product_id": product.id, "product_uom_qty": quantity})
                ],
                **values,
            }
        )
        order.action_confirm()
        self._commit()
        return order

    def _column(self, forecast, name):
        """:return: a figure of the current and the next weeks"""
        forecast.invalidate_recordset()
        return forecast.line_ids.sorted("day").mapped(name)[1:]

    def _put_demand(self, product, weekly, **values):
        """Demand of the weeks before this one, the last one last."""
        self.env["oms.demand"].create(
            [
                {
                    "company_id": self.company.id,
                    "product_id": product.id,
                    "warehouse_id": self.warehouse.id,
                    "day": self.week - timedelta(days=7 * (len(weekly) - place) - 2),
                    "quantity": quantity,
                    **values,
                }
                for place, quantity in enumerate(weekly)
                if quantity
            ]
        )

    def _run(self):
        """Work through the job; its runs are finished then."""
        worker = self.env["oms.lane"]._runners()["planning"]
        self._exhaust(worker)
        return self.env["oms.forecast.run"].search([("rule_id", "=", self.rule.id)])

    def _forecast(self, product, **values):
        domain = [("product_id", "=", product.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["oms.forecast"].search(domain)
