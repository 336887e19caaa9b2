"""Wizard: hold, prioritize, tag or assign many orders."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OmsOrderBatch(models.TransientModel):
    _name = "oms.order.batch"
    _inherit = "oms.wizard"
    _description = "Change Orders"

    order_ids = fields.Many2many(
        "sale.order", default=lambda self: self.env.context.get("active_ids")
    )
    order_count = fields.Integer("Orders", compute="_compute_order_count")
    kind = fields.Selection(
        [
            ("hold", "Put On Hold"),
            ("priority", "Set Priority"),
            ("tag", "Add Tags"),
            ("assign", "Assign"),
        ],
        required=True,
        default="hold",
    )
    reason = fields.Char(help="Shown with the exception and in the audit trail of the order.")
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="1")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )

    def _compute_order_count(self):
        for batch in self:
            batch.order_count = len(batch.order_ids)

    def action_apply(self):
        """Apply the change to the orders.

        :raise UserError: when a hold has no reason
        """
        self.ensure_one()
        self._check_records()
        self.order_ids.check_access("write")
        answer = getattr(self, f"_apply_{self.kind}")()
        return answer or {"type": "ir.actions.act_window_close"}

    def _apply_hold(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter a reason for putting the orders on hold."))
        held = self.order_ids._oms_hold(self.reason.strip())
        left = self.order_ids - held
        if not left:
            return None
        names = ", ".join(left.mapped("name"))
        if not held:
            raise UserError(
                self.env._(
                    "Orders that are done or cancelled cannot be put on hold: %(orders)s.",
                    orders=names,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Orders put on hold: %(count)s. Skipped because done or cancelled: %(orders)s.",
                    count=len(held),
                    orders=names,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _apply_priority(self):
        self.order_ids.oms_priority = self.priority

    def _apply_tag(self):
        self.order_ids.tag_ids = [Command.link(tag.id) for tag in self.tag_ids]

    def _apply_assign(self):
        self.order_ids.user_id = self.user_id
