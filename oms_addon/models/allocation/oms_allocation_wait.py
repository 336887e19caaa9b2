"""Allocation board: waiting orders, with reason, age and value."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.sealed_context import sealed

#: Quantities are in the products' units, values in the company's currency at the order's rate, so
#: that columns add up; all units of a kit's components have the same value. A card is an order, at
#: the first warehouse with missing items.
WAITING = """
    SELECT o.id AS id, o.id AS order_id,
           (ARRAY_AGG(type.warehouse_id ORDER BY move.id))[1] AS warehouse_id, o.company_id,
           company.currency_id, o.partner_id, o.oms_channel_id AS channel_id,
           CASE WHEN o.oms_chosen_warehouse_id IS NOT NULL THEN 'chosen'
                WHEN o.picking_policy = 'one' THEN 'complete'
                WHEN BOOL_OR(move.state = 'partially_available') THEN 'part'
                ELSE 'stock' END AS reason,
           MIN(COALESCE(o.oms_placed_at, o.date_order)) AS since,
           o.oms_priority AS priority,
           SUM(line.price_total / COALESCE(NULLIF(o.currency_rate, 0), 1)
               * (move.product_qty - COALESCE(got.quantity, 0)) / NULLIF(
               CASE WHEN line.product_id = move.product_id
                    THEN line.product_uom_qty * line_uom.factor / product_uom.factor
                    ELSE (SELECT SUM(part.product_qty) FROM stock_move part
                          JOIN stock_location source ON source.id = part.location_id
                          WHERE part.sale_line_id = line.id AND part.state <> 'cancel'
                            AND source.usage IN ('internal', 'transit')
                            AND NOT EXISTS (SELECT FROM stock_move_move_rel rel
                                WHERE rel.move_dest_id = part.id)) END, 0)) AS value,
           SUM(move.product_qty - COALESCE(got.quantity, 0)) AS missing
    FROM stock_move move
    JOIN stock_picking_type type ON type.id = move.picking_type_id
    JOIN stock_warehouse warehouse ON warehouse.id = type.warehouse_id AND warehouse.oms_managed
    JOIN sale_order_line line ON line.id = move.sale_line_id
    JOIN sale_order o ON o.id = line.order_id
    JOIN res_company company ON company.id = o.company_id
    JOIN product_product product ON product.id = move.product_id
    JOIN product_template template ON template.id = product.product_tmpl_id
    JOIN uom_uom product_uom ON product_uom.id = template.uom_id
    JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
    LEFT JOIN LATERAL (SELECT SUM(done.quantity_product_uom) AS quantity
        FROM stock_move_line done WHERE done.move_id = move.id) got ON TRUE
    WHERE move.state IN ('confirmed', 'partially_available')
      AND move.procure_method = 'make_to_stock'
    GROUP BY o.id, company.currency_id
    UNION ALL
    SELECT o.id, o.id, o.warehouse_id, o.company_id, company.currency_id, o.partner_id,
           o.oms_channel_id, 'person', COALESCE(o.oms_placed_at, o.date_order), o.oms_priority,
           o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1), NULL
    FROM oms_hold hold JOIN sale_order o ON o.id = hold.order_id
    JOIN res_company company ON company.id = o.company_id
    WHERE hold.state = 'open' AND hold.reason_code = 'ALLOCATION'
      AND o.state IN ('draft', 'sent')"""


class OmsAllocationWait(models.Model):
    _name = "oms.allocation.wait"
    _description = "Backordered Order"
    _auto = False
    _order = "priority desc, since, id"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", group_expand="_group_expand_warehouse_id")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    channel_id = fields.Many2one("oms.channel", readonly=True)
    reason = fields.Selection(
        [
            ("person", "To Review"),
            ("stock", "Out of Stock"),
            ("part", "Partially in Stock"),
            ("complete", "Waiting Until Complete"),
            ("chosen", "Warehouse Set Manually"),
        ],
        readonly=True,
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], readonly=True)
    since = fields.Datetime(readonly=True)
    value = fields.Monetary("Backordered Value", readonly=True, aggregator="sum")
    missing = fields.Float("Missing Units", digits="Product Unit", readonly=True)
    text = fields.Text("Explanation", compute="_compute_text", compute_sudo=True)
    age_days = fields.Integer("Age (Days)", compute="_compute_age_days")

    @property
    def _table_query(self):
        return SQL(WAITING)

    @api.depends("order_id.oms_wait_reason", "order_id.oms_allocation_text")
    @api.depends_context("uid")
    def _compute_text(self):
        for row in self:
            order = row.order_id
            reason = order._oms_visible_reason(
                order.oms_step, order.oms_status, order.oms_wait_reason
            )
            row.text = (
                order.oms_allocation_text if row.reason == "person" else reason
            ) or order.oms_allocation_text

    @api.depends("since")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for row in self:
            row.age_days = (now - (row.since or now)).days

    @api.model
    def _group_expand_warehouse_id(self, warehouses, _domain):
        """Show all managed warehouses, so that orders can be moved to each."""
        return warehouses | warehouses.search(
            [("oms_managed", "=", True), ("company_id", "in", self.env.companies.ids)]
        )

    def write(self, vals):
        """Extend: moving a card to another warehouse assigns the order to it."""
        if set(vals) - {"warehouse_id"}:
            raise UserError(self.env._("Only the warehouse can be changed on the board."))
        result = super().write({})
        if vals.get("warehouse_id"):
            self._send_to(self.env["stock.warehouse"].browse(vals["warehouse_id"]))
        return result

    def web_save(self, vals, specification, next_id=None):
        """Extend: a card that disappears because its order is reserved is returned once more."""
        before = self.web_read(specification)
        self.write(vals)
        left = {
            row["id"]: row for row in self.search([("id", "in", self.ids)]).web_read(specification)
        }
        warehouse = self.env["stock.warehouse"].browse(vals.get("warehouse_id"))
        named = {"warehouse_id": {"id": warehouse.id, "display_name": warehouse.display_name}}
        served = {"text": self.env._("Reserved at %(warehouse)s.", warehouse=warehouse.name)}
        return [left.get(row["id"]) or {**row, **named, **served} for row in before]

    def _send_to(self, warehouse):
        """Assign the orders of these cards to a warehouse."""
        orders = self.order_id
        orders.check_access("write")
        warehouse.check_access("read")
        # Users without write access to deliveries may also move orders.
        orders.sudo().with_context(**sealed(actor=self.env.user.name))._oms_send_from(
            warehouse.sudo()
        )
        self.env.invalidate_all()

    def action_send(self):
        """Open the dialog to choose another warehouse for the orders."""
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_allocation_move_action"
        )
        return {**action, "context": {"default_order_ids": [(6, 0, self.order_id.ids)]}}

    def action_order(self):
        """Open the order."""
        self.ensure_one()
        self.check_access("read")
        return self.order_id.get_formview_action()

    def action_simulate(self):
        """Open a simulation of the rules for the waiting orders."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_allocation_simulation_action"
        )
