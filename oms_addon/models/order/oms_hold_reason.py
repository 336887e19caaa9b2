"""Why something waits for a person, and what that person can do."""

from odoo import api, fields, models, tools


class OmsHoldReason(models.Model):
    _name = "oms.hold.reason"
    _description = "Hold Reason"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    advice = fields.Char(translate=True, help="What to do, in one sentence.")
    fix = fields.Selection(
        [
            ("map_sku", "Map the SKU"),
            ("set_customer", "Choose the customer"),
            ("edit", "Edit and retry"),
            ("retry", "Retry"),
            ("release", "Release"),
            ("address", "Correct the address"),
            ("cancel", "Cancel or ship"),
        ],
        required=True,
        default="release",
        help="The one-click way out.",
    )
    is_blocking = fields.Boolean(
        "Stops the order",
        default=True,
        help="Otherwise the order goes on by itself as soon as it can.",
    )
    group_id = fields.Many2one(
        "res.groups", "Who may release", help="Empty: every agent may release it."
    )
    owner_id = fields.Many2one("res.users", "Usual owner")

    _code_uniq = models.UniqueIndex("(code)", "Every reason has a code of its own.")

    @api.model
    @tools.ormcache("code")
    def _id_of(self, code):
        """:return: the id of the reason ``code``; STEP_FAILED's for one nobody declared"""
        return (
            self.search([("code", "=", code)], limit=1)
            or self.env.ref("oms_addon.oms_hold_reason_step_failed")
        ).id

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)
