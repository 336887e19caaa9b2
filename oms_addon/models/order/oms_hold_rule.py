"""Rules that put orders on hold for review before they are confirmed."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsHoldRule(models.Model):
    _name = "oms.hold.rule"
    _inherit = ["oms.order.condition"]
    _description = "Exception Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    channel_ids = fields.Many2many(
        "oms.channel", string="Channels", help="Leave empty to apply to all channels."
    )
    domain = fields.Char("Orders")
    reason_id = fields.Many2one(
        "oms.hold.reason", required=True, default=lambda self: self._default_reason_id()
    )
    user_id = fields.Many2one("res.users", "Assigned To", check_company=True)
    hold_count = fields.Integer(compute="_compute_hold_count")

    @api.model
    def _default_reason_id(self):
        return self.env.ref("oms_addon.oms_hold_reason_rule", raise_if_not_found=False)

    def _compute_hold_count(self):
        counts = dict(
            self.env["oms.hold"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "open")], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.hold_count = counts.get(rule, 0)

    def _get_order_domain(self):
        """Extend: restrict to the rule's channels."""
        domain = super()._get_order_domain()
        if self.channel_ids:
            domain &= Domain("oms_channel_id", "in", self.channel_ids.ids)
        return domain

    @api.model
    def _screen(self, orders):
        """Match orders against the rules; a rule applies at most once per order.

        :param orders: ``sale.order`` records
        :return: tuples (order, problem) for ``oms.hold._open_many``
        """
        rules = self.sudo().search([("company_id", "in", orders.company_id.ids)])
        if not rules:
            return []
        spoken = {
            (order.id, rule.id)
            for order, rule in self.env["oms.hold"]
            .sudo()
            ._read_group(
                [("order_id", "in", orders.ids), ("rule_id", "in", rules.ids)],
                ["order_id", "rule_id"],
            )
        }
        found = []
        for rule in rules:
            candidates = orders.filtered(
                lambda o, rule=rule: (
                    o.company_id == rule.company_id and (o.id, rule.id) not in spoken
                )
            )
            for order in candidates.search(
                rule._get_order_domain() & Domain("id", "in", candidates.ids)
            ):
                found.append(
                    (order, HoldReason(code=rule.reason_id.code, message=rule.name, rule=rule))
                )
        return found
