"""Incoming items from confirmed purchases and other incoming moves."""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

#: Moves that end in a warehouse's stock; a receipt in several steps counts at each of them. A step
#: of a receipt without final destination is assumed to end in stock.
INCOMING = """
    SELECT move.product_id, place.warehouse_id,
           GREATEST(COALESCE(line.date_planned, move.date), %(now)s) AS due,
           move.product_qty, move.purchase_line_id
    FROM stock_move move
    JOIN stock_location source ON source.id = move.location_id
    JOIN stock_location place ON place.id = move.location_dest_id
    JOIN stock_warehouse warehouse ON warehouse.id = place.warehouse_id
    JOIN stock_location stock ON stock.id = warehouse.lot_stock_id
    LEFT JOIN stock_location final ON final.id = move.location_final_id
    LEFT JOIN stock_location input ON input.id = warehouse.wh_input_stock_loc_id
    LEFT JOIN stock_rule rule ON rule.id = move.rule_id
    LEFT JOIN purchase_order_line line ON line.id = move.purchase_line_id
    LEFT JOIN stock_picking picking ON picking.id = move.picking_id
    WHERE move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
      AND move.product_id = ANY(%(products)s) AND place.warehouse_id = ANY(%(warehouses)s)
      AND place.usage IN ('internal', 'transit')
      AND source.usage IN ('supplier', 'transit', 'production', 'internal')
      AND NOT source.parent_path LIKE stock.parent_path || '%%'
      AND (COALESCE(final.parent_path, place.parent_path) LIKE stock.parent_path || '%%'
           OR final.id IS NULL AND (
               rule.route_id = warehouse.reception_route_id
               OR source.warehouse_id IS DISTINCT FROM place.warehouse_id
                  AND place.parent_path LIKE input.parent_path || '%%'))
      AND (move.sale_line_id IS NULL OR picking.oms_put_back_order_id IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM stock_move_move_rel rel JOIN stock_move origin ON origin.id = rel.move_orig_id
          WHERE rel.move_dest_id = move.id AND origin.state NOT IN ('done', 'cancel'))
      AND NOT EXISTS (
          SELECT FROM stock_move_move_rel rel JOIN stock_move after ON after.id = rel.move_dest_id
          WHERE rel.move_orig_id = move.id AND after.sale_line_id IS NOT NULL
            AND after.state NOT IN ('done', 'cancel'))
    ORDER BY due, move.id"""


class Arrival(NamedTuple):
    """Incoming items: the quantity still available and the expected date."""

    product_id: int
    warehouse_id: int
    date: object
    quantity: float
    purchase_line_id: int


class OmsIncoming(models.AbstractModel):
    _name = "oms.incoming"
    _description = "Incoming Stock"

    @api.model
    def _get_incoming(self, warehouses, products, but=None):
        """Read incoming items, less the demand of waiting orders.

        Waiting orders use free stock first, then the earliest incoming items. Items made or bought
        for one order are excluded; overdue items are expected now.

        :param warehouses: ``stock.warehouse`` records
        :param products: ``product.product`` records
        :param but: ``stock.move`` records whose demand is ignored
        :return: the remaining quantity of each incoming move, the earliest first
        :rtype: list[Arrival]
        """
        incoming = self._incoming(warehouses, products)
        if not incoming:
            return []
        uncovered = self._uncovered(warehouses, products, but)
        left = []
        for arrival in incoming:
            key = arrival.warehouse_id, arrival.product_id
            taken = min(uncovered[key], arrival.quantity)
            uncovered[key] -= taken
            if arrival.quantity - taken > 0:
                left.append(arrival._replace(quantity=arrival.quantity - taken))
        return left

    @api.model
    def _get_incoming_quantities(self, warehouses, products, until):
        """Read the incoming quantities until a date that no waiting order needs.

        :param until: a naive UTC datetime
        :return: quantity in the product's unit, by (warehouse id, product id)
        :rtype: dict
        """
        quantities = defaultdict(float)
        for arrival in self._get_incoming(warehouses, products):
            if arrival.date <= until:
                quantities[arrival.warehouse_id, arrival.product_id] += arrival.quantity
        return quantities

    @api.model
    def _incoming(self, warehouses, products):
        """:return: all items coming into warehouses from outside their stock, the earliest first,
            including those needed by waiting orders
        :rtype: list[Arrival]
        """
        if not warehouses or not products:
            return []
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model(["oms_put_back_order_id"])
        self.env["purchase.order.line"].flush_model(["date_planned"])
        rows = self.env.execute_query(
            SQL(
                INCOMING,
                now=fields.Datetime.now(),
                products=products.ids,
                warehouses=warehouses.ids,
            )
        )
        return [Arrival(*row[:3], float(row[3]), row[4] or 0) for row in rows if row[3] > 0]

    @api.model
    def _uncovered(self, warehouses, products, but=None):
        """:return: the demand of waiting orders that exceeds the stock, by (warehouse id, product
        id)
        """
        stock = self.env["oms.stock"]
        locations = stock._locations(warehouses)
        claimed = stock._claimed(locations, products, but=but)
        free = stock._free(warehouses, products)
        every = stock._claimed(locations, products)
        uncovered = defaultdict(float)
        for key, quantity in claimed.items():
            there = free[key] + every[key]
            uncovered[key] = max(quantity - max(there, 0.0), 0.0)
        return uncovered
