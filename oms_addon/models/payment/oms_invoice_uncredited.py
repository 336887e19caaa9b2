"""Uncredited amounts of invoice lines by tax, and exact credit note lines."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.shares import rounded
from odoo.addons.oms_addon.tools.taxed_amount import TaxAmount, TaxedAmount


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _invoices_of(self, order):
        """:return: the posted invoices of an order, oldest first"""
        return order.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        ).sorted("id")

    @api.model
    def _left_of(self, invoices):
        """Compute the uncredited amounts of invoices, counting draft credit notes.

        :return: a ``TaxedAmount`` by invoice line, its taxes by id
        :rtype: dict
        """
        left = {}
        for invoice in invoices:
            left.update(self._taxed_amounts(invoice))
            notes = invoice.reversal_move_ids.filtered(lambda move: move.state != "cancel")
            for note in notes:
                for line, amount in self._taxed_amounts(note).items():
                    if (credited := self._credited_line(invoice, line)) in left:
                        left[credited] = left[credited].minus(amount)
        return left

    @api.model
    def _credited_line(self, invoice, line):
        """:return: the invoice line that a credit note line credits; for manual credit notes found
        by order line and product
        """
        return (
            line.oms_credited_line_id
            or line.sale_line_ids.invoice_lines.filtered(
                lambda l: l.move_id == invoice and l.product_id == line.product_id
            )[:1]
        )

    @api.model
    def _taxed_amounts(self, move):
        """:return: a ``TaxedAmount`` by product line of an invoice or credit note, rounded as on
        the document
        :rtype: dict
        """
        coin = self._coin(move.currency_id)
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        found = {}
        for base_line in base_lines:
            details = base_line["tax_details"]
            base = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
            taxes = {}
            for tax_data in details["taxes_data"]:
                known = taxes.get(tax_data["tax"].id)
                taxes[tax_data["tax"].id] = TaxAmount(
                    known.amount
                    if known
                    else rounded(Decimal(str(tax_data["tax_amount_currency"])), coin),
                    rounded(Decimal(str(tax_data["base_amount_currency"])), coin),
                    not known,
                )
            found[base_line["record"]] = TaxedAmount(rounded(Decimal(str(base)), coin), taxes)
        return {line: amount for line, amount in found.items() if line.display_type == "product"}

    @api.model
    def _coin(self, currency):
        """:return: the smallest amount of a currency
        :rtype: Decimal
        """
        return Decimal(str(currency.rounding)).normalize()

    @api.model
    def _units_left_of(self, line):
        """:return: the uncredited units of an invoice line"""
        return line.quantity - sum(self._credited(line).mapped("quantity"))

    @api.model
    def _value_left(self, order_line, units):
        """:return: the value of units of an order line, less amounts credited without units"""
        value = order_line._oms_value_of(units)
        lines = order_line.sudo().invoice_lines.filtered(
            lambda l: l.move_id.move_type == "out_invoice" and l.move_id.state == "posted"
        )
        if not lines:
            return value
        left, cents = self._left_of(lines.move_id), self._cents_of(lines)
        invoiced = float(sum(left[line].total + cents.get(line, 0) for line in lines))
        open_units = order_line.product_uom_qty - sum(lines.mapped("quantity"))
        return min(value, invoiced + order_line._oms_value_of(max(open_units, 0.0)))

    @api.model
    def _cents_of(self, lines):
        """Compute by how much the exact totals of lines differ from their amounts on an invoice
        with globally rounded taxes.

        :param lines: invoice lines
        :return: differences by invoice line
        :rtype: dict[account.move.line, Decimal]
        """
        lines = self.env["account.move.line"].concat(*lines)
        cents = {}
        for invoice in lines.move_id:
            if invoice.company_id.tax_calculation_rounding_method != "round_globally":
                continue
            counted = self._taxed_amounts(invoice)
            limit = self._coin(invoice.currency_id) * len(counted)
            for line in lines & invoice.invoice_line_ids:
                more = self._exact_total(line) - counted[line].total
                if abs(more) <= limit:
                    cents[line] = more
        return cents

    # === LINES OF CREDIT NOTES === #

    @api.model
    def _prepare_credit(self, line, quantity, amount):
        """:param line: the invoice line
        :param float quantity: in its unit
        :param TaxedAmount amount: the amount to credit
        :return: the values of a credit note line with exactly that amount and taxes
        """
        price, discount = line.price_unit, line.discount
        included = line.tax_ids and all(line.tax_ids.mapped("price_include"))
        wanted = float(amount.total if included else amount.base)
        currency = line.currency_id
        if currency.compare_amounts(price * (1 - discount / 100) * quantity, wanted):
            price, discount = wanted / quantity, 0.0
        return {
            "name": line.name,
            "quantity": quantity,
            "price_unit": price,
            "discount": discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "account_id": line.account_id.id,
            "analytic_distribution": line.analytic_distribution,
            "oms_credited_line_id": line.id,
            "extra_tax_data": {
                "currency_id": currency.id,
                "price_unit": price,
                "discount": discount,
                "quantity": quantity,
                "manual_total_excluded_currency": float(amount.base),
                "manual_tax_amounts": {
                    str(tax_id): {
                        "tax_amount_currency": float(tax.amount),
                        "base_amount_currency": float(tax.base),
                    }
                    for tax_id, tax in amount.taxes.items()
                },
            },
        }
