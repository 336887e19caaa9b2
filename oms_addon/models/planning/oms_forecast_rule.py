"""Forecast rules: which demand is forecast together, how far, and how orders consume it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.forecasting.consumption import Window

from .scope import covers
from .series_key import SeriesKey

#: which of channel and warehouse have forecasts of their own, by level
LEVELS = {
    "channel_warehouse": (True, True),
    "warehouse": (False, True),
    "channel": (True, False),
    "company": (False, False),
}
LONGEST_HORIZON = {"week": 52, "month": 24}


class OmsForecastRule(models.Model):
    _name = "oms.forecast.rule"
    _description = "Forecast Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first rule that matches is used.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        check_company=True,
        help="Leave empty to apply to all products of the categories.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Includes their subcategories. Leave empty to apply to all products.",
    )
    channel_ids = fields.Many2many(
        "oms.channel",
        string="Sales Channels",
        check_company=True,
        help="Leave empty to apply to all channels and to orders without a channel.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Leave empty to apply to all warehouses.",
    )
    level = fields.Selection(
        [
            ("channel_warehouse", "Channel and Warehouse"),
            ("warehouse", "Warehouse"),
            ("channel", "Sales Channel"),
            ("company", "Company"),
        ],
        "Forecast By",
        required=True,
        default="warehouse",
        help="Demand that is forecast together. Fewer groups have more history each, and are "
        "forecast more accurately.",
    )
    bucket = fields.Selection(
        [("week", "Week"), ("month", "Month")], "Period", required=True, default="week"
    )
    horizon = fields.Integer(
        required=True, default=13, help="Number of periods to forecast, including the current one."
    )
    protection_interval = fields.Float(
        required=True,
        default=3.0,
        help="Number of periods that stock has to last: lead time and time until the next "
        "purchase.",
    )
    direction = fields.Selection(
        [
            ("bf", "Earlier, then Later Periods"),
            ("fb", "Later, then Earlier Periods"),
            ("b", "Earlier Periods"),
            ("f", "Later Periods"),
            ("none", "Orders Do Not Consume Forecasts"),
        ],
        "Consume",
        required=True,
        default="bf",
        help="Periods whose forecast an order consumes when the forecast of its own period is used "
        "up.",
    )
    backward = fields.Integer("Earlier Periods", default=1)
    forward = fields.Integer("Later Periods", default=1)
    cap = fields.Float(
        "Maximum Share per Order Line",
        help="Share of a period's forecast that one order line may consume. The rest is extra "
        "demand. Enter 0 for no limit.",
    )
    date_from = fields.Date("Start Date")
    date_to = fields.Date("End Date")

    @api.constrains("horizon", "bucket", "protection_interval")
    def _check_horizon(self):
        for rule in self:
            longest = LONGEST_HORIZON[rule.bucket]
            if not 1 <= rule.horizon <= longest:
                raise ValidationError(
                    self.env._(
                        "The horizon of %(rule)s is not valid. Enter a number from 1 to "
                        "%(longest)s.",
                        rule=rule.name,
                        longest=longest,
                    )
                )
            if not 0 < rule.protection_interval <= rule.horizon:
                raise ValidationError(
                    self.env._(
                        "The protection interval of %(rule)s must be positive and not exceed the "
                        "horizon.",
                        rule=rule.name,
                    )
                )

    @api.constrains("backward", "forward", "cap")
    def _check_window(self):
        for rule in self:
            if rule.backward < 0 or rule.forward < 0 or not 0 <= rule.cap <= 1:
                raise ValidationError(
                    self.env._(
                        "The consumption of %(rule)s is not valid. Periods cannot be negative, and "
                        "the maximum share is between 0 %% and 100 %%.",
                        rule=rule.name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _create_defaults(self, companies=None):
        """Create a rule for each company that has none.

        :param companies: ``res.company`` records; by default all
        """
        rules = self.with_context(active_test=False)._read_group([], ["company_id"])
        domain = Domain("id", "not in", [company.id for (company,) in rules])
        if companies is not None:
            domain &= Domain("id", "in", companies.ids)
        companies = self.env["res.company"].search(domain)
        self.create(
            [
                {"name": self.env._("All Products"), "sequence": 100, "company_id": company.id}
                for company in companies
            ]
        )

    @api.model
    def _active_rules(self, company, day):
        """:return: the rules of a company that are valid on a date, in order of priority"""
        return self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )

    def _find(self, product, channel_id, warehouse_id):
        """Find the rule of a product in a channel and warehouse.

        :param product: a ``product.product`` record
        :return: the first of these rules that matches, or an empty recordset
        """
        for rule in self:
            if (
                covers(rule, product)
                and (not rule.channel_ids or channel_id in rule.channel_ids.ids)
                and (not rule.warehouse_ids or warehouse_id in rule.warehouse_ids.ids)
            ):
                return rule
        return self.browse()

    def _series_key(self, product_id, channel_id, warehouse_id):
        """:return: the series to which the demand of a product belongs
        :rtype: SeriesKey
        """
        by_channel, by_warehouse = LEVELS[self.level]
        return SeriesKey(
            product_id, by_channel and channel_id or None, by_warehouse and warehouse_id or None
        )

    def _window(self):
        """:rtype: Window"""
        self.ensure_one()
        return Window(self.backward, self.forward, self.direction, self.cap or None)
