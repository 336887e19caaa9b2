"""The third level of the rules: which stock, and what happens when it cannot serve."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools import sourcing_terms

SORTS = [
    ("sequence", "Order of the warehouses"),
    ("distance", "Nearest"),
    ("cost", "Cheapest parcel"),
    ("age", "Oldest stock"),
    ("capacity", "Most free capacity"),
    ("stock", "Most stock"),
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
        "oms.allocation.group", string="Warehouse groups", check_company=True
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "oms_allocation_rule_warehouse_rel",
        string="Warehouses",
        check_company=True,
        help="These and those of the groups. Both empty: all that may serve the order.",
    )
    zone_ids = fields.Many2many(
        "oms.allocation.zone", string="Delivers to", check_company=True, help="Empty: anywhere."
    )
    max_km = fields.Float("Within (km)", digits=(8, 0), help="As the crow flies. 0: any distance.")
    needs_carrier = fields.Boolean(
        "Has the order's carrier", help="Only warehouses that work with the carrier of the order."
    )
    keeps_safety = fields.Boolean("Keeps safety stock", default=True)
    sort_by = fields.Selection(SORTS, "First choice", required=True, default="sequence")
    then_by = fields.Selection(SORTS, help="Among equals.")
    one_parcel = fields.Boolean(
        "One parcel only", help="An order no warehouse has whole is not split."
    )
    max_parcels = fields.Integer("At most parcels", help="0: as many as it takes.")
    min_value = fields.Monetary(
        "No parcel below",
        help="An order is split only when each part, also what waits, is worth it.",
    )
    action = fields.Selection(
        [
            ("partial", "Allocate what is there, the rest waits"),
            ("next", "Try the next rule"),
            ("queue", "Queue it for a person"),
            ("cancel", "Let it wait, then cancel it"),
        ],
        "If it cannot serve all",
        required=True,
        default="next",
    )
    cancel_days = fields.Integer("Cancel after (days)", default=7)
    cancel_since = fields.Datetime(
        "Cancels Orders Received Since",
        compute="_compute_cancel_since",
        store=True,
        copy=False,
        help="Orders received before wait without an end.",
    )
    user_id = fields.Many2one("res.users", "Owner", check_company=True, help="Who decides.")

    _limits_positive = models.Constraint(
        "CHECK (max_km >= 0 AND max_parcels >= 0 AND min_value >= 0)",
        "Distance, parcels and value cannot be less than nothing.",
    )

    @api.depends("action", "active", "routing_id.active", "routing_id.run_id.active")
    def _compute_cancel_since(self):
        """Set when a rule begins to cancel: it touches no older order."""
        now = fields.Datetime.now()
        for rule in self:
            is_on = rule.active and rule.routing_id.active and rule.run_id.active
            cancels = is_on and rule.action == "cancel"
            rule.cancel_since = cancels and (rule.cancel_since or now)

    def _action_for(self, received_at):
        """:return: what a rule does that cannot serve an order received then"""
        if self.action == "cancel" and received_at and received_at < self.cancel_since:
            return "partial"
        return self.action

    @api.constrains("action", "cancel_days")
    def _check_cancel_days(self):
        for rule in self:
            if rule.action == "cancel" and rule.cancel_days < 1:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” cancels: say after how many days, 1 at least.",
                        rule=rule.name,
                    )
                )

    def _to_rules(self, received_at=None):
        """:param received_at: when the order was received that they decide about; ``None`` for
            one of now
        :return: these rules as the engine reads them
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
