"""Rows that explain a proposed quantity: they add up to it."""

from odoo import fields, models


class OmsReplenishmentLine(models.Model):
    _name = "oms.replenishment.line"
    _description = "Explanation of a Quantity"
    _rec_name = "code"
    _order = "replenishment_id, sequence, id"
    _log_access = False

    replenishment_id = fields.Many2one(
        "oms.replenishment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replenishment_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Selection(
        [
            ("orders", "Open Orders"),
            ("forecast", "Open Forecast"),
            ("safety_stock", "Safety Stock"),
            ("order_up_to", "Maximum of the Reordering Rule"),
            ("backorders", "Overdue Orders"),
            ("on_hand", "On Hand"),
            ("incoming", "Incoming"),
            ("transfer", "Transfers from Other Warehouses"),
            ("covered", "Covered by Stock"),
            ("minimum", "Minimum of the Vendor"),
            ("multiple", "Rounded Up to the Vendor's Unit"),
            ("price_break", "Price Break"),
            ("purchase", "Purchased from the Vendor"),
            ("planner", "Changed by a Planner"),
        ],
        "Reason",
        required=True,
        readonly=True,
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
