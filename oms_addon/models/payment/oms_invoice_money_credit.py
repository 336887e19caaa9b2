"""Credit notes for refunds without items: goodwill, shipping, price reductions."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.shares import rounded, spread_signed

from .batch import batch_context


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _credit_money(self, order, amount, reason, shares=None, refund_charge_ref=None, taxes=None):
        """Credit an amount of an invoiced order without changing quantities.

        Lines named by the channel are credited first; the rest is spread over the uncredited
        amounts of all lines and taxes, so that no line is credited beyond its total.

        :param order: one ``sale.order``
        :param float amount: the refunded amount, including taxes
        :param str reason: the reason, as text
        :param dict shares: amounts including taxes, by ``sale.order.line`` the channel names
        :param str refund_charge_ref: the channel's id of the related refund
        :param dict taxes: tax part of ``shares``, if the channel reports one other than the
            usual part
        :return: the posted credit notes, one per invoice; their total is less than ``amount`` if
            less is left to credit
        :rtype: account.move
        """
        order = order.sudo().with_company(order.company_id).with_context(**batch_context(self.env))
        poster = self.with_env(order.env)
        parts = poster._money_parts(order, amount, shares or {}, taxes or {})
        notes = order.env["account.move"].create(
            [
                poster._prepare_money_note(order, invoice, lines, reason)
                for invoice, lines in parts.items()
            ]
        )
        if notes:
            poster._post(notes)
            poster._reconcile_refund(order, notes, refund_charge_ref)
            poster._log_credit(order, notes, reason)
        return notes.with_env(self.env)

    @api.model
    def _prepare_money_note(self, order, invoice, lines, reason):
        """:param list lines: tuples (invoice line, ``TaxedAmount``)
        :return: the values of the credit note for amounts of an invoice
        """
        return {
            **self._prepare_credit_note(order, invoice, [], reason),
            "invoice_line_ids": [
                Command.create(
                    {
                        "display_type": "line_note",
                        "name": reason,
                        "sale_line_ids": [Command.set(order.order_line[:1].ids)],
                    }
                ),
                *(Command.create(self._prepare_credit(line, 1.0, part)) for line, part in lines),
            ],
        }

    @api.model
    def _money_parts(self, order, amount, shares, taxes):
        """Split an amount among invoice lines.

        :return: by invoice, tuples (invoice line, ``TaxedAmount``), which add up to ``amount``
            or to all that is left to credit
        :rtype: dict
        """
        coin = self._coin(order.currency_id)
        left = self._left_of(self._invoices_of(order))
        totals = {line: of_line.total for line, of_line in left.items()}
        rest = min(rounded(Decimal(str(amount)), coin), max(sum(totals.values()), Decimal(0)))
        taken = dict.fromkeys(totals, Decimal(0))
        reported = {}
        for sale_line, amount_of_line in shares.items():
            share = rounded(Decimal(str(amount_of_line)), coin)
            for line in sale_line.with_env(order.env).invoice_lines.sorted("id"):
                if line in taken:
                    part = max(min(share, rest, totals[line] - taken[line]), Decimal(0))
                    if part == share and sale_line in taxes:
                        reported[line] = part, rounded(Decimal(str(taxes[sale_line])), coin)
                    taken[line] += part
                    rest -= part
                    share -= part
        limits = [totals[line] - taken[line] for line in totals]
        for line, part in zip(totals, spread_signed(rest, limits, coin), strict=True):
            taken[line] += part
        parts = {}
        for line, part in taken.items():
            if part:
                of_line = left[line].share(part, coin)
                if line in reported and reported[line][0] == part:
                    of_line = left[line].divided(*reported[line], coin) or of_line
                parts.setdefault(line.move_id, []).append((line, of_line))
        return parts
