"""Data for allocation decisions, read once for a batch of orders."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.tools import sourcing, sourcing_terms, zones
from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsAllocationMatrix(models.AbstractModel):
    """Reads orders, rules and stock into the input of ``tools.sourcing``.

    The number of queries does not depend on the number of orders.
    """

    _name = "oms.allocation.matrix"
    _description = "Allocation Matrix"

    # === DECIDING === #

    @api.model
    def _decide(self, goods, candidates, runs=None, supply=None, released=None, more=None):
        """Decide which warehouses serve orders; nothing is written.

        :param goods: the ``sale.order.line`` records to source
        :param dict candidates: warehouses that may serve each order, best first
        :param runs: the rule sets; ``None`` for those in force
        :param supply: the supply; ``None`` to read it and to lock the daily capacity
        :param released: orders released although no rule serves them
        :param dict more: added quantity of each line, in the product's unit, for orders sourced
            before; ``None`` for new orders
        :return: (decision, run, routing) by order, in serving order
        :rtype: dict
        """
        orders, is_tried = goods.order_id, runs is not None
        runs = runs if is_tried else self._runs(orders)
        destinations = self._destinations(orders)
        chosen = self._choose(orders, runs, destinations)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        places = self._places(warehouses)
        parts, products = self.env["oms.kits"]._stock_of(goods)
        if supply is None:
            left = self.env["oms.allocation.day"].sudo()._left(warehouses)
            free = self.env["oms.backorder"]._free_for_new(warehouses, products)
            supply = self._supply(warehouses, products, chosen, left, free)
        slots = self._slots(orders, warehouses)
        released = self._released(orders) if released is None else released
        of_order = goods.grouped("order_id")
        found = {}
        for order, (run, routing) in chosen.items():
            lines = self._as_lines(of_order[order], parts, more)
            wanted = self._as_order(order, lines, candidates[order], routing, is_tried)
            wanted = replace(
                wanted,
                destination=destinations[order],
                slots=slots.get(order.id, frozenset()),
                released=order in released,
                standing=self._standing(order) if more else frozenset(),
            )
            found[order] = sourcing.decide(wanted, supply, places), run, routing
        return found

    @api.model
    def _narrow(self, orders, candidates):
        """Limit candidate warehouses to those the orders' rules allow.

        :param dict candidates: warehouses by order, best first
        :return: the allowed warehouses by order, in the order of the rules
        :rtype: dict
        """
        runs = self._runs(orders)
        if not runs:
            return candidates
        destinations = self._destinations(orders)
        chosen = self._choose(orders, runs, destinations)
        released = self._released(orders)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        places = self._places(warehouses)
        goods = orders.order_line.filtered(lambda line: line._oms_is_sourced())
        parts, products = self.env["oms.kits"]._stock_of(goods)
        left = self.env["oms.allocation.day"].sudo()._left(warehouses)
        supply = self._supply(warehouses, products, chosen, left)
        slots = self._slots(orders, warehouses)
        narrow = dict(candidates)
        for order, (_run, routing) in chosen.items():
            if not routing or order in released or order.oms_chosen_warehouse_id:
                continue
            lines = self._as_lines(goods & order.order_line, parts)
            wanted = self._as_order(order, lines, candidates[order], routing)
            wanted = replace(
                wanted,
                destination=destinations[order],
                slots=slots.get(order.id, frozenset()),
            )
            narrow[order] = self.env["stock.warehouse"].browse(self._open(wanted, supply, places))
        return narrow

    @api.model
    def _open(self, order, supply, places):
        """:return: ids of the warehouses the rules of an order allow, best first"""
        found = []
        for rule in order.rules:
            if not sourcing.applies(rule, order):
                continue
            verdicts = sourcing.judge(rule, order, supply, places)
            found += [v.warehouse for v in verdicts if v.is_open and v.warehouse not in found]
            if rule.action != "next":
                break
        return found

    @api.model
    def _rule_of(self, orders):
        """Find the rule whose limits apply when items of orders are sourced again.

        :return: the rule that sourced each order, if it still matches, else the first that matches
            now; orders without a matching rule, or released although no rule serves them, are
            omitted
        :rtype: dict[sale.order, sourcing_terms.Rule]
        """
        orders -= self._released_orders(orders)
        destinations = self._destinations(orders)
        found = {}
        for rule, of_rule in orders.sudo().grouped("oms_allocation_rule_id").items():
            if rule.active and rule.routing_id.active and rule.run_id.active:
                taken = rule.run_id._select(of_rule, destinations)
                taken = rule.routing_id._select(taken, destinations)
                found |= self._first_of(rule, taken, destinations)
        rest = orders.filtered(lambda o: o not in found)
        chosen = self._choose(rest, self._runs(rest), destinations) if rest else {}
        for order, (_run, routing) in chosen.items():
            found |= self._first_of(routing.rule_ids, order, destinations)
        return found

    @api.model
    def _first_of(self, rules, orders, destinations):
        """:return: the first of the rules whose zones match, by order; others are omitted"""
        found, read = {}, rules._to_rules()
        for order in orders:
            for rule in read:
                if not rule.zones or any(z.holds(destinations[order]) for z in rule.zones):
                    found[order] = rule
                    break
        return found

    # === ORDERS === #

    @api.model
    def _runs(self, orders):
        """:return: the rule sets in force for the companies of orders, in sequence"""
        return (
            self.env["oms.allocation.run"]
            .sudo()
            .search([("company_id", "in", orders.company_id.ids)])
        )

    @api.model
    def _choose(self, orders, runs, destinations):
        """Assign each order to the first rule set and routing rule that select it.

        :return: (run, routing) by order, in serving order; both empty for orders that match none or
            that the channel ships
        :rtype: dict
        """
        chosen = {}
        rest = orders.filtered(lambda o: not o.oms_by_channel)
        for run in runs:
            of_run = run._select(rest, destinations)
            for routing in run.routing_ids.filtered(lambda r: r.active and r.rule_ids):
                taken = routing._select(of_run, destinations)
                chosen |= dict.fromkeys(routing._sorted(taken), (run, routing))
                of_run -= taken
                rest -= taken
        none = self.env["oms.allocation.run"], self.env["oms.allocation.routing"]
        left = orders.filtered(lambda o: o not in chosen)
        return chosen | dict.fromkeys(left._oms_serving_order(), none)

    @api.model
    def _as_lines(self, goods, parts, more=None):
        """:return: the lines of one order as ``sourcing_terms.Line``; only the added quantities if
        ``more`` is given
        """
        demand = self.env["oms.sourcing"]._demand
        lines = []
        for line in goods:
            _id, product_id, quantity = demand(line)
            found = sourcing_terms.Line(
                line.id,
                product_id,
                more[line] if more else quantity,
                line.price_total / (line.order_id.currency_rate or 1.0) / (quantity or 1.0),
                frozenset(line.oms_excluded_warehouse_ids.ids),
                parts.get(line, ()),
            )
            lines.append(found)
        return tuple(lines)

    @api.model
    def _as_order(self, order, lines, candidates, routing, is_tried=False):
        """:return: one order as ``sourcing_terms.Order``
        :param bool is_tried: whether this is a simulation, independent of the rules in force
        """
        received_at = not is_tried and (order.oms_captured_at or order.create_date)
        return sourcing_terms.Order(
            order.id,
            lines,
            tuple(candidates.ids),
            # No rules apply if a person chose the warehouse.
            () if order.oms_chosen_warehouse_id else routing.rule_ids._to_rules(received_at),
            carrier=order.carrier_id.id,
            complete=order.partner_id.commercial_partner_id.oms_ship_complete,
            chosen=bool(order.oms_chosen_warehouse_id),
        )

    @api.model
    def _standing(self, order):
        """:return: ids of the warehouses that have open deliveries of the order"""
        moves = order.order_line.move_ids._oms_to_customer()
        return frozenset(moves.picking_type_id.warehouse_id.ids)

    @api.model
    def _destinations(self, orders):
        """:return: the destinations of orders
        :rtype: dict[sale.order, zones.Destination]
        """
        partners = orders.partner_shipping_id
        points = self.env["oms.postcode"]._points(partners)
        return {
            order: zones.Destination(
                order.partner_shipping_id.country_id.id or 0,
                order.partner_shipping_id.state_id.id or 0,
                order.partner_shipping_id.zip or "",
                points.get(order.partner_shipping_id),
            )
            for order in orders
        }

    @api.model
    def _released(self, orders):
        """:return: the orders released although no rule serves them"""
        # by_hand: a person is confirming these orders
        if unsealed(self.env, "by_hand"):
            return orders
        return self._released_orders(orders)

    @api.model
    def _released_orders(self, orders):
        """:return: the orders whose allocation hold was released"""
        return (
            self.env["oms.hold"]
            .sudo()
            .search(
                [
                    ("order_id", "in", orders.ids),
                    ("reason_code", "=", "ALLOCATION"),
                    ("state", "=", "released"),
                ]
            )
            .order_id
        )

    @api.model
    def _slots(self, orders, warehouses):
        """:return: ids of the warehouses in which orders have a slot today, by order id"""
        found = defaultdict(set)
        for slot in self.env["oms.allocation.slot"]._of_today(orders, warehouses):
            found[slot.order_id.id].add(slot.warehouse_id.id)
        return {order_id: frozenset(ids) for order_id, ids in found.items()}
