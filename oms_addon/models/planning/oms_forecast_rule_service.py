"""Service targets of forecast rules, and the terms of their replenishment."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from odoo.addons.oms_addon.tools.forecasting.stock import Service


class OmsForecastRule(models.Model):
    _inherit = "oms.forecast.rule"

    service_type = fields.Selection(
        [("cycle", "Cycle Service Level"), ("fill", "Fill Rate")],
        "Service Measured By",
        required=True,
        default="cycle",
    )
    service_target = fields.Float(required=True, default=0.95)
    service_text = fields.Char("Service", compute="_compute_service_text")
    review_interval = fields.Float(
        "Time Between Purchases",
        required=True,
        default=1.0,
        help="Number of periods from one purchase order to the next.",
    )
    holding_rate = fields.Float(
        "Holding Cost per Year",
        required=True,
        default=0.2,
        help="Cost of holding stock for a year, as a share of its value. A price break is used if "
        "it saves more.",
    )
    weekly_budget = fields.Monetary(
        help="Value of proposed purchases per week above which proposals are marked as over "
        "budget, the latest stockouts first. Enter 0 for no limit."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.depends("service_type", "service_target")
    def _compute_service_text(self):
        for rule in self:
            target = formatLang(self.env, 100 * rule.service_target, digits=1)
            if rule.service_type == "fill":
                rule.service_text = self.env._(
                    "%(target)s %% of ordered units are shipped from stock at once.", target=target
                )
            else:
                rule.service_text = self.env._(
                    "Stock lasts until the next receipt in %(target)s %% of the cases, however "
                    "many units are missing in the other cases.",
                    target=target,
                )

    @api.constrains("service_target", "review_interval", "holding_rate", "weekly_budget")
    def _check_service(self):
        for rule in self:
            if not 0.5 <= rule.service_target <= 0.999:
                raise ValidationError(
                    self.env._(
                        "The service target of %(rule)s must be from 50 %% to 99.9 %%.",
                        rule=rule.name,
                    )
                )
            if rule.review_interval <= 0 or rule.holding_rate < 0 or rule.weekly_budget < 0:
                raise ValidationError(
                    self.env._(
                        "The replenishment of %(rule)s is not valid. The time between purchases "
                        "must be positive, and amounts cannot be negative.",
                        rule=rule.name,
                    )
                )

    def _service(self):
        """:rtype: Service"""
        self.ensure_one()
        return Service(self.service_type, self.service_target)

    @api.model
    def _default_rule(self, company):
        """:return: the rule for products of a company that have no forecast"""
        today = company._oms_today()
        return self._active_rules(company, today)[-1:] or self.search(
            [("company_id", "=", company.id)], limit=1
        )

    def _spent_value(self, days):
        """:return: the value of purchases that were ordered by this rule in the last days"""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        [(value,)] = self.env["oms.replenishment"]._read_group(
            [
                ("rule_id", "in", self.ids),
                ("state", "=", "ordered"),
                ("kind", "=", "purchase"),
                ("write_date", ">=", since),
            ],
            aggregates=["value:sum"],
        )
        return value or 0.0
