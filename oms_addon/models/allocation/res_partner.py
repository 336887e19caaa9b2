"""Customers who want complete deliveries."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_ship_complete = fields.Boolean(
        "Ship Complete",
        help="Orders of this customer ship complete in one parcel from one warehouse, or are "
        "backordered.",
    )
