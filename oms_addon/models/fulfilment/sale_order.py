"""How an order's goods are promised, and what is on the way."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")],
        "Priority",
        default="0",
        copy=False,
        help="Urgent orders are served first.",
    )
    oms_promised_at = fields.Datetime(
        "Promised", compute="_compute_oms_promised_at", store=True, copy=False
    )
    oms_allocation_text = fields.Text("Why this warehouse", readonly=True, copy=False)
    oms_parcel_ids = fields.Many2many(
        "oms.parcel", string="Parcels", compute="_compute_oms_parcel_ids", compute_sudo=True
    )
    oms_parcel_count = fields.Integer(
        "Number of parcels", compute="_compute_oms_parcel_ids", compute_sudo=True
    )

    @api.depends("order_line.oms_promised_at")
    def _compute_oms_promised_at(self):
        for order in self:
            promises = order.order_line.filtered("oms_promised_at").mapped("oms_promised_at")
            order.oms_promised_at = max(promises, default=False)

    @api.depends("picking_ids.oms_parcel_ids")
    def _compute_oms_parcel_ids(self):
        for order in self:
            order.oms_parcel_ids = order.picking_ids.oms_parcel_ids
            order.oms_parcel_count = len(order.oms_parcel_ids)

    def action_oms_parcels(self):
        """Open the parcels of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_parcel_action")
        return {**action, "domain": [("picking_ids", "in", self.picking_ids.ids)], "context": {}}

    def _oms_serving_order(self):
        """:return: these orders in the order in which they are served"""
        return self.sorted(lambda o: (o.oms_priority != "1", o.oms_placed_at or o.date_order, o.id))

    def _oms_ships_itself(self):
        """:return: whether the goods of one order leave now without anybody's doing"""
        self.ensure_one()
        return (
            self.oms_channel_id.auto_ship
            and not self.oms_by_channel
            and not (self.oms_available_at and self.oms_available_at > fields.Datetime.now())
            and self._oms_may_ship()
        )

    def _oms_may_ship(self):
        """:return: whether the channel's policy lets the goods leave now"""
        self.ensure_one()
        channel = self.oms_channel_id
        return (
            channel.ship_policy != "paid"
            or channel.payment_policy != "prepaid"
            or self._oms_is_paid()
        )
