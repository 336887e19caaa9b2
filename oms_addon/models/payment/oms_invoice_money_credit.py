"""Credit notes for money given back without goods: goodwill, shipping, a lower price."""

from odoo import api, models
from odoo.fields import Command

from .batch import batch_context


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _credit_money(self, order, amount, reason, shares=None, refund_charge_ref=None):
        """Credit an amount of an invoiced order; its quantities stay invoiced.

        The taxes are those of what is made cheaper: the lines the channel names, else the
        shipping where it was as much, else the most valuable line.

        :param order: one ``sale.order``
        :param float amount: what was given back, with taxes
        :param str reason: why, in words
        :param dict shares: amounts, with taxes, by ``sale.order.line`` the channel names
        :param str refund_charge_ref: the channel's id of the refund that pays it
        :return: the posted credit note; none when nothing was invoiced yet
        :rtype: account.move
        """
        order = order.sudo().with_company(order.company_id).with_context(**batch_context(self.env))
        poster = self.with_env(order.env)
        invoice = order.invoice_ids.filtered(
            lambda m: m.move_type == "out_invoice" and m.state == "posted"
        ).sorted("id")[-1:]
        if not invoice:
            return invoice.with_env(self.env)
        parts = poster._money_parts(order, invoice, amount, shares or {})
        values = poster._prepare_credit_note(order, invoice, [], reason)
        values["invoice_line_ids"] = [
            Command.create(
                {
                    "display_type": "line_note",
                    "name": reason,
                    "sale_line_ids": [Command.set(order.order_line[:1].ids)],
                }
            ),
            *(Command.create(poster._prepare_money_line(*part)) for part in parts),
        ]
        note = order.env["account.move"].create([values])
        poster._post(note)
        poster._settle_refund(order, note, refund_charge_ref)
        poster._tell_credit(order, note, reason)
        return note.with_env(self.env)

    @api.model
    def _money_parts(self, order, invoice, amount, shares):
        """Find which invoice lines an amount makes cheaper.

        :return: tuples (invoice line, amount with taxes), their sum is ``amount``
        :rtype: list[tuple]
        """
        currency = order.currency_id
        lines = invoice.invoice_line_ids.filtered(lambda l: l.display_type == "product")
        parts, rest = [], amount
        for sale_line, share in shares.items():
            line = (lines & sale_line.with_env(order.env).invoice_lines)[:1]
            if line and currency.compare_amounts(share, 0.0) > 0:
                parts.append((line, min(share, rest)))
                rest -= parts[-1][1]
        if currency.is_zero(rest) or not lines:
            return parts
        shipping = lines.filtered(lambda l: "shipping" in l.sale_line_ids.mapped("oms_kind"))
        same = shipping.filtered(lambda l: not currency.compare_amounts(l.price_total, rest))
        return [*parts, ((same or lines.sorted("price_total", reverse=True))[:1], rest)]

    @api.model
    def _prepare_money_line(self, line, amount):
        """:return: the values of the credit of an amount, with the taxes of an invoice line"""
        taxes = line.tax_ids
        details = taxes._get_tax_details(
            amount, 1.0, special_mode="total_included", rounding_method="round_globally"
        )
        included = taxes and all(taxes.mapped("price_include"))
        return {
            "name": line.name,
            "quantity": 1.0,
            "price_unit": amount if included or not taxes else details["total_excluded"],
            "tax_ids": [Command.set(taxes.ids)],
            "account_id": line.account_id.id,
        }
