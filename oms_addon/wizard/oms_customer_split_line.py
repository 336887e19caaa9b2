"""One order that may belong to another customer."""

from odoo import api, fields, models


class OmsCustomerSplitLine(models.TransientModel):
    _name = "oms.customer.split.line"
    _inherit = "oms.wizard"
    _description = "Order to Split Off"

    split_id = fields.Many2one("oms.customer.split", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True)
    is_chosen = fields.Boolean("Move")
    channel_id = fields.Many2one(related="order_id.oms_channel_id")
    order_number = fields.Char(related="order_id.oms_order_number", string="Number")
    date_order = fields.Datetime(related="order_id.date_order", string="Placed On")
    partner_shipping_id = fields.Many2one(related="order_id.partner_shipping_id")
    told_name = fields.Char("Buyer", compute="_compute_buyer")
    told_email = fields.Char("Email", compute="_compute_buyer")
    told_phone = fields.Char("Phone", compute="_compute_buyer")

    @api.depends("order_id")
    def _compute_buyer(self):
        """Show the buyer as the channel sent it; the order's address when that was erased."""
        reported = self.env["oms.customer.splitter"]._last_documents(self.order_id._origin)
        for line in self:
            shipping, document = (
                line.order_id.partner_shipping_id,
                reported.get(line.order_id._origin),
            )
            customer = document and document.customer
            line.told_name = (customer and customer.name) or shipping.name
            line.told_email = (customer and customer.email) or shipping.email
            line.told_phone = (customer and customer.phone) or shipping.phone
