"""Allocation data of an order."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_allocation_plan = fields.Json("Allocation", readonly=True, copy=False)
    oms_allocation_rule_id = fields.Many2one(
        "oms.allocation.rule",
        "Allocation Rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Rule that selected the warehouses. Its limits also apply when items are sourced "
        "again.",
    )
    oms_cancel_at = fields.Datetime(
        "Cancel On",
        readonly=True,
        copy=False,
        help="Date on which items that are still backordered are cancelled.",
    )
    oms_chosen_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Warehouse Set Manually",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Warehouse set by a user: rules do not change it.",
    )

    _oms_cancel_idx = models.Index("(oms_cancel_at) WHERE oms_cancel_at IS NOT NULL")

    def _oms_release_slots(self):
        """Release the slots of cancelled orders for today and later."""
        self.env["oms.allocation.slot"].sudo().search([("order_id", "in", self.ids)]).filtered(
            lambda s: s.day >= self.env["oms.allocation.day"]._today(s.warehouse_id)
        )._release()
        self.sudo().filtered("oms_cancel_at").oms_cancel_at = False

    def _oms_send_from(self, warehouse):
        """Serve orders from a warehouse chosen by a person, regardless of the rules.

        :param warehouse: one managed ``stock.warehouse`` of the orders' company
        :raise UserError: when items were picked or the warehouse cannot serve the orders
        """
        for order in self:
            if warehouse.company_id != order.company_id or not warehouse.oms_managed:
                raise UserError(
                    self.env._(
                        "%(warehouse)s cannot ship %(order)s. Select a warehouse of %(company)s "
                        "that is managed by Orders Hub.",
                        warehouse=warehouse.name,
                        order=order.oms_order_ref or order.name,
                        company=order.company_id.name,
                    )
                )
        drafts = self.filtered(lambda o: o.state in ("draft", "sent"))
        self.oms_chosen_warehouse_id = warehouse
        self.env["oms.resourcing"]._move((self - drafts).order_line, warehouse)
        text = self._oms_log_chosen(warehouse)
        holds = self.oms_hold_ids.filtered(
            lambda h: h.state == "open" and h.reason_code == "ALLOCATION"
        )
        holds._release(text)

    def _oms_log_chosen(self, warehouse):
        """Log the chosen warehouse in the timeline of orders.

        :return: the logged sentence
        """
        text = self.env._(
            "Warehouse set to %(warehouse)s by %(user)s.",
            warehouse=warehouse.name,
            user=unsealed(self.env, "actor") or self.env.user.name,
        )
        self.env["oms.event"]._log(self, "order.warehouse_chosen", text)
        return text
