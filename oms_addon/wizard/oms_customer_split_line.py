"""One order that may be another customer's."""

from odoo import fields, models


class OmsCustomerSplitLine(models.TransientModel):
    _name = "oms.customer.split.line"
    _inherit = "oms.wizard"
    _description = "Order of a Customer to Split"

    split_id = fields.Many2one("oms.customer.split", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True)
    is_chosen = fields.Boolean("Move")
    channel_id = fields.Many2one(related="order_id.oms_channel_id")
    order_number = fields.Char(related="order_id.oms_order_number", string="Number")
    date_order = fields.Datetime(related="order_id.date_order", string="Placed")
    partner_shipping_id = fields.Many2one(related="order_id.partner_shipping_id")
    told_name = fields.Char("Buyer")
    told_email = fields.Char("Email")
    told_phone = fields.Char("Phone")
