"""Channel quantities, prices and kinds of order lines."""

import math
from collections import Counter

from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_kind = fields.Selection(
        [
            ("product", "Product"),
            ("shipping", "Shipping"),
            ("fee", "Fee"),
            ("discount", "Discount"),
            ("gift_card", "Gift Card"),
            ("tip", "Tip"),
            ("rounding", "Rounding"),
        ],
        string="Line Type",
        readonly=True,
    )
    oms_sku = fields.Char("Channel SKU", readonly=True)
    oms_line_ref = fields.Char("Channel Line", readonly=True)
    oms_cancelled_qty = fields.Float(
        "Cancelled on the Channel", digits="Product Unit", readonly=True, copy=False
    )

    oms_reduced_qty = fields.Float(
        "Removed Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Cancelled units that were not shipped and are no longer part of the ordered "
        "quantity.",
    )

    oms_reduced_total = fields.Monetary(
        "Removed Value",
        readonly=True,
        copy=False,
        help="Value of the removed units, including taxes.",
    )
    oms_reinvoiced_qty = fields.Float(
        "Credited and Reopened",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units credited when the order was cancelled, and invoiced again after it was "
        "reopened.",
    )
    oms_whole_cancelled_qty = fields.Float(
        "Cancelled with the Order", digits="Product Unit", readonly=True, copy=False
    )
    oms_channel_qty = fields.Float(
        "Quantity on the Channel",
        digits="Product Unit",
        readonly=True,
        help="Ordered quantity of the channel listing.",
    )
    oms_channel_price = fields.Float(
        "Price on the Channel",
        readonly=True,
        help="Unit price of this line on the channel after discount.",
    )
    oms_list_price = fields.Float(
        "List Price on the Channel",
        readonly=True,
        help="Unit price of this line on the channel before discount.",
    )
    oms_share_moved = fields.Monetary(
        "Discount Reallocated",
        readonly=True,
        copy=False,
        help="Amount by which this line costs more on the channel than in Odoo since "
        "discounts of the order were reallocated. Items added later cost that much "
        "more in Odoo.",
    )
    oms_piece_units = fields.Float(
        "Units per Listing",
        digits="Product Unit",
        readonly=True,
        help="Units of this line contained in one unit of the channel listing: more than 1 "
        "for multipacks and for components contained several times in a bundle.",
    )

    def _oms_channel_quantity(self, quantity):
        """:param float quantity: units of this line
        :return: the quantity in units of the channel listing
        :rtype: float
        """
        self.ensure_one()
        return quantity / (self.oms_piece_units or 1.0)

    def _oms_channel_lines(self):
        """:return: these lines grouped by channel line: a bundle has several, any other line one
        :rtype: list[sale.order.line]
        """
        found, seen = {}, Counter()
        for line in self:
            if line.oms_line_ref:
                key = line.order_id, line.oms_line_ref
            elif line.oms_sku:
                # Without an id, the second line of a product belongs to the second channel line.
                of_product = line.order_id, line.oms_sku, line.product_id
                key = *of_product[:2], seen[of_product]
                seen[of_product] += 1
            else:
                key = line
            found[key] = found.get(key, self.browse()) + line
        return list(found.values())

    def _oms_complete_pieces(self, units):
        """Compute how many listing units are complete with some units of their lines.

        For a bundle the scarcest component decides, for a multipack only complete ones count.
        Call it before and after a shipment to get what the shipment completed.

        :param dict units: units by order line
        :return: listing units by the first order line of each channel line
        :rtype: dict
        """
        found = {}
        for lines in self._oms_channel_lines():
            pieces = min(line._oms_channel_quantity(units.get(line, 0.0)) for line in lines)
            is_counted = float(lines[0].oms_channel_qty).is_integer()
            found[lines[0]] = math.floor(pieces + 1e-6) if is_counted else pieces
        return found

    def _oms_exact_total(self):
        """:return: the line total with taxes; for tax-included prices from the price itself, as
        ``price_total`` may differ by a cent with globally rounded taxes
        """
        self.ensure_one()
        if not self.tax_ids or not all(self.tax_ids.mapped("price_include")):
            return self.price_total
        price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        return self.currency_id.round(price * self.product_uom_qty)

    def _oms_value_of(self, units):
        """:param float units: in the line's unit
        :return: the amount of that many units, with taxes and discount
        """
        self.ensure_one()
        if self.product_uom_qty:
            return self.currency_id.round(self._oms_exact_total() / self.product_uom_qty * units)
        price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        if not self.tax_ids:
            return self.currency_id.round(price * units)
        return self.tax_ids.compute_all(
            price, self.currency_id, units, self.product_id, self.order_id.partner_id
        )["total_included"]

    def _oms_reported_value(self, units):
        """:param float units: in the line's unit
        :return: the amount of that many units at the channel's price, with taxes; the Odoo price
            may differ by cents after units were removed
        """
        self.ensure_one()
        price = self.oms_channel_price
        if all(self.tax_ids.mapped("price_include")):
            return self.currency_id.round(price * units)
        return self.tax_ids.compute_all(
            price, self.currency_id, units, self.product_id, self.order_id.partner_id
        )["total_included"]

    def _oms_priced(self):
        """:return: the lines whose price comes from a channel"""
        return self.filtered(lambda line: line.oms_kind)
