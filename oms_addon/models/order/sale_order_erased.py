"""Orders whose customer was erased: payments are still recorded, personal data is not."""

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_erased_at = fields.Datetime(
        "Customer Erased",
        readonly=True,
        copy=False,
        help="The personal data of the customer was erased. Payments and refunds are still "
        "recorded; other changes on the channel are ignored.",
    )
