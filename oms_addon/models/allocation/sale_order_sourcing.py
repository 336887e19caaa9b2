"""Sourcing of orders confirmed by a user, unless the warehouse was chosen on purpose."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_keep_warehouse = fields.Boolean(
        "Keep Warehouse",
        help="Ship the order from this warehouse. If unchecked, Orders Hub selects the "
        "warehouse when the order is confirmed.",
    )
    oms_is_sourced = fields.Boolean(
        "Sourced on Confirmation",
        compute="_compute_oms_is_sourced",
        compute_sudo=True,
        help="The warehouse is selected when the order is confirmed.",
    )

    @api.depends("state", "warehouse_id.oms_managed", "oms_by_channel")
    def _compute_oms_is_sourced(self):
        for order in self:
            order.oms_is_sourced = (
                order.state in ("draft", "sent")
                and order.warehouse_id.oms_managed
                and not order.oms_by_channel
            )

    @api.onchange("warehouse_id")
    def _onchange_warehouse_id_oms(self):
        """Keep the warehouse if the user selects one that differs from the default."""
        usual = self.new({"user_id": self.user_id.id, "company_id": self.company_id.id})
        self.oms_keep_warehouse = bool(
            self.oms_is_sourced and self.warehouse_id != usual.warehouse_id
        )

    def _oms_source_manually(self):
        """Source orders that are being confirmed.

        Orders without channel from unmanaged warehouses are left as they are.

        :raise UserError: when a user confirms an order that no rule serves
        """
        # sourced: already sourced by the order path, see oms.order.flow
        if unsealed(self.env, "sourced") or self.env.context.get("skip_procurement"):
            return
        orders_sudo = self.sudo().filtered(lambda o: o.oms_channel_id or o.warehouse_id.oms_managed)
        kept = orders_sudo.filtered(
            lambda o: o.oms_keep_warehouse and o.oms_chosen_warehouse_id != o.warehouse_id
        )
        for warehouse, of_warehouse in kept.grouped("warehouse_id").items():
            of_warehouse.oms_chosen_warehouse_id = warehouse
            of_warehouse._oms_log_chosen(warehouse)
        # by_hand: no user can be asked if a payment confirms the order
        by_hand = self.env.su or not self.env.user._is_internal()
        for company, of_company in orders_sudo.grouped("company_id").items():
            sourcing = self.env["oms.sourcing"].sudo().with_company(company)
            queued = sourcing.with_context(**sealed(by_hand=by_hand))._source(of_company)
            if queued and not by_hand:
                queued._oms_refuse_unserved()

    def _oms_refuse_unserved(self):
        """:raise UserError: always, with the reason why no rule serves the orders and the remedy"""
        raise UserError(
            "\n".join(
                self.env._(
                    "%(order)s: %(why)s Select a warehouse, check “Keep Warehouse”, then "
                    "confirm again.",
                    order=order.name,
                    why=sentences.join([order.oms_allocation_text]),
                )
                for order in self
            )
        )
