"""Stop requests and short picks on deliveries."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import sealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_stop_ids = fields.Many2many(
        "oms.stop.request", string="Stop Requests", readonly=True, copy=False
    )
    oms_stop_text = fields.Char(
        "Stop Request Summary", compute="_compute_oms_stop_text", compute_sudo=True
    )
    oms_can_reject = fields.Boolean(
        "Can Report Short Pick", compute="_compute_oms_can_reject", compute_sudo=True
    )

    @api.depends("oms_stop_ids.state")
    def _compute_oms_stop_text(self):
        for picking in self:
            asked = picking.oms_stop_ids.filtered(lambda r: r.state == "asked")
            picking.oms_stop_text = (
                " ".join(
                    self.env._("%(reason)s To restock: %(what)s.", reason=r.reason, what=r.what)
                    for r in asked
                )
                if asked and picking.state not in ("done", "cancel")
                else False
            )

    @api.depends("state", "picking_type_id")
    def _compute_oms_can_reject(self):
        warehouses = self.picking_type_id.warehouse_id.filtered("oms_managed")
        types = warehouses._oms_outgoing_types() | warehouses.pack_type_id
        for picking in self:
            picking.oms_can_reject = (
                picking.state in ("assigned", "confirmed")
                and picking.picking_type_id in types
                and bool(picking.move_line_ids)
            )

    def action_oms_stopped(self):
        """Answer that the items were restocked."""
        return self._oms_answer_stop(True)

    def action_oms_too_late(self):
        """Answer that the items were already shipped or can no longer be stopped."""
        return self._oms_answer_stop(False)

    def action_oms_reject(self):
        """Open the dialog to report a short pick."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_pick_reject_action")
        return {**action, "context": {"default_picking_id": self.id}}

    def _oms_answer_stop(self, is_stopped):
        """Answer the open stop requests.

        :param bool is_stopped: whether the items were restocked
        :raise UserError: if another user already answered
        """
        self.ensure_one()
        self.check_access("write")
        self._oms_lock()
        # Cancelling and crediting need system rights, whoever picks.
        asked_sudo = self.sudo().oms_stop_ids.filtered(lambda r: r.state == "asked")
        if not asked_sudo:
            raise UserError(
                self.env._("%(delivery)s was already answered by another user.", delivery=self.name)
            )
        asked_sudo.with_context(**sealed(actor=self.env.user.name))._answer(is_stopped)
        return True
