"""Change the warehouse of backordered orders."""

from odoo import fields, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsAllocationMove(models.TransientModel):
    _name = "oms.allocation.move"
    _inherit = "oms.wizard"
    _description = "Change Warehouse"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        domain="[('oms_managed', '=', True), ('company_id', '=', company_id)]",
    )

    def action_move(self):
        """Ship the orders from the chosen warehouse."""
        self.ensure_one()
        self._check_records()
        self.order_ids.check_access("write")
        orders_sudo = self.order_ids.sudo().with_context(**sealed(actor=self.env.user.name))
        orders_sudo._oms_send_from(self.warehouse_id.sudo())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
