"""Credit notes for invoiced units: exact to the cent, posted, reconciled."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.shares import rounded

from .batch import batch_context


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _credit(self, order, quantities, reason, refund_charge_ref=None, amounts=None):
        """Credit invoiced units of an order.

        The credit notes of an invoice never exceed it: the last unit of a line is credited with
        the exact remaining amount.

        :param order: one ``sale.order``
        :param dict quantities: units by ``sale.order.line``, in the line's unit
        :param str reason: the reason, as text
        :param str refund_charge_ref: the channel's id of the related refund
        :param dict amounts: amounts to credit including taxes, by ``sale.order.line``; by default
            the units' share of the line
        :return: the posted credit notes; empty if nothing of it was invoiced
        :rtype: account.move
        """
        order = order.sudo().with_company(order.company_id).with_context(**batch_context(self.env))
        poster = self.with_env(order.env)
        nothing = {line for line, amount in (amounts or {}).items() if not amount}
        shares = poster._share_out(
            {
                line.with_env(order.env): qty
                for line, qty in quantities.items()
                if line not in nothing
            }
        )
        notes = order.env["account.move"].create(
            [
                poster._prepare_credit_note(order, invoice, lines, reason, amounts)
                for invoice, lines in shares.items()
            ]
        )
        if not notes:
            return notes.with_env(self.env)
        for note in notes:
            poster._round_to_invoice(note, is_told=bool(amounts))
        poster._post(notes)
        poster._reconcile_refund(order, notes, refund_charge_ref)
        poster._log_credit(order, notes, reason)
        return notes.with_env(self.env)

    # === UNCREDITED UNITS === #

    @api.model
    def _share_out(self, quantities):
        """Find the invoice lines of units, oldest first.

        :return: by invoice, tuples (invoice line, units, whether these are its last units)
        :rtype: dict
        """
        shares = {}
        for sale_line, wanted in quantities.items():
            billed = sale_line.invoice_lines.filtered(
                lambda line: (
                    line.move_id.move_type == "out_invoice" and line.move_id.state == "posted"
                )
            )
            for line in billed.sorted("id"):
                left = self._units_left_of(line)
                wanted_here = sale_line.product_uom_id._compute_quantity(
                    wanted, line.product_uom_id, round=False
                )
                take = min(wanted_here, left)
                if line.product_uom_id.compare(take, 0) <= 0:
                    continue
                is_last = line.product_uom_id.compare(take, left) == 0
                shares.setdefault(line.move_id, []).append((line, take, is_last))
                wanted -= line.product_uom_id._compute_quantity(
                    take, sale_line.product_uom_id, round=False
                )
        return shares

    @api.model
    def _credited(self, invoice_line):
        """:return: the credit note lines that credit units of an invoice line"""
        return invoice_line.sale_line_ids.invoice_lines.filtered(
            lambda line: (
                line.move_id.reversed_entry_id == invoice_line.move_id
                and line.move_id.state != "cancel"
                and line.product_id == invoice_line.product_id
            )
        )

    # === CREDIT NOTES === #

    @api.model
    def _prepare_credit_note(self, order, invoice, lines, reason, amounts=None):
        """:return: the values of the credit note for some lines of an invoice"""
        left = self._left_of(invoice) if lines else {}
        told = {line.id: amount for line, amount in (amounts or {}).items()}
        ends = self._are_last(invoice, lines)
        cents = self._cents_of(
            line
            for line, _quantity, is_last in lines
            if is_last and not (ends and line.sale_line_ids[:1].id not in told)
        )
        return {
            "move_type": "out_refund",
            "reversed_entry_id": invoice.id,
            "ref": reason,
            "invoice_date": order._oms_local_date(None),
            "journal_id": invoice.journal_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_payment_term_id": False,
            "invoice_origin": order.name,
            "team_id": invoice.team_id.id,
            "invoice_user_id": invoice.invoice_user_id.id,
            "oms_receipt_state": "none",
            "invoice_line_ids": [
                Command.create(
                    self._prepare_credit_line(
                        line,
                        quantity,
                        is_last,
                        left[line],
                        told.get(line.sale_line_ids[:1].id),
                        cents.get(line, Decimal(0)),
                    )
                )
                for line, quantity, is_last in lines
            ],
        }

    @api.model
    def _are_last(self, invoice, lines):
        """:return: whether an invoice is fully credited with these units"""
        taken = {line: quantity for line, quantity, _is_last in lines}
        return all(
            line.product_uom_id.compare(self._units_left_of(line), taken.get(line, 0.0)) <= 0
            for line in invoice.invoice_line_ids
            if line.display_type == "product"
        )

    @api.model
    def _prepare_credit_line(self, line, quantity, is_last, left, told=None, cents=Decimal(0)):
        """:param bool is_last: whether these are the last units of the line
        :param TaxedAmount left: the uncredited amount of the line
        :param float told: the amount to credit, if not the units' share
        :param Decimal cents: rounding difference to add to the last units
        :return: the values of the credit note line
        """
        coin = self._coin(line.currency_id)
        amount = left.total + cents
        if told is not None:
            amount = min(rounded(Decimal(str(told)), coin), amount, key=abs)
        elif not is_last:
            part = self._exact_total(line) * Decimal(str(quantity / line.quantity))
            amount = min(rounded(part, coin), left.total, key=abs)
        return {
            **self._prepare_credit(line, quantity, left.share(amount, coin)),
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "sale_line_ids": [Command.set(line.sale_line_ids.ids)],
        }

    @api.model
    def _exact_total(self, line):
        """:return: the total of an invoice line with taxes; for tax-included prices from the price
            itself, as ``price_total`` may differ by a cent with globally rounded taxes
        :rtype: Decimal
        """
        if not line.tax_ids or not all(line.tax_ids.mapped("price_include")):
            return Decimal(str(line.price_total))
        price = line.price_unit * (1 - line.discount / 100)
        return Decimal(str(line.currency_id.round(price * line.quantity)))

    @api.model
    def _round_to_invoice(self, note, is_told=False):
        """Add a rounding line for the difference between an invoice and its credit notes.

        Globally rounded taxes differ by cents if the invoice is credited in parts. The last
        credit note equalizes them; earlier ones must not exceed the invoice.

        :param bool is_told: whether the note is for a given refund amount, which may be lower
        """
        invoice, currency = note.reversed_entry_id, note.currency_id
        notes = invoice.reversal_move_ids.filtered(lambda move: move.state != "cancel")
        difference = invoice.amount_total - sum(notes.mapped("amount_total"))
        is_final = not is_told and self._is_credited(invoice)
        if currency.is_zero(difference) or difference > 0 and not is_final:
            return
        # A part of the price retained by the channel stays invoiced.
        if difference > currency.rounding * (len(invoice.invoice_line_ids) + len(notes)):
            return
        note.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": self.env._("Rounding"),
                            "quantity": 1.0,
                            "price_unit": difference,
                            "tax_ids": [Command.clear()],
                            "account_id": note.invoice_line_ids[:1].account_id.id,
                        }
                    )
                ]
            }
        )

    @api.model
    def _is_credited(self, invoice):
        """:return: whether every unit of an invoice was credited"""
        return all(
            line.product_uom_id.compare(sum(self._credited(line).mapped("quantity")), line.quantity)
            >= 0
            for line in invoice.invoice_line_ids
            if line.display_type == "product"
        )

    # === REFUNDS === #

    @api.model
    def _reconcile_refund(self, order, notes, refund_charge_ref):
        """Link credit notes to their refund, post pending payments and reconcile."""
        collector = self.env["oms.payment.collector"]
        refunds = order.transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.oms_charge_ref == refund_charge_ref
        )
        if refund_charge_ref and refunds:
            refunds.write({"invoice_ids": [Command.link(note.id) for note in notes]})
        collector._book(order)
        collector._reconcile(order)

    @api.model
    def _log_credit(self, order, notes, reason):
        """Log the credit notes on the order."""
        for note in notes:
            self.env["oms.event"]._log(
                order,
                "invoice.credited",
                self.env._(
                    "Credit note %(number)s of %(amount)s posted: %(reason)s",
                    number=note.name,
                    amount=note.currency_id.format(note.amount_total),
                    reason=reason,
                ),
                after=note.name,
            )
