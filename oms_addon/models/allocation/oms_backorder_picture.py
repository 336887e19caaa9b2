"""Chart of the backorder queue: demand, stock and incoming items by product."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .oms_allocator import OPEN_STATES

#: number of weeks shown separately; later receipts are summed as "later"
WEEKS = 3
MAX_PRODUCTS = 5
QUEUE = Domain(
    [
        ("state", "in", OPEN_STATES),
        ("sale_line_id", "!=", False),
        ("procure_method", "=", "make_to_stock"),
        ("picking_type_id.warehouse_id.oms_managed", "=", True),
    ]
)


class OmsBackorder(models.AbstractModel):
    _inherit = "oms.backorder"

    @api.model
    def read_picture(self, domain):
        """Prepare the chart of the most demanded products with their stock and incoming items.

        :param list domain: limits the waiting ``stock.move`` records
        :return: ``products``, each with ``waiting``, ``stock`` and the incoming quantities
            ``overdue``, in each of the next ``weeks`` and ``later``, in the product's unit;
            ``short``, the number of products with too little incoming, and ``more``, the number not
            shown
        :rtype: dict
        """
        self.env["stock.move"].check_access("read")
        waiting = self._waiting_by_product(QUEUE & Domain(domain))
        products = self.env["product.product"].browse(waiting)
        coming = self._coming_by_product(products)
        rows = [
            {"id": product.id, "waiting": waiting[product.id], **coming[product.id]}
            for product in products
        ]
        shown = sorted(rows, key=lambda row: -row["waiting"])[:MAX_PRODUCTS]
        for row, product in zip(shown, products.browse([row["id"] for row in shown]), strict=True):
            row.update(name=product.display_name, unit=product.uom_id.name)
        return {
            "products": shown,
            "more": len(rows) - len(shown),
            "short": sum(row["waiting"] > self._sum_coming(row) for row in rows),
        }

    @api.model
    def _waiting_by_product(self, domain):
        """:return: the missing quantities of moves, in the product's unit, by product id"""
        moves = self.env["stock.move"]
        waiting = {
            product.id: quantity
            for product, quantity in moves._read_group(domain, ["product_id"], ["product_qty:sum"])
        }
        # Users who may read a move may read its reserved quantity.
        lines_sudo = self.env["stock.move.line"].sudo()
        for product, quantity in lines_sudo._read_group(
            [("move_id", "in", moves._search(domain))],
            ["product_id"],
            ["quantity_product_uom:sum"],
        ):
            waiting[product.id] -= quantity
        return waiting

    @api.model
    def _coming_by_product(self, products):
        """:return: stock and incoming quantities with their dates, by product id"""
        coming = defaultdict(
            lambda: {"stock": 0.0, "overdue": 0.0, "weeks": [0.0] * WEEKS, "later": 0.0}
        )
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("oms_managed", "=", True), ("company_id", "in", self.env.companies.ids)])
        )
        stock = self.env["oms.stock"].sudo()
        free = stock._free(warehouses, products)
        for key, claimed in stock._claimed(stock._locations(warehouses), products).items():
            free[key] += claimed
        for (_warehouse_id, product_id), quantity in free.items():
            coming[product_id]["stock"] += max(quantity, 0.0)
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for arrival in self.env["oms.incoming"].sudo()._incoming(warehouses, products):
            row = coming[arrival.product_id]
            day = fields.Datetime.context_timestamp(self, arrival.date).date()
            week = (day - today).days // 7
            if arrival.date <= now:
                row["overdue"] += arrival.quantity
            elif week < WEEKS:
                row["weeks"][week] += arrival.quantity
            else:
                row["later"] += arrival.quantity
        return coming

    @api.model
    def _sum_coming(self, row):
        return row["stock"] + row["overdue"] + sum(row["weeks"]) + row["later"]
