"""Sourcing: which warehouses serve an order."""

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsSourcing(models.AbstractModel):
    """Plans draft orders over the warehouses that may serve them."""

    _name = "oms.sourcing"
    _description = "Sourcing"

    @api.model
    def _source(self, orders):
        """Choose the warehouses of draft orders; slots are reserved for them.

        :param orders: ``sale.order`` records that are about to be confirmed
        :return: the orders no rule serves, now on hold
        """
        self._ship_complete(orders)
        goods = orders.order_line.filtered(lambda line: line._oms_is_sourced())
        candidates = self._base_candidates(goods.order_id)
        orders = goods.order_id.filtered(lambda o: candidates[o])
        goods = goods.filtered(lambda line: line.order_id in orders)
        decisions = self.env["oms.allocation.matrix"]._decide(goods, candidates)
        lines_by_order = goods.grouped("order_id")
        plans = {order: found[0].plan for order, found in decisions.items() if found[0].plan}
        self._write_plans(plans, lines_by_order)
        self._write_decisions(decisions, lines_by_order)
        self._reserve_slots(decisions, candidates)
        return self._queue(decisions)

    @api.model
    def _ship_complete(self, orders):
        """Set the shipping policy of customers who want complete deliveries."""
        orders.filtered(
            lambda o: (
                o.partner_id.commercial_partner_id.oms_ship_complete and o.picking_policy != "one"
            )
        ).picking_policy = "one"

    @api.model
    def _candidates(self, orders):
        """:return: the warehouses that may serve each order by its rules, best first
        :rtype: dict
        """
        return self.env["oms.allocation.matrix"]._narrow(orders, self._base_candidates(orders))

    @api.model
    def _base_candidates(self, orders):
        """:return: the warehouses that may serve each order regardless of rules, best first
        :rtype: dict
        """
        of_channel = {channel: channel._get_warehouses() for channel in orders.oms_channel_id}
        managed = self.env["stock.warehouse"].search(
            [("oms_managed", "=", True), ("company_id", "in", orders.company_id.ids)]
        )
        return {
            order: order.warehouse_id
            if order.oms_by_channel
            else order.oms_chosen_warehouse_id
            or (
                of_channel[order.oms_channel_id]
                if order.oms_channel_id
                # Orders entered by staff prefer their own warehouse.
                else (order.warehouse_id & managed)
                | managed.filtered(lambda w, o=order: w.company_id == o.company_id)
            )
            for order in orders
        }

    @api.model
    def _demand(self, line):
        """:return: the demand of a line: (line id, product id, quantity in the product's unit)"""
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
        )
        return line.id, line.product_id.id, quantity

    @api.model
    def _write_plans(self, plans, lines_by_order):
        """Write plans and their explanations on orders and lines."""
        Warehouse = self.env["stock.warehouse"]
        by_main = defaultdict(self.env["sale.order"].browse)
        for order, plan in plans.items():
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
    def _write_decisions(self, decisions, lines_by_order, more=None):
        """Write the decisions and the waiting deadlines on orders.

        :param dict more: the added quantity of each line; ``None`` for all
        """
        words = self.env["oms.allocation.explanation"]
        now = fields.Datetime.now()
        for order, (decision, run, routing) in decisions.items():
            lines = lines_by_order[order]
            goods = self._demand_by_line(lines, more)
            plan = words._explain(order, goods, decision, run, routing)
            text = (
                self._explain(decision.plan, lines, order)
                if decision.plan
                else self._queue_text(decision)
            )
            if more:
                plan["earlier"] = words._earlier(order)
                plan["title"] = words._added_title(order, decision, plan["title"])
                text = words._added_text(order, goods, text)
            values = {"oms_allocation_plan": plan, "oms_allocation_text": text}
            if decision.plan:
                values["oms_allocation_rule_id"] = decision.rule.id
            is_late = decision.outcome == "cancel"
            if is_late or order.oms_cancel_at:
                values["oms_cancel_at"] = is_late and fields.Datetime.add(
                    now, days=decision.rule.cancel_days
                )
            order.write(values)

    @api.model
    def _demand_by_line(self, lines, more=None):
        """:return: the demand by line id: (name, quantity)"""
        return {
            line.id: (line.product_id.display_name, more[line] if more else self._demand(line)[2])
            for line in lines
        }

    @api.model
    def _reserve_slots(self, decisions, candidates, keeps=False):
        """Assign slots in the daily capacity of warehouses that send items now.

        :param bool keeps: whether the orders keep their existing slots
        """
        orders = self.env["sale.order"].union(*decisions)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        kept = self.env["oms.allocation.matrix"]._slots(orders, warehouses) if keeps else {}
        self.env["oms.allocation.slot"]._assign(
            {
                order: kept.get(order.id, set())
                | (set(decision.plan.serving) if decision.plan else set())
                for order, (decision, _run, _routing) in decisions.items()
            },
            warehouses,
            by_hand=orders.filtered("oms_chosen_warehouse_id")
            | self.env["oms.allocation.matrix"]._released_orders(orders),
        )

    @api.model
    def _queue_text(self, decision):
        """:return: the reason why no rule serves an order, in one sentence"""
        words = self.env["oms.allocation.explanation"]
        names = words._names(decision)
        verdicts = next((t.verdicts for t in reversed(decision.trials) if t.verdicts), [])
        reasons = "; ".join(f"{names[v.warehouse]}: {words._verdict_text(v)}" for v in verdicts)
        return self.env._(
            "No rule applies: %(reasons)s.",
            reasons=reasons or self.env._("none covers the destination"),
        )

    @api.model
    def _queue(self, decisions):
        """Put the orders that no rule serves on hold.

        :return: the orders on hold
        """
        queued = [
            (order, decision.rule)
            for order, (decision, _run, _routing) in decisions.items()
            if decision.outcome == "queue"
        ]
        if not queued:
            return self.env["sale.order"]
        holds = self.env["oms.hold"]._open_many(
            [
                (order, HoldReason(code="ALLOCATION", message=order.oms_allocation_text))
                for order, _rule in queued
            ]
        )
        owners = {
            order: self.env["oms.allocation.rule"].sudo().browse(rule.id).user_id
            for order, rule in queued
            if rule.id
        }
        for hold in holds:
            if owners.get(hold.order_id):
                hold.user_id = owners[hold.order_id]
        return self.env["sale.order"].union(*(order for order, _rule in queued))

    @api.model
    def _explain(self, plan, lines, order):
        """:return: the reason for the chosen warehouses, in one sentence"""
        if order.oms_chosen_warehouse_id and not plan.missing:
            return self.env._(
                "All from %(warehouse)s: set manually.",
                warehouse=order.oms_chosen_warehouse_id.sudo().name,
            )
        Warehouse = self.env["stock.warehouse"]
        names = {w: Warehouse.browse(w).sudo().name for w in plan.warehouses}
        main = names[plan.main]
        if not plan.missing and len(names) == 1:
            return self.env._(
                "All from %(warehouse)s: first warehouse with all items.", warehouse=main
            )
        parts = []
        if len(names) > 1:
            shares = [
                f"{quantity:g} × {line.product_id.display_name}: {names[warehouse]}"
                for line in lines
                for warehouse, quantity in plan.shares[line.id].items()
            ]
            parts.append(
                self.env._(
                    "Split, no warehouse has all items: %(shares)s.", shares="; ".join(shares)
                )
            )
        if plan.missing:
            missing = [
                f"{quantity:g} × {self.env['product.product'].browse(product).display_name}"
                for product, quantity in plan.missing.items()
            ]
            parts.append(
                self.env._(
                    "Out of stock, backordered at %(warehouse)s: %(missing)s.",
                    warehouse=main,
                    missing="; ".join(missing),
                )
            )
        return " ".join(parts)
