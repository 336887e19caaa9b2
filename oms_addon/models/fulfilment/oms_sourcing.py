"""Which warehouses an order is served from."""

from collections import defaultdict

from odoo import api, models

from odoo.addons.oms_addon.tools import sourcing


class OmsSourcing(models.AbstractModel):
    """Plans drafts over the warehouses that may serve them."""

    _name = "oms.sourcing"
    _description = "Sourcing"

    @api.model
    def _source(self, orders):
        """Choose the warehouses of draft orders; what they get is theirs until confirmed.

        :param orders: ``sale.order`` records that are about to be confirmed
        """
        goods = orders.order_line.filtered(lambda line: line._oms_is_goods())
        candidates = self._candidates(goods.order_id)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        free = self.env["oms.backorder"]._free_for_new(warehouses, goods.product_id)
        lines_by_order = goods.grouped("order_id")
        plans = {}
        for order in goods.order_id._oms_serving_order():
            if candidates[order]:
                plans[order] = sourcing.plan(
                    [self._demand(line) for line in lines_by_order[order]],
                    free,
                    candidates[order].ids,
                )
        self._write_plans(plans, lines_by_order)

    @api.model
    def _candidates(self, orders):
        """:return: the warehouses that may serve each order, best first
        :rtype: dict
        """
        of_channel = {channel: channel._get_warehouses() for channel in orders.oms_channel_id}
        managed = self.env["stock.warehouse"].search(
            [("oms_managed", "=", True), ("company_id", "in", orders.company_id.ids)]
        )
        return {
            order: order.warehouse_id
            if order.oms_by_channel
            else of_channel[order.oms_channel_id]
            if order.oms_channel_id
            else managed.filtered(lambda w, o=order: w.company_id == o.company_id)
            for order in orders
        }

    @api.model
    def _demand(self, line):
        """:return: what a line needs: (line id, product id, quantity in the product's unit)"""
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
        )
        return line.id, line.product_id.id, quantity

    @api.model
    def _write_plans(self, plans, lines_by_order):
        """Write plans on orders and lines, and why they are so."""
        Warehouse = self.env["stock.warehouse"]
        by_main = defaultdict(self.env["sale.order"].browse)
        for order, plan in plans.items():
            order.oms_allocation_text = self._explain(plan, lines_by_order[order])
            if order.warehouse_id.id != plan.main:
                by_main[plan.main] |= order
        for warehouse_id, of_main in by_main.items():
            of_main.warehouse_id = Warehouse.browse(warehouse_id)
        for order, plan in plans.items():
            for line in lines_by_order[order]:
                share = plan.shares[line.id]
                split = {str(w): q for w, q in share.items()} if len(share) > 1 else False
                if line.oms_plan != split:
                    line.oms_plan = split
                first = plan.main if plan.main in share else next(iter(share))
                if line.warehouse_id.id != first:
                    line.warehouse_id = Warehouse.browse(first)

    @api.model
    def _explain(self, plan, lines):
        """:return: why the order is served from where, in one sentence"""
        Warehouse = self.env["stock.warehouse"]
        names = {w: Warehouse.browse(w).sudo().name for w in plan.warehouses}
        main = names[plan.main]
        if not plan.missing and len(names) == 1:
            return self.env._(
                "All from %(warehouse)s: first in order and complete.", warehouse=main
            )
        parts = []
        if len(names) > 1:
            shares = [
                f"{quantity:g} × {line.product_id.display_name}: {names[warehouse]}"
                for line in lines
                for warehouse, quantity in plan.shares[line.id].items()
            ]
            parts.append(
                self.env._("Split, no warehouse has all: %(shares)s.", shares="; ".join(shares))
            )
        if plan.missing:
            missing = [
                f"{quantity:g} × {self.env['product.product'].browse(product).display_name}"
                for product, quantity in plan.missing.items()
            ]
            parts.append(
                self.env._(
                    "Nowhere in stock, backordered at %(warehouse)s: %(missing)s.",
                    warehouse=main,
                    missing="; ".join(missing),
                )
            )
        return " ".join(parts)
