"""Comparison of stock rows, move lines and moves."""

from odoo import api, models
from odoo.tools import SQL

#: key of a stock quantity
KEYS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")

# One scan of the stock rows and one of the lines of open moves, which are indexed.
STOCK = """
    WITH stock AS (
        SELECT quant.product_id, quant.location_id, quant.lot_id, quant.package_id, quant.owner_id,
               SUM(quant.quantity) AS hand, SUM(quant.reserved_quantity) AS reserved,
               COUNT(*) AS rows
        FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
        WHERE location.usage IN ('internal', 'transit') OR quant.reserved_quantity <> 0
        GROUP BY 1, 2, 3, 4, 5
    ), lines AS (
        SELECT line.product_id, line.location_id, line.lot_id, line.package_id, line.owner_id,
               SUM(line.quantity_product_uom) AS reserved
        FROM stock_move_line line
        JOIN stock_location location ON location.id = line.location_id
        JOIN product_product product ON product.id = line.product_id
        JOIN product_template template ON template.id = product.product_tmpl_id
        LEFT JOIN stock_move move ON move.id = line.move_id
        LEFT JOIN stock_location origin ON origin.id = move.location_id
        WHERE (line.state IS NULL OR line.state NOT IN ('done', 'cancel'))
          AND location.usage IN ('internal', 'transit')
          AND (origin.id IS NULL OR origin.usage IN ('internal', 'transit'))
          AND template.is_storable
        GROUP BY 1, 2, 3, 4, 5
    ), both_sides AS (
        SELECT COALESCE(stock.product_id, lines.product_id) AS product_id,
               COALESCE(stock.location_id, lines.location_id) AS location_id,
               COALESCE(stock.lot_id, lines.lot_id) AS lot_id,
               COALESCE(stock.package_id, lines.package_id) AS package_id,
               COALESCE(stock.owner_id, lines.owner_id) AS owner_id,
               COALESCE(stock.hand, 0) AS hand, COALESCE(stock.reserved, 0) AS reserved,
               COALESCE(lines.reserved, 0) AS promised, COALESCE(stock.rows, 0) AS rows
        FROM stock FULL JOIN lines
          ON lines.product_id = stock.product_id AND lines.location_id = stock.location_id
         AND COALESCE(lines.lot_id, 0) = COALESCE(stock.lot_id, 0)
         AND COALESCE(lines.package_id, 0) = COALESCE(stock.package_id, 0)
         AND COALESCE(lines.owner_id, 0) = COALESCE(stock.owner_id, 0)
    )
    SELECT both_sides.*, location.company_id, uom.rounding
    FROM both_sides
    JOIN stock_location location ON location.id = both_sides.location_id
    JOIN product_product product ON product.id = both_sides.product_id
    JOIN product_template template ON template.id = product.product_tmpl_id
    JOIN (SELECT id, %(unit)s::numeric AS rounding FROM uom_uom) uom ON uom.id = template.uom_id
    WHERE ABS(reserved - promised) >= uom.rounding / 2
       OR GREATEST(reserved, 0) - hand >= uom.rounding / 2
       OR rows > 1"""

# Open moves are indexed, too: finished moves are not read.
MOVES = """
    SELECT move.id AS move_id, move.product_id, move.location_id, move.company_id, move.state,
           move.quantity, move.product_uom_qty AS wanted,
           COALESCE(lines.quantity, 0) * unit.factor / own.factor AS listed
    FROM stock_move move
    JOIN stock_location location ON location.id = move.location_id
    JOIN product_product product ON product.id = move.product_id
    JOIN product_template template ON template.id = product.product_tmpl_id
    JOIN uom_uom unit ON unit.id = template.uom_id
    JOIN uom_uom own ON own.id = move.product_uom
    LEFT JOIN LATERAL (SELECT SUM(line.quantity_product_uom) AS quantity
                       FROM stock_move_line line WHERE line.move_id = move.id) lines ON TRUE
    WHERE move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
      AND location.usage IN ('internal', 'transit') AND template.is_storable
      AND (ABS(move.quantity - COALESCE(lines.quantity, 0) * unit.factor / own.factor) >= %(unit)s
           OR (move.state = 'assigned') <> (move.quantity >= move.product_uom_qty - %(unit)s / 2)
           OR (move.state = 'partially_available')
              <> (move.quantity > 0 AND move.quantity < move.product_uom_qty - %(unit)s / 2))"""


class OmsStockComparison(models.AbstractModel):
    """Reads the whole stock in two statements, whose cost does not grow with finished moves."""

    _name = "oms.stock.comparison"
    _description = "Stock Comparison"

    @api.model
    def _compare(self, product_ids=None):
        """Compare stock rows, move lines and moves.

        :param product_ids: limit to these products
        :return: differences: dicts with ``kind``, the location, ``expected``, ``found``
        :rtype: list[dict]
        """
        for model in ("stock.quant", "stock.move.line", "stock.move"):
            self.env[model].flush_model()
        unit = {"unit": 10 ** -self.env["decimal.precision"].precision_get("Product Unit")}
        found = [
            problem for row in self._rows(STOCK, unit) for problem in self._stock_problems(row)
        ]
        found += [
            problem for row in self._rows(MOVES, unit) for problem in self._move_problems(row, unit)
        ]
        return [p for p in found if product_ids is None or p["product_id"] in product_ids]

    @api.model
    def _rows(self, statement, values):
        self.env.cr.execute(SQL(statement, **values))
        return self.env.cr.dictfetchall()

    @api.model
    def _stock_problems(self, row):
        """:return: the differences in the stock of one product at one location"""
        half = float(row["rounding"]) / 2
        place = {key: row[key] for key in (*KEYS, "company_id")}
        hand, reserved, promised = (float(row[key]) for key in ("hand", "reserved", "promised"))
        if abs(reserved - promised) >= half:
            yield {**place, "kind": "reserved", "expected": promised, "found": reserved}
        if hand <= -half:
            yield {**place, "kind": "negative", "expected": 0.0, "found": hand}
        elif max(reserved, promised) - hand >= half:
            yield {
                **place,
                "kind": "oversold",
                "expected": hand,
                "found": max(reserved, promised),
            }
        if row["rows"] > 1:
            yield {**place, "kind": "duplicate", "expected": 1, "found": row["rows"]}

    @api.model
    def _move_problems(self, row, unit):
        """:return: the differences of one open move"""
        place = {key: row[key] for key in ("move_id", "product_id", "location_id", "company_id")}
        quantity, listed, wanted = (
            float(row[key] or 0) for key in ("quantity", "listed", "wanted")
        )
        if abs(quantity - listed) >= unit["unit"]:
            yield {**place, "kind": "quantity", "expected": listed, "found": quantity}
        else:
            yield {**place, "kind": "state", "expected": wanted, "found": quantity}
