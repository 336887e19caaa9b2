"""Allocation rules, the third level: which stock, and the action if it is not sufficient."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools import sourcing_terms

SORTS = [
    ("sequence", "Warehouse Sequence"),
    ("distance", "Nearest"),
    ("cost", "Cheapest Parcel"),
    ("age", "Oldest Stock"),
    ("capacity", "Most Free Capacity"),
    ("stock", "Most Stock"),
]


class OmsAllocationRule(models.Model):
    _name = "oms.allocation.rule"
    _description = "Allocation Rule"
    _order = "routing_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    routing_id = fields.Many2one(
        "oms.allocation.routing", required=True, index=True, check_company=True, ondelete="cascade"
    )
    run_id = fields.Many2one(related="routing_id.run_id")
    company_id = fields.Many2one(related="routing_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    group_ids = fields.Many2many(
        "oms.allocation.group", string="Warehouse Groups", check_company=True
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "oms_allocation_rule_warehouse_rel",
        string="Warehouses",
        check_company=True,
        help="Warehouses considered in addition to those of the groups. Leave both empty to "
        "consider all warehouses that can ship the order.",
    )
    zone_ids = fields.Many2many(
        "oms.allocation.zone",
        string="Delivery Zones",
        check_company=True,
        help="Leave empty to apply to all destinations.",
    )
    max_km = fields.Float(
        "Maximum Distance (km)",
        digits=(8, 0),
        help="Straight-line distance. Enter 0 for any distance.",
    )
    needs_carrier = fields.Boolean(
        "Carrier Must Match",
        help="Consider only warehouses that work with the carrier of the order.",
    )
    keeps_safety = fields.Boolean("Respect Safety Stock", default=True)
    sort_by = fields.Selection(SORTS, "Sort Warehouses By", required=True, default="sequence")
    then_by = fields.Selection(SORTS, help="Applied to warehouses that rank equally.")
    one_parcel = fields.Boolean(
        "Single Parcel Only",
        help="Do not split orders that no single warehouse can ship completely.",
    )
    max_parcels = fields.Integer("Maximum Parcels", help="Enter 0 for no limit.")
    min_value = fields.Monetary(
        "Minimum Value per Parcel",
        help="Split an order only if each part, including a backordered part, has at least this "
        "value.",
    )
    action = fields.Selection(
        [
            ("partial", "Allocate Available Stock, Backorder the Rest"),
            ("next", "Try the Next Rule"),
            ("queue", "Hold for Review"),
            ("cancel", "Backorder, Then Cancel"),
        ],
        "If Stock Is Insufficient",
        required=True,
        default="next",
    )
    cancel_days = fields.Integer("Cancel After (Days)", default=7)
    cancel_since = fields.Datetime(
        "Cancel Orders Received Since",
        compute="_compute_cancel_since",
        store=True,
        copy=False,
        help="Orders received before this date are backordered without a time limit.",
    )
    user_id = fields.Many2one(
        "res.users", "Assigned To", check_company=True, help="User who reviews the orders on hold."
    )

    _limits_positive = models.Constraint(
        "CHECK (max_km >= 0 AND max_parcels >= 0 AND min_value >= 0)",
        "Distance, parcels and value cannot be negative.",
    )

    @api.depends("action", "active", "routing_id.active", "routing_id.run_id.active")
    def _compute_cancel_since(self):
        """Store since when the rule cancels orders: orders received earlier are not cancelled."""
        now = fields.Datetime.now()
        for rule in self:
            is_on = rule.active and rule.routing_id.active and rule.run_id.active
            cancels = is_on and rule.action == "cancel"
            rule.cancel_since = cancels and (rule.cancel_since or now)

    def _action_for(self, received_at):
        """:return: the rule's action if it cannot serve an order received at that time"""
        if self.action == "cancel" and received_at and received_at < self.cancel_since:
            return "partial"
        return self.action

    @api.constrains("action", "cancel_days")
    def _check_cancel_days(self):
        for rule in self:
            if rule.action == "cancel" and rule.cancel_days < 1:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” cancels orders but has no number of days. Enter at "
                        "least 1 day.",
                        rule=rule.name,
                    )
                )

    def _to_rules(self, received_at=None):
        """:param received_at: when the order was received; ``None`` for now
        :return: the rules as the engine's input
        :rtype: tuple[sourcing_terms.Rule]
        """
        return tuple(
            sourcing_terms.Rule(
                id=rule.id,
                name=rule.name,
                warehouses=frozenset((rule.warehouse_ids | rule.group_ids.warehouse_ids).ids),
                zones=rule.zone_ids._to_zones(),
                max_km=rule.max_km,
                needs_carrier=rule.needs_carrier,
                keeps_safety=rule.keeps_safety,
                sorts=tuple(filter(None, (rule.sort_by, rule.then_by))),
                max_parcels=rule.max_parcels,
                min_value=rule.min_value,
                one_parcel=rule.one_parcel,
                action=rule._action_for(received_at),
                cancel_days=rule.cancel_days,
            )
            for rule in self
        )
