"""Removing cancelled units from order lines, or adding them again, at their price."""

from odoo import api, models

#: maximum number of price corrections to reach the exact total
FITTING_TRIES = 4


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    @api.model
    def _reduce(self, order, quantities, amounts):
        """Reduce ordered quantities by the unshipped units, which releases their stock.

        Uninvoiced units are also deducted from the channel's total. The price of the remaining
        units is adjusted to the exact remaining line total.
        """
        if order.state not in ("draft", "sent", "sale"):
            return
        for line, quantity in quantities.items():
            less = min(quantity, line._oms_here())
            if less <= 0 or line.product_id.type == "service":
                continue
            unbilled = min(less, line.product_uom_qty - line.qty_invoiced)
            order.oms_channel_total -= line.price_total * max(unbilled, 0) / line.product_uom_qty
            before, ordered = line._oms_exact_total(), line.product_uom_qty
            left = before - amounts.get(line, line._oms_value_of(less))
            line.with_context(mail_notrack=True).write(
                {
                    "product_uom_qty": ordered - less,
                    "oms_reduced_qty": line.oms_reduced_qty + less,
                }
            )
            self._fit_price(line, left, ordered)
            line.oms_reduced_total += before - line._oms_exact_total()

    @api.model
    def _restore_units(self, line, units):
        """Add removed units to a line again, at the total they had when removed."""
        units = min(units, line.oms_reduced_qty)
        if line.product_uom_id.compare(units, 0) <= 0:
            return
        before = line._oms_exact_total()
        back = line.oms_reduced_total * units / line.oms_reduced_qty
        line.with_context(mail_notrack=True).write(
            {
                "product_uom_qty": line.product_uom_qty + units,
                "oms_reduced_qty": line.oms_reduced_qty - units,
            }
        )
        self._fit_price(line, before + back, line.product_uom_qty)
        line.oms_reduced_total -= back

    @api.model
    def _fit_price(self, line, total, ordered):
        """Adjust the price of a reduced line to an exact total, if it is off by rounding only.

        :param float total: with taxes
        :param float ordered: quantity that the price was computed for
        """
        currency, quantity = line.currency_id, line.product_uom_qty
        part = 1 - (line.discount or 0.0) / 100
        is_exact = all(line.tax_ids.mapped("price_include"))
        # With globally rounded taxes, fractions of a cent count.
        exact = line.price_unit * part * quantity if is_exact else line.price_total
        off = abs(exact - total)
        if (
            not line.oms_kind
            or not line.price_total
            or quantity <= 0
            or off < currency.rounding * 1e-4
            or currency.compare_amounts(off, currency.rounding * max(ordered, 1.0)) > 0
        ):
            return
        line = line.with_context(mail_notrack=True)
        if is_exact:
            line.price_unit = currency.round(total) / quantity / part
            return
        net, step = line.price_subtotal / line.price_total, 0.0
        for _try in range(FITTING_TRIES):
            off = currency.round(total - line._oms_exact_total())
            if not off:
                return
            # If net and tax are rounded separately, a price may miss the total by a cent.
            wanted = off * net / quantity / part
            step = -step / 2 if step * wanted < 0 else wanted
            line.price_unit += step
