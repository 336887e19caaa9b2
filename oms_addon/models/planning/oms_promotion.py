"""Calendar of promotions: past ones are taken out of the history, planned ones are added."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets, flags, panel, promotions
from odoo.addons.oms_addon.tools.forecasting.numerics import NumpyMissingError
from odoo.addons.oms_addon.tools.forecasting.results import LONGEST, Series

from .scope import covers

KINDS = [
    ("price", "Price Reduction"),
    ("bundle", "Bundle Offer"),
    ("advertising", "Advertising"),
    ("event", "Sales Event"),
    ("other", "Other"),
]
#: codes of the types for the engine; 0 is none
CODES = {kind: code for code, (kind, _label) in enumerate(KINDS, 1)}
#: codes while one promotion is measured
MEASURED, OTHER = 1, 2
#: days after its end until which a promotion is measured again
SETTLED_DAYS = 14
PRODUCTS_PER_PANEL = 2000
#: an expected uplift stays within the limits of the engine
LOWEST, HIGHEST = promotions.LOWEST - 1, promotions.HIGHEST - 1


class Calendar:
    """The promotions of a company, as places of buckets; 0 is the current one."""

    def __init__(self, records, current, kind):
        self.entries = [
            (record, flags.find_promoted(record.date_from, record.date_to, current, kind))
            for record in records
        ]

    def flag(self, product, channel_id, length):
        """:return: the codes of the last ``length`` closed buckets, oldest first"""
        codes = self._codes(product, channel_id)
        return tuple(codes.get(place, 0) for place in range(-length, 0)) if codes else ()

    def plan(self, product, channel_id, horizon):
        """:return: the codes of the buckets to come, the current one first"""
        codes = self._codes(product, channel_id)
        return tuple(codes.get(place, 0) for place in range(horizon)) if codes else ()

    def expect(self, product, channel_id, horizon, measured):
        """:return: the factor of each bucket to come, from the uplifts that people expect

        :param measured: the codes of types whose uplift has been measured
        """
        factors = [1.0] * horizon
        for record, places in self._find(product, channel_id):
            if CODES[record.kind] not in measured:
                for place in places:
                    if 0 <= place < horizon:
                        factors[place] = 1.0 + record.expected_uplift
        return factors

    def _find(self, product, channel_id):
        return [entry for entry in self.entries if entry[0]._covers(product, channel_id)]

    def _codes(self, product, channel_id):
        return {
            place: CODES[record.kind]
            for record, places in self._find(product, channel_id)
            for place in places
        }


class OmsPromotion(models.Model):
    _name = "oms.promotion"
    _description = "Promotion"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        KINDS,
        "Promotion Type",
        required=True,
        default="price",
        help="The uplift of past promotions of a type is used for planned ones.",
    )
    date_from = fields.Date("Start Date", required=True, default=fields.Date.context_today)
    date_to = fields.Date("End Date", required=True, default=fields.Date.context_today)
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
    expected_uplift = fields.Float(
        help="Additional demand that you expect, as a share of the usual demand. It is used until "
        "the uplift of a promotion of this type has been measured."
    )
    measured_uplift = fields.Float(
        readonly=True,
        copy=False,
        help="Additional demand in the weeks of the promotion, as a share of the usual demand.",
    )
    measured_on = fields.Date(
        "Last Measured", readonly=True, copy=False, help="Empty until the first week has ended."
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for promotion in self:
            if promotion.date_to < promotion.date_from:
                raise ValidationError(
                    self.env._(
                        "The end date of %(promotion)s is before its start date.",
                        promotion=promotion.name,
                    )
                )

    @api.constrains("expected_uplift")
    def _check_expected_uplift(self):
        for promotion in self:
            if not LOWEST <= promotion.expected_uplift <= HIGHEST:
                raise ValidationError(
                    self.env._(
                        "The expected uplift of %(promotion)s is not valid. Enter a share from "
                        "%(lowest)s %% to %(highest)s %%.",
                        promotion=promotion.name,
                        lowest=round(LOWEST * 100),
                        highest=round(HIGHEST * 100),
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _calendar(self, company, current, kind):
        """:return: the promotions of a company, by bucket
        :rtype: Calendar
        """
        return Calendar(self.search([("company_id", "=", company.id)]), current, kind)

    def _covers(self, product, channel_id):
        """:return: whether the promotion applies to a product in a channel; ``None`` stands for
        all channels
        """
        self.ensure_one()
        if channel_id and self.channel_ids and channel_id not in self.channel_ids.ids:
            return False
        return covers(self, product)

    # === MEASURING === #

    @api.model
    def _measure_due(self):
        """Measure the uplift of one promotion, once a day until it is settled.

        :return: the number of promotions
        """
        today = fields.Date.today()
        week = buckets.start_of(today, "week")
        due = self.search(
            [
                ("date_from", "<", week),
                ("date_from", ">=", buckets.add(week, -LONGEST["week"], "week")),
                "|",
                ("measured_on", "=", False),
                "&",
                ("measured_on", "<", today),
                ("date_to", ">=", buckets.add(today, -SETTLED_DAYS, "day")),
            ],
            limit=1,
        )
        for promotion in due:
            promotion._measure(week)
            promotion.measured_on = today
        return len(due)

    def _measure(self, week):
        """Compare the demand of the promoted weeks with the usual demand.

        :param week: first day of the current week
        """
        sold = usual = 0.0
        series = self._read_series(week)
        try:
            for first in range(0, len(series), PRODUCTS_PER_PANEL):
                part = panel.build(series[first : first + PRODUCTS_PER_PANEL], "week")
                figures = promotions.measure(part, MEASURED)
                sold, usual = sold + figures[0], usual + figures[1]
        except NumpyMissingError:
            return
        self.measured_uplift = sold / usual - 1 if usual else 0.0

    def _read_series(self, week):
        """:return: the weekly demand of the promoted products as a list of `Series`"""
        cells, last = {}, buckets.add(week, -1, "week")
        for product_id, start, quantity in self._read_cells(week):
            cells.setdefault(product_id, {})[start] = quantity
        products = self.env["product.product"].browse(cells)
        mine = Calendar(self, week, "week")
        others = Calendar(
            self.search([("company_id", "=", self.company_id.id), ("id", "!=", self.id)]),
            week,
            "week",
        )
        series = []
        for product in products:
            history = buckets.history(cells[product.id], last, "week", LONGEST["week"])
            codes = mine.flag(product, None, len(history))
            if any(codes):
                hidden = others.flag(product, None, len(history)) or (0,) * len(history)
                codes = [
                    MEASURED if code else OTHER if other else 0
                    for code, other in zip(codes, hidden, strict=True)
                ]
                series.append(Series(product.id, tuple(history), promotions=tuple(codes)))
        return series

    def _read_cells(self, week):
        """:return: tuples (product, first day of the week, quantity)"""
        self.env["oms.demand"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT product_id, date_trunc('week', day::timestamp)::date,
                          SUM(quantity)::float
                     FROM oms_demand
                    WHERE company_id = %s AND is_exceptional IS NOT TRUE
                      AND day >= %s AND day < %s AND (%s OR channel_id = ANY(%s))
                 GROUP BY 1, 2""",
                self.company_id.id,
                buckets.add(week, -LONGEST["week"], "week"),
                week,
                not self.channel_ids,
                self.channel_ids.ids,
            )
        )
