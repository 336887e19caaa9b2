"""Stock, costs and warehouse locations for allocation decisions."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import sourcing_terms


class OmsAllocationMatrix(models.AbstractModel):
    _inherit = "oms.allocation.matrix"

    # === STOCK === #

    @api.model
    def _places(self, warehouses):
        """:return: the warehouses as the engine's places, by id"""
        warehouses = warehouses.sudo()
        points = self.env["oms.postcode"]._points(warehouses.partner_id)
        return {
            warehouse.id: sourcing_terms.Warehouse(
                warehouse.id,
                warehouse.name,
                points.get(warehouse.partner_id),
                frozenset(warehouse.oms_carrier_ids.ids),
            )
            for warehouse in warehouses
        }

    @api.model
    def _supply(self, warehouses, products, chosen, left, free=None):
        """Read the supply of products in warehouses.

        :param dict chosen: as ``_choose`` returns it; data that no rule uses is not read
        :param dict left: remaining daily capacity by warehouse id
        :param free: free stock; ``None`` to read it
        :rtype: sourcing_terms.Supply
        """
        rules = (
            self.env["oms.allocation.routing"].union(*(r for _run, r in chosen.values())).rule_ids
        )
        supply = sourcing_terms.Supply(
            free=self.env["oms.stock"]._free(warehouses, products) if free is None else free,
            capacity=left,
        )
        if not rules:
            return supply
        supply.safety = self._safety(warehouses)
        supply.costs = self._costs(warehouses)
        if "age" in rules.mapped("sort_by") + rules.mapped("then_by"):
            supply.since = self._since(warehouses, products)
        return supply

    @api.model
    def _safety(self, warehouses):
        """:return: safety stock, by (warehouse id, product id or ``None``)"""
        return {
            (row.warehouse_id.id, row.product_id.id or None): row.quantity
            for row in self.env["oms.allocation.safety"]
            .sudo()
            .search([("warehouse_id", "in", warehouses.ids)])
        }

    @api.model
    def _costs(self, warehouses):
        """:return: tuples (warehouse id, zone or ``None``, cost of a parcel); the first match
            applies
        :rtype: tuple
        """
        return tuple(
            (row.warehouse_id.id, next(iter(row.zone_id._to_zones()), None), row.amount)
            for row in self.env["oms.allocation.cost"]
            .sudo()
            .search([("warehouse_id", "in", warehouses.ids)])
        )

    @api.model
    def _since(self, warehouses, products):
        """:return: the receipt date of the oldest free items, by (warehouse id, product id)"""
        stock = self.env["oms.stock"]
        locations = stock._locations(warehouses)
        stock._flush_rows()
        self.env["stock.quant"].flush_model(["in_date"])
        since = {}
        for location_id, product_id, came in self.env.execute_query(
            SQL(
                """SELECT location_id, product_id, MIN(in_date) FROM stock_quant quant
                   WHERE product_id = ANY(%s) AND location_id = ANY(%s)
                     AND quantity > reserved_quantity AND %s
                   GROUP BY location_id, product_id""",
                products.ids,
                list(locations),
                stock._fresh(),
            )
        ):
            key = locations[location_id], product_id
            since[key] = min(came, since.get(key, came))
        return since
