"""Searching and grouping orders by progress, including those created in Sales.

Nothing is stored for orders created in Sales: the SQL computes their progress from their
deliveries, as ``_oms_own_progress`` does.
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: stored field of channel orders, by the computed field of all orders
STORED = {"oms_shown_step": "oms_step", "oms_shown_status": "oms_status"}
#: fields whose groups are sorted by the order of the selection
LIVES = (*STORED, *STORED.values())
#: fields read by the SQL, flushed before
READ = {
    "stock.picking": ["state", "sale_id", "oms_shared_order_ids"],
    "stock.move": ["state", "picking_id"],
    "stock.warehouse": ["oms_managed"],
    "sale.order": ["state", "warehouse_id", "oms_step", "oms_status"],
    "sale.order.line": ["product_uom_qty", "qty_delivered", "product_id", "display_type"],
    "oms.hold": ["state", "is_blocking", "order_id"],
}
#: step and status of each case, first match first
CASES = (
    ("cancelled", "confirm", "cancelled"),
    ("unconfirmed", "confirm", "waiting"),
    ("delivered", "done", "done"),
    ("held", "ship", "held"),
    ("no_delivery", "ship", "waiting"),
    ("nothing_to_ship", "done", "done"),
    ("no_stock", "allocate", "waiting"),
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_progress_field_to_sql(self, alias, name):
        """:return: a progress field as SQL; ``None`` for any other field"""
        if name not in STORED:
            return None
        self._check_field_access(self._fields[name], "read")
        for model, names in READ.items():
            self.env[model].flush_model(names)
        return self._oms_progress_sql(alias, name)

    def _oms_life_terms(self, groupby_terms):
        """:return: the SQL to sort groups of steps and statuses by, by field name"""
        return {
            name: SQL(
                "array_position(%s::text[], (%s)::text)",
                [code for code, _label in self._fields[name]._description_selection(self.env)],
                groupby_terms[name],
            )
            for name in LIVES
            if name in groupby_terms
        }

    def _search_oms_progress(self, name, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            found = model._field_to_sql(alias, name, query)
            asked = SQL("%s = ANY(%s)", found, [each for each in value if each])
            return SQL("(%s OR %s IS NULL)", asked, found) if False in value else asked

        # Channel orders are searched by the stored field.
        of_path = Domain(STORED[name], "in", [each for each in value if each])
        return of_path | (Domain("oms_step", "=", False) & Domain.custom(to_sql=to_sql))

    def _search_oms_shown_step(self, operator, value):
        return self._search_oms_progress("oms_shown_step", operator, value)

    def _search_oms_shown_status(self, operator, value):
        return self._search_oms_progress("oms_shown_status", operator, value)

    def _oms_progress_sql(self, alias, name):
        """:return: the step or status of an order as SQL; see ``_oms_own_progress``"""
        order = SQL.identifier(alias)
        conditions = self._oms_progress_conditions(order)
        position = 1 if name == "oms_shown_step" else 2
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", conditions[case[0]], case[position]) for case in CASES
        )
        return SQL(
            """CASE WHEN %(order)s.oms_step IS NOT NULL THEN %(stored)s
                    WHEN NOT EXISTS (
                        SELECT 1 FROM stock_warehouse w
                        WHERE w.id = %(order)s.warehouse_id AND w.oms_managed) THEN NULL
                    %(whens)s ELSE %(otherwise)s END""",
            order=order,
            stored=SQL.identifier(alias, STORED[name]),
            whens=whens,
            otherwise="ship" if position == 1 else "waiting",
        )

    def _oms_progress_conditions(self, order):
        """:return: the SQL condition of each case for orders created in Sales; each assumes that
        the cases before it do not match
        """
        deliveries = SQL(
            """SELECT p.id, p.state FROM stock_picking p
               WHERE p.state <> 'cancel' AND (p.sale_id = %(order)s.id OR p.id IN (
                   SELECT picking_id FROM oms_shared_delivery_rel
                   WHERE order_id = %(order)s.id))""",
            order=order,
        )
        to_do = SQL("SELECT 1 FROM (%s) p WHERE p.state <> 'done'", deliveries)
        unshipped = SQL(
            """SELECT 1 FROM sale_order_line l
               JOIN product_product v ON v.id = l.product_id
               JOIN product_template t ON t.id = v.product_tmpl_id
               WHERE l.order_id = %s.id AND l.display_type IS NULL AND t.type = 'consu'
                 AND l.product_uom_qty > COALESCE(l.qty_delivered, 0)""",
            order,
        )
        return {
            "cancelled": SQL("%s.state = 'cancel'", order),
            "unconfirmed": SQL("%s.state <> 'sale'", order),
            "delivered": SQL("EXISTS (%s) AND NOT EXISTS (%s)", deliveries, to_do),
            "held": SQL(
                """EXISTS (SELECT 1 FROM oms_hold h WHERE h.order_id = %s.id
                           AND h.state = 'open' AND h.is_blocking)""",
                order,
            ),
            "no_delivery": SQL("NOT EXISTS (%s) AND EXISTS (%s)", to_do, unshipped),
            "nothing_to_ship": SQL("NOT EXISTS (%s)", to_do),
            # Of a multi-step delivery, the first open one.
            "no_stock": SQL(
                """EXISTS (
                       SELECT 1 FROM (%(deliveries)s) p JOIN stock_move m ON m.picking_id = p.id
                       WHERE p.state <> 'done' AND m.state NOT IN ('done', 'cancel', 'assigned')
                         AND (p.state <> 'waiting' OR NOT EXISTS (
                             SELECT 1 FROM (%(deliveries)s) f
                             WHERE f.state NOT IN ('done', 'waiting'))))""",
                deliveries=deliveries,
            ),
        }
