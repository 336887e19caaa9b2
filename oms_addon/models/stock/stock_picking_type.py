"""Operation types whose reservations the allocator takes over, and gives back as they were."""

from odoo import fields, models

#: how operation types work whose outgoing reservations are the allocator's
TAKEN_OVER = {"reservation_method": "manual", "print_label": False}


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    oms_former_values = fields.Json(
        "Former Settings",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Settings of the operation type before the allocator reserved its stock.",
    )

    def _oms_take_over(self):
        """Have the allocator alone reserve for operation types; how they worked is kept."""
        for picking_type in self.sudo().filtered(lambda t: not t.oms_former_values):
            picking_type.oms_former_values = {name: picking_type[name] for name in TAKEN_OVER}
        self.write(TAKEN_OVER)

    def _oms_give_back(self):
        """Have operation types work as they did before the allocator reserved for them."""
        for picking_type in self:
            # Of types that were taken over before this was kept, what Odoo gives new ones.
            former = picking_type.sudo().oms_former_values or {
                "reservation_method": "at_confirm",
                "print_label": picking_type.code == "outgoing",
            }
            picking_type.write(former)
        self.sudo().oms_former_values = False
