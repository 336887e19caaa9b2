"""Lines whose price was agreed elsewhere."""

from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_kind = fields.Selection(
        [
            ("product", "Product"),
            ("shipping", "Shipping"),
            ("fee", "Fee"),
            ("discount", "Discount"),
            ("gift_card", "Gift card"),
            ("tip", "Tip"),
            ("rounding", "Rounding"),
        ],
        readonly=True,
    )
    oms_sku = fields.Char("Channel SKU", readonly=True)
    oms_line_ref = fields.Char("Channel line", readonly=True)
    oms_cancelled_qty = fields.Float(
        "Cancelled on the channel", digits="Product Unit", readonly=True, copy=False
    )

    oms_reduced_qty = fields.Float(
        "Taken off",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Cancelled units that did not leave and are no longer in the ordered quantity.",
    )

    def _oms_priced(self):
        """:return: the lines whose price a channel fixed"""
        return self.filtered(lambda line: line.oms_kind)

    def _compute_price_unit(self):
        """Extend `sale`: a price the channel fixed stays, whatever else changes."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_price_unit()

    def _compute_discount(self):
        """Extend `sale`: a discount the channel gave stays."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_discount()

    def _compute_tax_ids(self):
        """Extend `sale`: taxes the channel charged stay."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_tax_ids()
