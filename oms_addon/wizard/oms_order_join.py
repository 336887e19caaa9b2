"""Wizard: combine orders of a customer into one shipment."""

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsOrderJoin(models.TransientModel):
    _name = "oms.order.join"
    _inherit = "oms.wizard"
    _description = "Combine Orders"

    order_id = fields.Many2one("sale.order", required=True)
    line_ids = fields.One2many("oms.order.join.line", "join_id")
    other_text = fields.Text(
        "Orders That Cannot Be Combined",
        readonly=True,
        help="Other open orders of the customer, with the reason.",
    )

    @api.model
    def default_get(self, fields_list):
        """Extend: list the orders that can be combined; uncertain ones are not selected."""
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(self.env.context.get("active_id"))
        order.check_access("read")
        together = self.env["oms.combined.shipment"]
        companions = together._companions(order).get(order, order.browse())
        values["order_id"] = order.id
        values["line_ids"] = [
            Command.create(
                {
                    "order_id": other.id,
                    "is_chosen": not together._doubt(other),
                }
            )
            for other in companions
        ]
        values["other_text"] = self._other_text(order, companions)
        return values

    @api.model
    def _other_text(self, order, companions):
        """:return: why the customer's other open orders cannot be combined, for people"""
        together = self.env["oms.combined.shipment"]
        others = together._open_orders(order) - order - companions - together._merged_with(order)
        reasons = (together._why_not(order | other) for other in others)
        return "\n".join(dict.fromkeys(filter(None, reasons)))

    def action_join(self):
        """Combine the chosen orders into one delivery.

        :raise UserError: when they cannot be combined
        """
        self.ensure_one()
        self._check_records()
        orders = self.order_id | self.line_ids.filtered("is_chosen").order_id
        orders.check_access("write")
        # Agents may combine orders, but not edit deliveries.
        service_sudo = (
            self.env["oms.shared.delivery"].sudo().with_context(**sealed(actor=self.env.user.name))
        )
        service_sudo._merge(orders.sudo())
        return {"type": "ir.actions.act_window_close"}
