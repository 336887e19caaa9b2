"""Rule sets, the first level of allocation rules: which orders they apply to."""

from odoo import api, fields, models


class OmsAllocationRun(models.Model):
    """Selects orders. Each order belongs to the first matching rule set and its first matching
    routing rule, so that rules never conflict.
    """

    _name = "oms.allocation.run"
    _inherit = ["oms.order.condition"]
    _description = "Allocation Rule Set"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_ids = fields.Many2many(
        "oms.channel",
        string="Channels",
        check_company=True,
        help="Leave empty to apply to all channels.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")], help="Leave empty to apply to all priorities."
    )
    promise_days = fields.Integer(
        "Promised Within (Days)",
        help="Apply only to orders promised within this number of days. Enter 0 for any date.",
    )
    value_min = fields.Monetary("Minimum Value")
    value_max = fields.Monetary("Maximum Value", help="Enter 0 for no limit.")
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Carriers",
        check_company=True,
        help="Leave empty to apply to all priorities.",
    )
    shipping_method = fields.Char(
        help="Text the shipping method of the channel must contain, e.g. express."
    )
    zone_ids = fields.Many2many(
        "oms.allocation.zone",
        string="Delivery Zones",
        check_company=True,
        help="Leave empty to apply to all destinations.",
    )
    routing_ids = fields.One2many("oms.allocation.routing", "run_id", "Routing Rules", copy=True)
    rule_count = fields.Integer("Rules", compute="_compute_rule_count")

    @api.depends("routing_ids.rule_ids")
    def _compute_rule_count(self):
        for run in self:
            run.rule_count = len(run.routing_ids.rule_ids)

    def _select(self, orders, destinations):
        """Select the orders that match the rule set.

        :param orders: ``sale.order`` records
        :param dict destinations: ``zones.Destination`` by order
        :return: the matching orders
        """
        self.ensure_one()
        zones = self.zone_ids._to_zones()
        found = orders.filtered(
            lambda o: (
                o.company_id == self.company_id
                and self._wants(o)
                and (not zones or any(zone.holds(destinations[o]) for zone in zones))
            )
        )
        domain = self._get_order_domain()
        return found if domain.is_true() else found.filtered_domain(domain)

    def _wants(self, order):
        """:return: whether the order matches the conditions other than zones and filter"""
        currency = self.currency_id
        value = order.amount_total / (order.currency_rate or 1.0)
        until = fields.Datetime.add(fields.Datetime.now(), days=self.promise_days)
        method = (self.shipping_method or "").casefold()
        return (
            (not self.channel_ids or order.oms_channel_id in self.channel_ids)
            and (not self.priority or (order.oms_priority or "0") == self.priority)
            and (
                not self.promise_days
                or bool(order.oms_promised_at)
                and order.oms_promised_at <= until
            )
            and currency.compare_amounts(value, self.value_min) >= 0
            and (not self.value_max or currency.compare_amounts(value, self.value_max) <= 0)
            and (not self.carrier_ids or order.carrier_id in self.carrier_ids)
            and method in (order.oms_shipping_method or "").casefold()
        )

    def action_simulate(self):
        """Open a simulation of this rule set."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_allocation_simulation_action"
        )
        return {**action, "context": {"default_run_ids": [(6, 0, self.ids)]}}

    def action_test(self):
        """Open a test order for this rule set."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_allocation_test_action"
        )
        return {**action, "context": {"default_run_id": self.id}}
