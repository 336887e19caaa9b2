"""What is left to invoice of a channel's line."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_set_qty_to_invoice(self):
        """What was credited is not invoiced again, and nothing is ever negative: a credit
        note is made for a reason, never as the rest of a calculation.
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
        """:return: the units that may be invoiced by now, those invoiced included"""
        is_goods = self.product_id.type == "consu"
        if self.order_id._oms_invoice_policy() == "payment" or not is_goods:
            return self.product_uom_qty
        return self.qty_delivered

    def _oms_invoiced_qty(self):
        """:return: the units ever invoiced, whatever was credited since, but what is to be
        invoiced again after the order was reopened
        """
        invoiced = sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id)
            for line in self.invoice_lines
            if line.move_id.move_type == "out_invoice" and line.move_id.state != "cancel"
        )
        return invoiced - self.oms_reinvoiced_qty

    def _oms_exact_amounts(self, values):
        """Give the amounts of an invoice line of a batch.

        Core makes invoice lines without amounts and then writes each line's; it only
        corrects those that differ. ``exact_order_ids`` in the context names the orders
        whose line amounts are certain, see ``oms.invoice.poster``.

        :param dict values: of the invoice line
        :return: its amounts; nothing where they are not certain
        :rtype: dict
        """
        exact = unsealed(self.env, "exact_order_ids", ())
        if self.order_id.id not in exact or not self.product_uom_qty or self.display_type:
            return {}
        share = values["quantity"] / self.product_uom_qty
        amount = -self.currency_id.round(self.price_subtotal * share)
        return {"amount_currency": amount, "balance": amount}
