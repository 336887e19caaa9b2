"""Operation types whose reservations the allocator controls; their settings can be restored."""

from odoo import fields, models

#: settings of operation types under control of the allocator
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

    def _oms_apply_settings(self):
        """Let only the allocator reserve for operation types; their former settings are stored."""
        for picking_type in self.sudo().filtered(lambda t: not t.oms_former_values):
            picking_type.oms_former_values = {name: picking_type[name] for name in TAKEN_OVER}
        self.write(TAKEN_OVER)

    def _oms_restore_settings(self):
        """Restore the former settings of operation types."""
        for picking_type in self:
            # If no former settings are stored, use Odoo's defaults for new operation types.
            former = picking_type.sudo().oms_former_values or {
                "reservation_method": "at_confirm",
                "print_label": picking_type.code == "outgoing",
            }
            picking_type.write(former)
        self.sudo().oms_former_values = False
