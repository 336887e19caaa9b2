"""References that link the deliveries of an order."""

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_create_references(self):
        """Create the references of orders that are delivered for the first time, in one call."""
        lines = self.filtered(
            lambda line: (
                line.state == "sale"
                and line.product_id.type == "consu"
                and line.product_uom_qty > 0
            )
        )
        values = [
            of_order[0]._prepare_reference_vals()
            for order, of_order in lines.grouped("order_id").items()
            if not order.locked and not order.stock_reference_ids
        ]
        if values:
            self.env["stock.reference"].create(values)
