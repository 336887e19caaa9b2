"""Queue data of waiting moves for the backorder list."""

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .oms_allocator import OPEN_STATES

#: fields that determine the queue position of a move
QUEUE_READ = {
    "stock.move": ["sale_line_id"],
    "sale.order.line": ["order_id"],
    "sale.order": ["oms_priority", "oms_ship_before", "oms_placed_at", "date_order"],
}


class StockMove(models.Model):
    _inherit = "stock.move"

    oms_order_id = fields.Many2one(related="sale_line_id.order_id", string="Order")
    oms_partner_id = fields.Many2one(related="sale_line_id.order_id.partner_id", string="Customer")
    oms_warehouse_id = fields.Many2one(
        related="picking_type_id.warehouse_id", string="Source Warehouse"
    )
    oms_promised_at = fields.Datetime(
        related="sale_line_id.oms_promised_at", string="Promised Delivery Date"
    )
    oms_ship_before = fields.Datetime(
        related="sale_line_id.oms_ship_before", string="Ship By", store=True
    )
    oms_waiting_since = fields.Datetime(related="create_date", string="Waiting Since")
    oms_missing_qty = fields.Float(
        "Missing", digits="Product Unit", compute="_compute_oms_queue", compute_sudo=True
    )
    oms_queue_place = fields.Integer(
        "Queue Position",
        compute="_compute_oms_queue",
        compute_sudo=True,
        help="Position in the queue of the product.",
    )
    oms_served_by = fields.Char(
        "Served By",
        compute="_compute_oms_queue",
        compute_sudo=True,
        help="Stock or incoming transfers that will cover the move if all arrive as expected.",
    )
    oms_is_unserved = fields.Boolean("Not Covered", compute="_compute_oms_queue", compute_sudo=True)

    @api.depends("state", "product_qty", "move_line_ids.quantity")
    def _compute_oms_queue(self):
        waiting = self.filtered(lambda m: m.state in OPEN_STATES and m.sale_line_id)
        for move in self - waiting:
            move.update(
                {
                    "oms_missing_qty": 0.0,
                    "oms_queue_place": 0,
                    "oms_served_by": False,
                    "oms_is_unserved": False,
                }
            )
        review = self.env["oms.promise.review"]
        for company, of_company in waiting.grouped("company_id").items():
            products = of_company.product_id
            queue = review._waiting_moves(company, products)
            served, missing = review._served(queue, products)
            places = self._oms_places(queue)
            for move in of_company:
                short, _wanted = self.env["oms.allocator"]._missing(move)
                move.oms_missing_qty = short
                move.oms_queue_place = places.get(move, 0)
                move.oms_is_unserved = move in missing
                move.oms_served_by = self._oms_served_text(served.get(move, []), move in missing)

    def _oms_queue_place_to_sql(self, alias, direction, query):
        """:return: the SQL order of the queue position"""
        self._check_field_access(self._fields["oms_queue_place"], "read")
        for model, names in QUEUE_READ.items():
            self.env[model].flush_model(names)
        line = query.left_join(alias, "sale_line_id", "sale_order_line", "id", "sale_line_id")
        order = query.left_join(line, "order_id", "sale_order", "id", "order_id")
        return SQL(
            """%(order)s.oms_priority IS NOT DISTINCT FROM '1' %(reverse)s,
               %(order)s.oms_ship_before %(direction)s,
               COALESCE(%(order)s.oms_placed_at, %(order)s.date_order) %(direction)s,
               %(order)s.id %(direction)s""",
            order=SQL.identifier(order),
            direction=direction,
            reverse=SQL("ASC") if direction.code == "DESC" else SQL("DESC"),
        )

    @api.model
    def _oms_places(self, queue):
        """:return: the position of each move in the queue of its product"""
        places, last = {}, {}
        for move in queue.filtered(lambda m: m.state in OPEN_STATES):
            last[move.product_id] = places[move] = last.get(move.product_id, 0) + 1
        return places

    @api.model
    def _oms_served_text(self, rows, is_missing):
        """:return: the stock and receipts that serve a move, for display"""
        Line = self.env["purchase.order.line"]
        now = fields.Datetime.now()
        texts = []
        for row in rows:
            source = (
                Line.browse(row.ref).order_id.name
                if row.ref > 0
                else self.env._("Transfer")
                if row.ref
                else self.env._("Stock")
            )
            when = self.env._("overdue") if row.date <= now else format_date(self.env, row.date)
            texts.append(
                f"{row.quantity:g} × {source} ({when})"
                if row.ref
                else f"{row.quantity:g} × {source}"
            )
        if is_missing:
            texts.append(self.env._("nothing incoming for the remaining quantity") if rows else "")
        return ", ".join(filter(None, texts)) or self.env._("Nothing incoming")

    def action_oms_order(self):
        """Open the waiting order."""
        self.ensure_one()
        self.check_access("read")
        self.env["sale.order"].check_access("read")
        return self.oms_order_id.get_formview_action()
