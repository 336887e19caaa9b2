"""Forecasts of a product."""

from odoo import api, fields, models

from .scope import covers


class ProductProduct(models.Model):
    _inherit = "product.product"

    oms_stockout_date = fields.Date(
        "Stockout Date",
        compute="_compute_oms_stockout_date",
        groups="oms_addon.oms_addon_group_office",
        help="First date on which a warehouse runs out of the product.",
    )
    oms_cover_days = fields.Integer(
        "Days of Cover",
        compute="_compute_oms_stockout_date",
        groups="oms_addon.oms_addon_group_office",
        help="Number of days that stock lasts in the warehouse that runs out first.",
    )
    oms_forecast_count = fields.Integer(
        "Forecasts",
        compute="_compute_oms_stockout_date",
        groups="oms_addon.oms_addon_group_office",
    )

    oms_forecast_rule_ids = fields.Many2many(
        "oms.forecast.rule",
        string="Forecast Rules",
        compute="_compute_oms_forecast_rule_ids",
        groups="oms_addon.oms_addon_group_office",
        help="Rules that apply to the product in the current company. The first one that matches "
        "the channel and the warehouse is used.",
    )

    @api.depends_context("company")
    @api.depends("categ_id")
    def _compute_oms_forecast_rule_ids(self):
        for product in self:
            product.oms_forecast_rule_ids = product._oms_forecast_rules()

    @api.depends_context("company", "allowed_company_ids")
    def _compute_oms_stockout_date(self):
        rows = self.env["oms.forecast"]._read_group(
            [("product_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)],
            ["product_id"],
            ["stockout_date:min", "cover_days:min", "__count"],
        )
        found = {product.id: figures for product, *figures in rows}
        for product in self:
            (
                product.oms_stockout_date,
                product.oms_cover_days,
                product.oms_forecast_count,
            ) = found.get(product.id, (False, 0, 0))

    def action_oms_forecasts(self):
        """Open the forecasts of these products, by channel and warehouse."""
        self.check_access("read")
        self.env["oms.forecast"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_forecast_action")
        return {
            **action,
            "domain": [("product_id", "in", self.ids)],
            "name": self.env._("Planning"),
        }

    def _oms_forecast_rules(self):
        """:return: the rules of the current company that apply to this product in some channel
        or warehouse, in the order in which they are tried
        """
        self.ensure_one()
        company = self.env.company
        today = self.env["oms.forecast"]._current_bucket(company, "day")
        found = self.env["oms.forecast.rule"]
        for rule in found._active_rules(company, today):
            if covers(rule, self):
                found += rule
                if not rule.channel_ids and not rule.warehouse_ids:
                    break
        return found
