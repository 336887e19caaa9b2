"""Priority, parcels and stop requests of an order, and whether it may be shipped."""

from datetime import datetime

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.payment_terms import PREPAID


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")],
        "Priority",
        default="0",
        copy=False,
        help="Urgent orders are allocated first.",
    )
    oms_stop_request_ids = fields.One2many(
        "oms.stop.request", "order_id", "Picking Stop Requests", readonly=True, copy=False
    )
    oms_allocation_text = fields.Text("Sourcing Explanation", readonly=True, copy=False)
    oms_parcel_ids = fields.Many2many(
        "oms.parcel", string="Parcels", compute="_compute_oms_parcel_ids", compute_sudo=True
    )
    oms_parcel_count = fields.Integer(
        "Parcel Count", compute="_compute_oms_parcel_ids", compute_sudo=True
    )

    @api.depends("picking_ids.oms_parcel_ids", "oms_shared_picking_ids.oms_parcel_ids")
    def _compute_oms_parcel_ids(self):
        together = self._oms_pickings()._prefetch_ids
        for order in self:
            order.oms_parcel_ids = order._oms_pickings().with_prefetch(together).oms_parcel_ids
            order.oms_parcel_count = len(order.oms_parcel_ids)

    def action_oms_parcels(self):
        """Open the parcels of the order."""
        self.ensure_one()
        self.check_access("read")
        self.env["oms.parcel"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_parcel_action")
        return {**action, "domain": [("id", "in", self.oms_parcel_ids.ids)], "context": {}}

    def _oms_serving_order(self):
        """:return: these orders sorted by allocation priority: urgent ones first, then by ship-by
        date, then by the date placed; orders without a ship-by date last
        """
        return self.sorted(
            lambda o: (
                o.oms_priority != "1",
                o.oms_ship_before or datetime.max,
                o.oms_placed_at or o.date_order,
                o.id,
            )
        )

    def _oms_ships_itself(self):
        """:return: whether one order is shipped automatically and may ship now"""
        self.ensure_one()
        return (
            self._oms_policy("auto_ship")
            and not self.oms_by_channel
            and not (self.oms_available_at and self.oms_available_at > fields.Datetime.now())
            and self._oms_may_ship()
        )

    def _oms_may_ship(self):
        """:return: whether the channel's shipping policy allows the order to ship now"""
        self.ensure_one()
        terms = self._oms_terms()
        return (
            self._oms_policy("ship_policy") != "paid"
            or terms not in PREPAID
            or self._oms_is_paid()
            or (terms == "authorized" and self._oms_is_authorized())
        )
