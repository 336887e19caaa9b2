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

    def _oms_value_of(self, units):
        """:param float units: in the line's unit
        :return: what so many units cost, with taxes and discount
        """
        self.ensure_one()
        if self.product_uom_qty:
            price = self.price_total / self.product_uom_qty
        else:
            price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        return self.currency_id.round(price * units)

    def _oms_channel_quantity(self, units):
        """:param float units: in the line's unit
        :return: how many of the channel's pieces that is
        """
        self.ensure_one()
        return units

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
