"""Reasons of exceptions, and the action offered to resolve each."""

from odoo import api, fields, models, tools


class OmsHoldReason(models.Model):
    _name = "oms.hold.reason"
    _description = "Exception Reason"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    advice = fields.Char(translate=True, help="What to do about the exception, in one sentence.")
    fix = fields.Selection(
        [
            ("map_sku", "Link SKU to Product"),
            ("set_customer", "Set Customer"),
            ("edit", "Edit and Retry"),
            ("retry", "Retry"),
            ("release", "Release"),
            ("address", "Correct Address"),
            ("cancel", "Cancel or Ship"),
        ],
        required=True,
        default="release",
        help="Action offered to resolve the exception.",
    )
    is_blocking = fields.Boolean(
        "Blocks the Order",
        default=True,
        help="If unchecked, the order continues as soon as it can.",
    )
    group_id = fields.Many2one(
        "res.groups",
        "Released By",
        help="Users who can release the exception. Leave empty to let every agent release it.",
    )
    owner_id = fields.Many2one("res.users", "Default Owner")

    _code_uniq = models.UniqueIndex(
        "(code)", "The code is already used by another exception reason."
    )

    @api.model
    @tools.ormcache("code")
    def _id_of(self, code):
        """:return: the id of the reason ``code``; of STEP_FAILED if there is no such reason"""
        return (
            self.search([("code", "=", code)], limit=1)
            or self.env.ref("oms_addon.oms_hold_reason_step_failed")
        ).id

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)
