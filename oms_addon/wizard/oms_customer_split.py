"""Wizard: move orders that belong to another customer."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed

MAX_ORDERS = 80


class OmsCustomerSplit(models.TransientModel):
    _name = "oms.customer.split"
    _inherit = "oms.wizard"
    _description = "Split Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    line_ids = fields.One2many("oms.customer.split.line", "split_id")
    name = fields.Char("New Customer", compute="_compute_new", store=True, readonly=False)
    email = fields.Char(compute="_compute_new", store=True, readonly=False)
    phone = fields.Char(compute="_compute_new", store=True, readonly=False)

    @api.model
    def default_get(self, fields_list):
        """Extend: list the customer's latest orders."""
        values = super().default_get(fields_list)
        partner = self.env["res.partner"].browse(self.env.context.get("active_id"))
        partner.check_access("read")
        partner = partner.commercial_partner_id if partner.parent_id else partner
        orders = self.env["sale.order"].search(
            [("partner_id", "=", partner.id)], order="id desc", limit=MAX_ORDERS
        )
        values["partner_id"] = partner.id
        values["line_ids"] = [Command.create({"order_id": order.id}) for order in orders]
        return values

    @api.depends("line_ids.is_chosen")
    def _compute_new(self):
        for split in self:
            line = split.line_ids.filtered("is_chosen")[:1]
            split.name = split.name or line.told_name
            if (line.told_email or "").casefold() != (split.partner_id.email or "").casefold():
                split.email = split.email or line.told_email
            split.phone = split.phone or line.told_phone

    def action_split(self):
        """Move the chosen orders to a new customer and open it.

        :raise UserError: when no order is chosen, or all are
        """
        self.ensure_one()
        self._check_records()
        orders = self.line_ids.filtered("is_chosen").order_id
        if not orders or not self.name:
            raise UserError(
                self.env._("Select the orders to move, and enter the name of the new customer.")
            )
        orders.check_access("write")
        # Agents may move orders, but not edit contacts.
        splitter_sudo = self.env["oms.customer.splitter"].sudo()
        new = splitter_sudo.with_context(**sealed(actor=self.env.user.name))._split(
            orders.sudo(), {"name": self.name, "email": self.email, "phone": self.phone}
        )
        return new.sudo(False).get_formview_action()
