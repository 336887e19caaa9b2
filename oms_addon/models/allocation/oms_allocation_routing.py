"""Routing rules, the second level: which orders of a rule set, in which serving order."""

from odoo import fields, models

SORTS = [
    ("serving", "Urgent, Promised Date, Order Date"),
    ("promise", "Earliest Promised Date First"),
    ("placed", "Oldest First"),
    ("value", "Highest Value First"),
    ("small", "Fewest Units First"),
]


class OmsAllocationRouting(models.Model):
    _name = "oms.allocation.routing"
    _inherit = ["oms.order.condition"]
    _description = "Routing Rule"
    _order = "run_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    run_id = fields.Many2one(
        "oms.allocation.run", required=True, index=True, check_company=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    zone_ids = fields.Many2many(
        "oms.allocation.zone",
        string="Delivery Zones",
        check_company=True,
        help="Leave empty to apply to all destinations.",
    )
    sort_by = fields.Selection(SORTS, "Allocation Order", required=True, default="serving")
    rule_ids = fields.One2many("oms.allocation.rule", "routing_id", "Rules", copy=True)

    def _select(self, orders, destinations):
        """Select the orders of a rule set that match the routing rule; see
        ``oms.allocation.run``.
        """
        self.ensure_one()
        zones = self.zone_ids._to_zones()
        found = orders.filtered(
            lambda o: not zones or any(zone.holds(destinations[o]) for zone in zones)
        )
        domain = self._get_order_domain()
        return found if domain.is_true() else found.filtered_domain(domain)

    def _sorted(self, orders):
        """:return: the orders in the routing rule's serving order"""
        serving = orders._oms_serving_order()
        far = fields.Datetime.to_datetime("9999-01-01")
        keys = {
            "promise": lambda o: o.oms_promised_at or far,
            "placed": lambda o: o.oms_placed_at or o.date_order,
            "value": lambda o: -o.amount_total / (o.currency_rate or 1.0),
            "small": lambda o: sum(o.order_line.mapped("product_uom_qty")),
        }
        key = keys.get(self.sort_by)
        return serving.sorted(key) if key else serving
