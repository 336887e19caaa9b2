"""Values of order lines, with prices and discounts, from a document."""

from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.bundles import split

CENT = Decimal("0.01")


class OmsOrderBuilder(models.AbstractModel):
    _inherit = "oms.order.builder"

    @api.model
    def _prepare_lines(self, channel, document, known):
        """:return: the values of the lines of a document's order"""
        unit = self._smallest_unit(document, known)
        return [
            vals
            for sequence, line in enumerate(document.lines, 10)
            for vals in self._prepare_parts(channel, document, line, known, sequence, unit)
        ]

    @api.model
    def _smallest_unit(self, document, known):
        """:return: the smallest amount of the document's currency
        :rtype: Decimal
        """
        return Decimal(str(known.pricelists[document.currency].currency_id.rounding))

    @api.model
    def _prepare_parts(self, channel, document, line, known, sequence, unit):
        """:return: the values of the order lines of one channel line, one per product; their
        subtotals add up to the channel's exactly
        """
        parts = self._parts(line, known)
        gross, discount = line.quantity * line.unit_price, line.discount
        amounts = [(gross, discount)]
        if len(parts) > 1:
            weights = [part.weight for part in parts]
            nets = split(gross - discount, weights, unit)
            amounts = [
                (full, full - net)
                for full, net in zip(split(gross, weights, unit), nets, strict=True)
            ]
        return [
            self._prepare_line(channel, document, line, known, sequence, unit, part, *amount)
            for part, amount in zip(parts, amounts, strict=True)
        ]

    @api.model
    def _prepare_line(self, channel, document, line, known, sequence, unit, part, gross, discount):
        """:return: the values of one line; its subtotal is ``gross`` - ``discount``, exact to
        the currency's smallest ``unit``
        """
        product = part.product
        quantity = line.quantity * Decimal(str(part.units))
        price, percent = self._price_and_discount(gross, discount, quantity, unit)
        return {
            "sequence": sequence,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "name": line.name or product.display_name,
            "product_uom_qty": float(quantity),
            "price_unit": float(price),
            "technical_price_unit": -1,
            "discount": float(percent),
            "tax_ids": [Command.set(self._taxes(channel, document, line, product, known))],
            "customer_lead": 0,
            "analytic_distribution": False,
            "is_delivery": line.kind == "shipping",
            "oms_kind": line.kind,
            "oms_sku": line.sku or line.barcode or False,
            "oms_line_ref": line.ref or False,
            "oms_channel_qty": float(line.quantity),
            "oms_channel_price": float(price * (1 - percent / 100)),
            "oms_list_price": float(gross / quantity),
            "oms_piece_units": part.units,
        }

    @api.model
    def _price_and_discount(self, gross, discount, quantity, unit):
        """Find the price per unit and the discount in percent that give the exact subtotal.

        The discount is included in the price if two decimals of a percentage are not exact.

        :param Decimal gross: the subtotal before the discount
        :param Decimal discount: the discount amount
        :param Decimal quantity: in units of the product
        :param Decimal unit: the currency's smallest unit
        :return: price per unit of the product, discount in percent
        :rtype: tuple[Decimal, Decimal]
        """
        net = gross - discount
        # Splitting may leave a part with a negative discount.
        if discount <= 0 or not gross:
            return net / quantity, Decimal(0)
        percent = (discount / gross * 100).quantize(CENT, ROUND_HALF_UP)
        if self._rounded(gross * (1 - percent / 100), unit) == self._rounded(net, unit):
            return gross / quantity, percent
        return net / quantity, Decimal(0)

    @api.model
    def _rounded(self, amount, unit):
        """:return: an amount in whole smallest units"""
        return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP)
