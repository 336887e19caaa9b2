"""Combined shipments of orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.models.stock.claim import claim
from odoo.addons.oms_addon.tools.sealed_context import sealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_shared_picking_ids = fields.Many2many(
        "stock.picking",
        "oms_shared_delivery_rel",
        "order_id",
        "picking_id",
        string="Combined Shipments",
        readonly=True,
        copy=False,
    )
    oms_ship_alone = fields.Boolean(
        "Ship Separately",
        copy=False,
        help="Never combine this order automatically with other orders.",
    )
    oms_together_text = fields.Char(
        "Combined Shipment Summary", compute="_compute_oms_together_text", compute_sudo=True
    )
    oms_companion_text = fields.Char(
        "Orders to Combine",
        compute="_compute_oms_companion_text",
        compute_sudo=True,
        help="Other orders that could be combined with this one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("oms_shared_picking_ids.state", "oms_shared_picking_ids.oms_shared_order_ids")
    def _compute_oms_together_text(self):
        oldest_first = self.env["oms.shared.delivery"]._oldest_first
        for order in self:
            shared = order.oms_shared_picking_ids._oms_is_leaving()
            others = oldest_first(shared.oms_shared_order_ids - order)
            order.oms_together_text = (
                self.env._(
                    "Combined with %(orders)s in %(deliveries)s.",
                    orders=", ".join(others.mapped("name")),
                    deliveries=", ".join(shared.mapped("name")),
                )
                if shared
                else False
            )

    def _compute_oms_companion_text(self):
        companions = self.env["oms.combined.shipment"]._companions(self)
        for order in self:
            others = companions.get(order)
            if not others:
                order.oms_companion_text = False
            elif len(others) == 1:
                order.oms_companion_text = self.env._(
                    "Another order to the same address is waiting: %(order)s.", order=others.name
                )
            else:
                order.oms_companion_text = self.env._(
                    "%(count)s other orders to the same address are waiting: %(orders)s.",
                    count=len(others),
                    orders=", ".join(others.mapped("name")),
                )

    def _oms_set_delivery_status(self):
        for order in self:
            states = set(order._oms_pickings().mapped("state")) - {"cancel"}
            if not states:
                order.delivery_status = False
            elif states == {"done"}:
                order.delivery_status = "full"
            elif "done" not in states:
                order.delivery_status = "pending"
            elif any(line.qty_delivered for line in order.order_line):
                order.delivery_status = "partial"
            else:
                order.delivery_status = "started"

    def _oms_set_effective_date(self):
        for order in self:
            done = order._oms_pickings().filtered(
                lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
            )
            order.effective_date = min(filter(None, done.mapped("date_done")), default=False)

    # === ACTION METHODS === #

    def action_oms_ship_alone(self):
        """Split the order off its combined shipments.

        :raise UserError: if a delivery is already being picked, packed or labeled
        """
        self.check_access("write")
        # Agents may split orders off even without write access to deliveries.
        service_sudo = (
            self.env["oms.shared.delivery"].sudo().with_context(**sealed(actor=self.env.user.name))
        )
        service_sudo._separate(self.sudo())
        return True

    # === BUSINESS METHODS === #

    def _oms_pickings(self):
        """:return: all transfers with items of these orders, including combined ones"""
        return self.picking_ids | self.oms_shared_picking_ids

    def _oms_moves(self, pickings=None):
        """:param pickings: only the moves in these transfers; ``None`` for all
        :return: the moves of these orders
        """
        pickings = self._oms_pickings() if pickings is None else pickings
        shared = pickings.filtered("oms_shared_order_ids")
        return (pickings - shared).move_ids | shared.move_ids.filtered(
            lambda m: m.sale_line_id.order_id in self
        )

    def _oms_claim(self):
        """Lock these orders until the end of the transaction. Orders are locked before their
        deliveries.
        """
        claim(self)
