"""Proposed purchases and transfers, approved by a planner."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class OmsReplenishment(models.Model):
    """What to buy from a vendor for a warehouse, or to transfer there from another one.

    There is one draft per product, warehouse, vendor and source: a new run updates it.
    """

    _name = "oms.replenishment"
    _inherit = ["oms.state.mixin"]
    _description = "Replenishment"
    _rec_name = "product_id"
    _order = "need_date, id"

    _TRANSITIONS = {
        "draft": ("approved", "dismissed", "outdated"),
        "approved": ("ordered",),
        "ordered": (),
        "dismissed": ("draft", "outdated"),
        "outdated": (),
    }

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("purchase", "Purchase"), ("transfer", "Transfer")],
        "Type",
        required=True,
        readonly=True,
        default="purchase",
    )
    vendor_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    source_warehouse_id = fields.Many2one(
        "stock.warehouse", "From Warehouse", readonly=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("oms.forecast.rule", readonly=True, ondelete="set null")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering Rule", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("approved", "Approved"),
            ("ordered", "Ordered"),
            ("dismissed", "Dismissed"),
            ("outdated", "No Longer Needed"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
    )
    problem = fields.Selection(
        [("vendor", "No Vendor"), ("lead_time", "No Lead Time")],
        readonly=True,
        help="What has to be entered in the vendor price list of the product.",
    )
    need_date = fields.Date(
        "Needed By", readonly=True, help="Date on which stock falls below the safety stock."
    )
    stockout_date = fields.Date(
        readonly=True, help="Date on which stock runs out. Empty if it lasts for the half-year."
    )
    cover_days = fields.Float(
        "Days of Cover", readonly=True, aggregator=None, help="Days until stock runs out."
    )
    lead_days = fields.Float("Lead Time (Days)", readonly=True, aggregator="avg")
    proposed_qty = fields.Float("Proposed Quantity", digits="Product Unit", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", help="Quantity to order, in the unit of the product."
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    price = fields.Monetary(
        "Unit Price", readonly=True, aggregator=None, help="Price for the proposed quantity."
    )
    value = fields.Monetary(compute="_compute_value", store=True)
    saving = fields.Monetary(
        "Price Break Saving",
        readonly=True,
        help="What a larger quantity saves after the cost of holding more stock.",
    )
    is_over_budget = fields.Boolean("Over Budget", readonly=True)
    line_ids = fields.One2many(
        "oms.replenishment.line", "replenishment_id", "Explanation", readonly=True
    )
    run_id = fields.Many2one("oms.replenishment.run", readonly=True, ondelete="set null")
    purchase_line_ids = fields.One2many(
        "purchase.order.line", "oms_replenishment_id", "Purchase Order Lines", readonly=True
    )
    move_ids = fields.One2many("stock.move", "oms_replenishment_id", "Stock Moves", readonly=True)

    _draft_uniq = models.UniqueIndex(
        """(product_id, warehouse_id, COALESCE(vendor_id, 0), COALESCE(source_warehouse_id, 0))
        WHERE state = 'draft'"""
    )
    _draft_idx = models.Index("(company_id, need_date) WHERE state = 'draft'")

    @api.depends("quantity", "price")
    def _compute_value(self):
        for proposal in self:
            proposal.value = proposal.quantity * proposal.price

    # === CRUD METHODS === #

    def write(self, vals):
        """Extend: explain a quantity that a planner changed.

        :raise UserError: if the proposal is not open, or the quantity is negative
        """
        if "quantity" in vals and not self.env.su:
            self._check_editable(vals["quantity"])
        result = super().write(vals)
        if "quantity" in vals and not self.env.su:
            self.sudo()._explain_change()
        return result

    def _check_editable(self, quantity):
        if quantity < 0:
            raise UserError(self.env._("The quantity cannot be negative. Enter 0 or more."))
        for proposal in self.filtered(lambda p: p.state != "draft"):
            raise UserError(
                self.env._(
                    "The quantity of %(product)s cannot be changed: the proposal is %(status)s.",
                    product=proposal.display_name,
                    status=proposal._state_label(),
                )
            )

    def _explain_change(self):
        """Add what a planner changed to the rows that explain the quantity."""
        for proposal in self:
            changed = round(proposal.quantity - proposal.proposed_qty, 6)
            row = proposal.line_ids.filtered(lambda line: line.code == "planner")
            if not changed:
                row.unlink()
            elif row:
                row.quantity = changed
            else:
                proposal.line_ids.create(
                    {
                        "replenishment_id": proposal.id,
                        "sequence": 99,
                        "code": "planner",
                        "quantity": changed,
                    }
                )

    # === BUSINESS METHODS === #

    def _key(self):
        """:return: what identifies a draft"""
        self.ensure_one()
        return (
            self.product_id.id,
            self.warehouse_id.id,
            self.vendor_id.id or False,
            self.source_warehouse_id.id or False,
        )

    def _update(self, values):
        """Update a draft; the quantity of a planner stays while the proposal is the same."""
        self.ensure_one()
        if self.quantity != self.proposed_qty and self.proposed_qty == values["proposed_qty"]:
            values = {k: v for k, v in values.items() if k not in ("quantity", "line_ids")}
        else:
            self.line_ids.unlink()
        self.write(values)

    # === ACTIONS === #

    def action_approve(self):
        """Order the proposed quantities: one request for quotation per vendor and warehouse.

        :return: the action that opens what was ordered
        :raise UserError: for a quantity of 0, a purchase without a vendor, or a value above the
            approval limit for users who are not managers
        """
        self.check_access("write")
        self.sudo()._approve(self.env.user.has_group("oms_addon.oms_addon_group_manager"))
        return self.action_view_orders()

    def action_dismiss(self):
        """Close proposals without ordering; they are proposed again when the need has passed."""
        self.check_access("write")
        self._set_state("dismissed")

    def action_reopen(self):
        """Propose dismissed quantities again."""
        self.check_access("write")
        self._set_state("draft")

    def action_view_orders(self):
        """Open the purchase orders, or else the transfers."""
        self.check_access("read")
        orders = self.sudo().purchase_line_ids.order_id
        if orders:
            return self._open(orders, self.env._("Purchase Orders"))
        return self._open(self.sudo().move_ids.picking_id, self.env._("Transfers"))

    def _open(self, records, name):
        """:return: the action that opens some records"""
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action.update(res_id=records.id, views=[(False, "form")])
        return action

    def action_compute(self):
        """Compute proposals as soon as the background job runs."""
        self.browse().check_access("write")
        self.env["oms.replenishment.run"].sudo()._restart(self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Proposals are computed in the background."),
            },
        }
