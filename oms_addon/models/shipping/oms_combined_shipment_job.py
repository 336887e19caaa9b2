"""Automatic combination of shipments, and proposals for users."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.sealed_context import sealed

#: maximum number of groups of orders to propose
MAX_GROUPS = 500


class OmsCombinedShipment(models.AbstractModel):
    _inherit = "oms.combined.shipment"

    # === AUTOMATIC COMBINATION === #

    @api.model
    def _gather(self, orders):
        """Combine orders with others of the same customer, if their channels want it and no order
        has to wait for it: all items are reserved and may ship. Orders that have to wait since
        they were combined are split off.

        Concurrent changes of a delivery or order raise a serialization error, and the background
        job is retried.

        :param orders: ``sale.order`` records that are about to ship
        """
        self._part_waiting(orders)
        groups = self._groups(orders.filtered(self._is_automatic))
        if not groups:
            return
        together = self.env["sale.order"].union(*groups)
        together._oms_claim()
        together._oms_pickings()._oms_is_leaving()._oms_lock_all()
        service = self.env["oms.shared.delivery"].sudo()
        service.with_context(**sealed(actor=self.env._("Combine Shipments")))._join(groups)

    @api.model
    def _is_automatic(self, order):
        """:return: whether an order is combined automatically"""
        return order._oms_policy("together_policy") == "auto" and not order.oms_by_channel

    @api.model
    def _groups(self, orders):
        """:return: the groups of orders to combine now, each with at least one of these orders
        :rtype: list[sale.order]
        """
        if not orders:
            return []
        fit = self._fit(self._open_orders(orders).filtered(self._is_automatic))
        fit = fit.filtered(lambda o: not self._doubt(o))
        return [
            group
            for of_key in fit.grouped(self._get_group_key).values()
            for group in self._placed_together(of_key)
            if group & orders and len(self._outgoing(group)) > len(self._outgoing(group[0]))
        ]

    @api.model
    def _placed_together(self, orders):
        """:return: the orders in groups, each placed soon enough after the oldest of its group
        :rtype: list[sale.order]
        """
        groups = []
        for order in self.env["oms.shared.delivery"]._oldest_first(orders):
            if groups and self._is_placed_with(groups[-1][0], order):
                groups[-1] |= order
            else:
                groups.append(order)
        return groups

    @api.model
    def _is_placed_with(self, first, order):
        """:return: whether an order was placed soon enough after the first for both channels"""
        hours = min((first | order).mapped(lambda o: o._oms_policy("together_hours")))
        begin, end = (o.oms_placed_at or o.date_order for o in (first, order))
        return end <= begin + timedelta(hours=hours)

    # === PROPOSALS === #

    @api.model
    def _proposals(self):
        """:return: the orders of the user's companies that could be combined"""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT array_agg(DISTINCT sale.id)
                   FROM stock_picking picking
                   JOIN stock_picking_type type ON type.id = picking.picking_type_id
                   JOIN sale_order sale ON sale.id = picking.sale_id
                   JOIN res_partner customer ON customer.id = sale.partner_id
                   WHERE type.code = 'outgoing' AND picking.company_id = ANY(%s)
                     AND picking.state IN ('waiting', 'confirmed', 'assigned')
                   GROUP BY picking.company_id, type.id, customer.commercial_partner_id
                   HAVING COUNT(DISTINCT picking.id) > 1 LIMIT %s""",
                self.env.companies.ids,
                MAX_GROUPS,
            )
        )
        ids = [order_id for (of_group,) in self.env.cr.fetchall() for order_id in of_group]
        return self.env["sale.order"].union(*self._companions(self.env["sale.order"].browse(ids)))

    @api.model
    def action_proposals(self):
        """Open the orders that could be combined, grouped by customer."""
        self.env["oms.order.join"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.sale_order_action_oms")
        unfolded = self.env.ref("oms_addon.sale_order_view_list_together")
        return {
            **action,
            "views": [
                (unfolded.id if kind == "list" else view_id, kind)
                for view_id, kind in action["views"]
            ],
            "display_name": self.env._("Combine Shipments"),
            "path": False,
            "domain": [("id", "in", self._proposals().ids)],
            "context": {"group_by": ["partner_id"]},
            "help": self.env._("No two orders of one customer are waiting for the same shipment."),
        }
