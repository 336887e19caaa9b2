"""Quantity to invoice of channel order lines."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_set_qty_to_invoice(self):
        """Set the quantity to invoice without credited units, and never negative: credit notes are
        created explicitly only.
        """
        for line in self:
            left = line._oms_invoiceable_qty() - line._oms_invoiced_qty()
            line.qty_to_invoice = min(left, 0.0) if line.product_uom_qty < 0 else max(left, 0.0)

    def _oms_is_invoiced_by_policy(self):
        return (
            self.state == "sale"
            and self.order_id._oms_policy("invoice_policy") not in (False, "manual")
            and not self.display_type
            and not self.is_downpayment
            and self.product_id.type != "combo"
            and not self.combo_item_id
        )

    def _oms_invoiceable_qty(self):
        """:return: the units that may be invoiced now, including invoiced ones"""
        is_goods = self.product_id.type == "consu"
        if self.order_id._oms_invoice_policy() == "payment" or not is_goods:
            return self.product_uom_qty
        return self.qty_delivered

    def _oms_invoiced_qty(self):
        """:return: the invoiced units, even if credited, less those to be invoiced again after the
        order was reopened
        """
        invoiced = sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id)
            for line in self.invoice_lines
            if line.move_id.move_type == "out_invoice" and line.move_id.state != "cancel"
        )
        return invoiced - self.oms_reinvoiced_qty

    def _oms_exact_amounts(self, values):
        """Compute the amounts of an invoice line created in bulk.

        Core creates invoice lines without amounts, then writes each line; given amounts are only
        corrected if they differ. ``exact_order_ids`` in the context are the orders whose line
        amounts are exact, see ``oms.invoice.poster``.

        :param dict values: values of the invoice line
        :return: its amounts; empty if they are not exact
        :rtype: dict
        """
        exact = unsealed(self.env, "exact_order_ids", ())
        if self.order_id.id not in exact or not self.product_uom_qty or self.display_type:
            return {}
        share = values["quantity"] / self.product_uom_qty
        amount = -self.currency_id.round(self.price_subtotal * share)
        return {"amount_currency": amount, "balance": amount}
