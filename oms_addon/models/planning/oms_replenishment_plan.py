"""Levels of stock and proposals of replenishment, computed for some products of a company."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import floor, inf

from odoo import api, models

from odoo.addons.oms_addon.tools.forecasting.position import Position, stock_level
from odoo.addons.oms_addon.tools.forecasting.proposal import Row, Terms, propose
from odoo.addons.oms_addon.tools.forecasting.stock import Level, buckets_of


@dataclass
class Case:
    """A product in a warehouse: its position, its level and what is proposed for it.

    :ivar float lead_days: lead time of the vendor
    :ivar float days: lead time and time between purchases
    :ivar tuple moved: pairs (warehouse id, units) taken from other warehouses
    """

    product: object
    warehouse: object
    position: Position
    rule: object
    supply: object = None
    orderpoint: object = None
    level: Level | None = None
    reorder_level: Level | None = None
    lead_days: float = 0.0
    days: float = 0.0
    moved: list = field(default_factory=list)

    @property
    def is_manual(self):
        return bool(self.orderpoint) and self.orderpoint.oms_source == "manual"

    @property
    def reserve(self):
        """Units to remain after the demand: safety stock, or the maximum that a person set."""
        if self.is_manual:
            return self.orderpoint.product_max_qty
        return self.level.safety_stock if self.level else 0.0

    def is_short(self):
        """Return whether stock falls below its reorder level within the lead time."""
        if self.is_manual:
            position = replace(self.position, daily=())
            return position.missing(self.lead_days, self.orderpoint.product_min_qty) > 1e-6
        return self.position.missing(self.lead_days, self.reserve) > 1e-6

    def planned(self):
        """Return the position that quantities are computed from: a maximum that a person set
        replaces the forecast.

        :rtype: Position
        """
        return replace(self.position, daily=()) if self.is_manual else self.position

    def excess(self):
        """Return the whole units above the own order-up-to level."""
        spare = -self.planned().missing(self.days, self.reserve)
        return floor(max(0.0, min(spare, self.position.on_hand)) + 1e-6)


class OmsReplenishmentPlan(models.AbstractModel):
    _name = "oms.replenishment.plan"
    _description = "Replenishment Plan"

    @api.model
    def _plan(self, company, products):
        """Compute the stock levels of products and propose what to buy or transfer.

        :param products: ``product.product`` records
        :return: `Case` records
        """
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        products = self._plannable(company, products)
        if not products or not warehouses:
            return []
        cases = self._read_cases(company, warehouses, products)
        self._write_levels(company, cases)
        return self._transfer(cases)

    @api.model
    def _plannable(self, company, products):
        """:return: the products that are stocked: no kits, and none bought or shipped by the vendor
        for each order
        """
        products = products.filtered(lambda p: p.active and p.is_storable)
        kits = self.env["oms.availability"]._kits(products, company)
        routes = self._order_routes()
        return products.filtered(
            lambda p: p.id not in kits and not routes & (p.route_ids | p.categ_id.total_route_ids)
        )

    @api.model
    def _order_routes(self):
        """:return: the routes on which items are bought or shipped for one order"""
        rules = self.env["stock.rule"].search(
            [
                ("location_dest_id.usage", "=", "customer"),
                "|",
                ("procure_method", "=", "make_to_order"),
                ("location_src_id.usage", "=", "supplier"),
            ]
        )
        return rules.route_id.filtered(lambda r: r.product_selectable or r.product_categ_selectable)

    @api.model
    def _read_cases(self, company, warehouses, products):
        """:return: a `Case` for each product and warehouse with stock, demand or reordering rule"""
        reader = self.env["oms.stock.position"]
        outlooks = reader._read_outlooks(company, warehouses, products)
        positions = reader._read_positions(company, warehouses, products, outlooks)
        supplies = self.env["oms.supply"]._read_supplies(company, products)
        orderpoints = self._read_orderpoints(company, warehouses, products)
        default = self.env["oms.forecast.rule"]._default_rule(company)
        by_id = {record.id: record for record in products}
        warehouse_by_id = {record.id: record for record in warehouses}
        cases = []
        for key in sorted({*positions, *orderpoints}):
            if key[1] not in warehouse_by_id:
                continue
            outlook = outlooks.get(key)
            case = Case(
                product=by_id[key[0]],
                warehouse=warehouse_by_id[key[1]],
                position=positions.get(key) or Position(),
                rule=outlook.rule if outlook else default,
                supply=supplies.get(key[0]),
                orderpoint=orderpoints.get(key),
            )
            self._set_level(case, outlook)
            cases.append(case)
        return cases

    @api.model
    def _read_orderpoints(self, company, warehouses, products):
        """:return: the reordering rule of a warehouse's stock, by (product id, warehouse id)"""
        found = self.env["stock.warehouse.orderpoint"].search(
            [
                ("company_id", "=", company.id),
                ("product_id", "in", products.ids),
                ("location_id", "in", warehouses.lot_stock_id.ids),
            ]
        )
        return {(o.product_id.id, o.warehouse_id.id): o for o in found}

    @api.model
    def _set_level(self, case, outlook):
        """Compute the stock level of a product in a warehouse from its forecasts."""
        lead = case.supply and case.supply.lead
        review = case.rule.review_interval / buckets_of(1, case.rule.bucket)
        case.lead_days = lead.mean if lead else 0.0
        case.days = case.lead_days + review
        if outlook:
            spread = lead.spread if lead else 0.0
            case.level = stock_level(
                outlook.expected, case.days, spread, case.rule._service(), review
            )
            within = sum(one.demand(case.lead_days) for one in outlook.expected)
            case.reorder_level = replace(
                case.level, demand=within, order_up_to=within + case.level.safety_stock
            )

    # === REORDERING RULES === #

    @api.model
    def _write_levels(self, company, cases):
        """Write the levels to the reordering rules; quantities that a person set stay."""
        missing = []
        for case in cases:
            if not case.level:
                continue
            values = {
                "oms_safety_stock": round(case.level.safety_stock, 2),
                "oms_forecast_min": round(case.reorder_level.order_up_to, 2),
                "oms_forecast_max": round(case.level.order_up_to, 2),
            }
            if not case.is_manual:
                values["oms_source"] = "forecast"
                values["product_min_qty"] = values["oms_forecast_min"]
                values["product_max_qty"] = values["oms_forecast_max"]
            if case.orderpoint:
                case.orderpoint._oms_write_changed(values)
            elif case.level.order_up_to > 0:
                missing.append(
                    {
                        **values,
                        "product_id": case.product.id,
                        "warehouse_id": case.warehouse.id,
                        "location_id": case.warehouse.lot_stock_id.id,
                        "company_id": company.id,
                        # Purchases are proposed, not made by Odoo's scheduler as well.
                        "trigger": "manual",
                    }
                )
        self.env["stock.warehouse.orderpoint"].create(missing)

    # === TRANSFERS === #

    @api.model
    def _transfer(self, cases):
        """Cover needs from the excess of the warehouses that supply others, the earliest stockout
        first.

        :return: the cases in which something is missing
        """
        spare = {(case.product, case.warehouse): case.excess() for case in cases}
        short = [case for case in cases if case.is_short()]
        for case in sorted(short, key=lambda c: c.position.project().cover):
            needed = self._propose(case, Terms(multiple=1.0)).quantity
            sources = sorted(
                case.warehouse.resupply_wh_ids,
                key=lambda w, c=case: (-spare.get((c.product, w), 0), w.id),
            )
            for source in sources:
                key = (case.product, source)
                units = min(spare.get(key, 0), needed)
                if units > 0:
                    case.moved.append((source.id, units))
                    spare[key] -= units
                    needed -= units
        return short

    # === QUANTITIES === #

    @api.model
    def _propose(self, case, terms):
        """:return: the quantity to buy, with the rows that explain it
        :rtype: Proposal
        """
        transferred = sum(units for _source, units in case.moved)
        position = case.planned()
        rate = sum(case.position.daily[:28]) / 28 if case.position.daily else 0.0
        need = position.need(case.days, case.reserve, rate, transferred)
        proposal = propose(need, terms)
        rows = []
        for row in proposal.rows:
            if row.code == "demand":
                rows += [
                    Row("orders", position.due(case.days)),
                    Row("forecast", position.expected(case.days)),
                ]
            elif row.code == "incoming":
                rows += [
                    Row("incoming", -position.arriving(case.days)),
                    Row("transfer", -transferred),
                ]
            elif row.code == "safety_stock" and case.is_manual:
                rows.append(Row("order_up_to", row.quantity))
            else:
                rows.append(row)
        told = tuple(row for row in rows if round(row.quantity, 6))
        return replace(proposal, rows=told)

    @api.model
    def _dates(self, company, case):
        """:return: need date, stockout date and days of cover; ``None`` is beyond the horizon"""
        today = company._oms_today()
        projection = case.position.project()
        below = case.position.project(0.0 if case.is_manual else case.reserve).stockout
        need = case.lead_days if below is None else min(below, case.lead_days)
        stockout = projection.stockout
        return (
            today + timedelta(days=int(need)),
            None if stockout is None else today + timedelta(days=stockout),
            None if projection.cover == inf else round(projection.cover, 1),
        )
