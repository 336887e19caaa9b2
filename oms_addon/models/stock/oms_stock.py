"""Stock and demand, read and locked for many products at once."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class OmsStock(models.AbstractModel):
    _name = "oms.stock"
    _description = "Stock Matrix"

    @api.model
    def _locations(self, warehouses):
        """:return: the warehouse id of every location items are taken from, by location id
        :rtype: dict[int, int]
        """
        stock = warehouses.sudo().lot_stock_id
        by_stock = {warehouse.lot_stock_id.id: warehouse.id for warehouse in warehouses.sudo()}
        found = {}
        for location in (
            self.env["stock.location"]
            .sudo()
            .search([("id", "child_of", stock.ids), ("usage", "in", ("internal", "transit"))])
        ):
            for parent_id in reversed(location.parent_path.split("/")[:-1]):
                if int(parent_id) in by_stock:
                    found[location.id] = by_stock[int(parent_id)]
                    break
        return found

    @api.model
    def _free(self, warehouses, products):
        """Read the free stock: on hand, not reserved and not needed by confirmed moves.

        :return: quantity in the product's unit, by (warehouse id, product id); can be negative,
            missing keys are 0
        :rtype: dict
        """
        free = defaultdict(float)
        locations = self._locations(warehouses)
        if not locations or not products:
            return free
        self._flush_rows()
        for location_id, product_id, quantity in self.env.execute_query(
            SQL(
                """SELECT location_id, product_id, SUM(quantity - reserved_quantity)
                   FROM stock_quant quant
                   WHERE product_id = ANY(%s) AND location_id = ANY(%s) AND %s
                   GROUP BY location_id, product_id""",
                products.ids,
                list(locations),
                self._fresh(),
            )
        ):
            free[locations[location_id], product_id] += quantity or 0.0
        for key, quantity in self._claimed(locations, products).items():
            free[key] -= quantity
        return free

    @api.model
    def _claimed(self, locations, products, but=None):
        """Read the quantities that confirmed moves still have to reserve.

        :param dict locations: as ``_locations`` returns them
        :param but: ``stock.move`` records to ignore
        :return: quantity by (warehouse id, product id)
        :rtype: dict
        """
        claimed = defaultdict(float)
        self.env["stock.move"].flush_model(
            ["product_id", "location_id", "state", "product_qty", "procure_method"]
        )
        self.env["stock.move.line"].flush_model(["move_id", "quantity_product_uom"])
        for location_id, product_id, quantity in self.env.execute_query(
            SQL(
                """SELECT move.location_id, move.product_id,
                       SUM(move.product_qty - COALESCE((
                           SELECT SUM(line.quantity_product_uom) FROM stock_move_line line
                           WHERE line.move_id = move.id), 0))
                   FROM stock_move move
                   WHERE move.state IN ('confirmed', 'partially_available')
                     AND move.procure_method = 'make_to_stock'
                     AND move.product_id = ANY(%s) AND move.location_id = ANY(%s)
                     AND NOT move.id = ANY(%s)
                   GROUP BY move.location_id, move.product_id""",
                products.ids,
                list(locations),
                (but or self.env["stock.move"]).ids,
            )
        ):
            claimed[locations[location_id], product_id] += float(quantity or 0)
        return claimed

    @api.model
    def _flush_rows(self):
        """Flush the fields of stock rows that are read past the ORM."""
        names = ["product_id", "location_id", "quantity", "reserved_quantity"]
        self.env["stock.quant"].flush_model(names + ["removal_date"] * self._has_dates())
        if self._has_dates():
            self.env["product.template"].flush_model(["use_expiration_date"])

    @api.model
    def _lock(self, location_ids, product_ids):
        """Lock all stock rows of products, in a fixed order, and read them.

        These locks are taken before any reservation, so that concurrent transactions do not reserve
        the same stock. A row changed since this transaction began raises a serialization error, and
        the calling job or request is retried with current figures.

        :return: the rows, as dicts
        :rtype: list[dict]
        """
        if not location_ids or not product_ids:
            return []
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id, product_id, location_id, lot_id, package_id, owner_id,
                       quantity, reserved_quantity, in_date, %s AS removal_date
                   FROM stock_quant WHERE product_id = ANY(%s) AND location_id = ANY(%s)
                   ORDER BY id FOR NO KEY UPDATE""",
                self._removal_date(),
                list(product_ids),
                list(location_ids),
            )
        )
        return self.env.cr.dictfetchall()
