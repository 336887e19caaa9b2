"""The promised date of an order line."""

from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_promised_at = fields.Datetime(
        "Promised Delivery Date",
        readonly=True,
        copy=False,
        help="Delivery date promised to the customer.",
    )
    oms_ship_before = fields.Datetime(
        "Ship By",
        readonly=True,
        copy=False,
        help="Latest time to ship so that the items arrive by the promised delivery date.",
    )
