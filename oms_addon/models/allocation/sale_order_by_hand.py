"""An order that somebody confirms by hand is served from where the rules say, unless its
warehouse was chosen on purpose.
"""

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
        """Keep a warehouse that somebody chose: another than the one the order came with."""
        usual = self.new({"user_id": self.user_id.id, "company_id": self.company_id.id})
        self.oms_keep_warehouse = bool(
            self.oms_is_sourced and self.warehouse_id != usual.warehouse_id
        )

    def _oms_source_by_hand(self):
        """Have the rules decide from where orders are sent that are being confirmed.

        What staff sell from a warehouse we do not run is left as it is.

        :raise UserError: a person confirms an order that no rule serves
        """
        # sourced: the path sourced them, see oms.order.flow
        if unsealed(self.env, "sourced") or self.env.context.get("skip_procurement"):
            return
        orders_sudo = self.sudo().filtered(lambda o: o.oms_channel_id or o.warehouse_id.oms_managed)
        kept = orders_sudo.filtered(
            lambda o: o.oms_keep_warehouse and o.oms_chosen_warehouse_id != o.warehouse_id
        )
        for warehouse, of_warehouse in kept.grouped("warehouse_id").items():
            of_warehouse.oms_chosen_warehouse_id = warehouse
            of_warehouse._oms_log_chosen(warehouse)
        # by_hand: nobody is there to be asked when a payment confirms an order
        by_hand = self.env.su or not self.env.user._is_internal()
        for company, of_company in orders_sudo.grouped("company_id").items():
            sourcing = self.env["oms.sourcing"].sudo().with_company(company)
            queued = sourcing.with_context(**sealed(by_hand=by_hand))._source(of_company)
            if queued and not by_hand:
                queued._oms_refuse_unserved()

    def _oms_refuse_unserved(self):
        """:raise UserError: always, saying why no rule serves these orders and what to do"""
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
