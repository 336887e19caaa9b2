"""Invoices as defined by the channel's policy: created, posted and reconciled in bulk."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.oms_addon.tools.batches import culprits
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .batch import batch_context


class OmsInvoicePoster(models.AbstractModel):
    _name = "oms.invoice.poster"
    _description = "Invoice Poster"

    @api.model
    def _invoice(self, orders):
        """Invoice orders as far as their policy allows.

        :param orders: ``sale.order`` records
        :return: a sentence for each order that waits to be invoiced
        :rtype: dict
        """
        sudo_orders = orders.sudo()
        waits = {o: text for o in sudo_orders if (text := self._not_due(o))}
        due = (sudo_orders.filtered(lambda o: o not in waits))._oms_lines_to_invoice()
        due = due.order_id
        failed = culprits(due, self.sudo()._invoice_batch)
        waits |= self.env["oms.payment.collector"]._hold_failed(
            failed, self.env._("Invoicing failed")
        )
        for order in sudo_orders.filtered(lambda o: o not in waits):
            text = self._rest(order)
            if text:
                waits[order] = text
        return {order: waits[order] for order in orders if order in waits}

    # === POLICY === #

    @api.model
    def _not_due(self, order):
        """:return: why an order may not be invoiced yet; '' if it may"""
        policy = order._oms_invoice_policy()
        if order.state != "sale" or not order._oms_lines_to_invoice():
            return ""
        if policy == "manual":
            return self.env._("Create the invoice manually.")
        if policy == "payment" and not order._oms_is_paid():
            return order._oms_payment_wait() or self.env._(
                "Waiting for payment to create the invoice."
            )
        if policy == "delivery" and not order.oms_delivered_at:
            return self.env._("Waiting for delivery to create the invoice.")
        if policy == "shipment" and not self._has_items_due(order):
            return self.env._("Waiting for shipment to create the invoice.")
        return ""

    @api.model
    def _has_items_due(self, order):
        """:return: whether shipped items are not invoiced, or the order has no items"""
        goods = order.order_line.filtered(lambda line: line.product_id.type == "consu")
        return not goods or bool(goods & order._oms_lines_to_invoice())

    @api.model
    def _rest(self, order):
        """:return: why a part of an order is not invoiced yet; '' if everything is"""
        if order.state in ("draft", "sent"):
            return self.env._("Waiting for confirmation to create the invoice.")
        if order.state != "sale" or order._oms_policy("invoice_policy") == "manual":
            return ""
        drafts = order.invoice_ids.filtered(lambda move: move.state == "draft")
        if drafts:
            return self.env._(
                "Invoice %(number)s of the order is still a draft. Post or delete it.",
                number=drafts[:1].display_name,
            )
        if not self._is_to_invoice(order):
            return ""
        if order.order_line.filtered("qty_invoiced"):
            return self.env._("Waiting for shipment to invoice the remaining items.")
        return self.env._("Waiting for shipment to create the invoice.")

    @api.model
    def _is_to_invoice(self, order):
        """:return: whether a part of an order is still to be invoiced by its policy"""
        return any(
            line._oms_is_invoiced_by_policy()
            and line.product_uom_id.compare(line._oms_invoiced_qty(), line.product_uom_qty) < 0
            for line in order.order_line
        )

    # === POSTING === #

    @api.model
    def _invoice_batch(self, orders):
        """Create, post and reconcile the invoices of orders, all or none."""
        for company, of_company in orders.grouped("company_id").items():
            of_company = of_company.with_company(company).with_context(
                **batch_context(self.env),
                **sealed(
                    sale_journal_id=self._journal_id(company),
                    exact_order_ids=self._exact(of_company),
                ),
            )
            poster = self.with_env(of_company.env)
            poster._prefetch(of_company)
            invoices = of_company._create_invoices(grouped=True, final=True)
            poster._check_invoices(invoices)
            poster._post(invoices)
            poster._link(invoices)
            self.env["oms.payment.collector"].with_env(of_company.env)._reconcile(of_company)
            poster._log_invoices(invoices)

    @api.model
    def _exact(self, orders):
        """:return: ids of the orders in company currency whose rounded line amounts add up to the
        untaxed total, so that invoice line amounts need no tax computation
        """
        return frozenset(
            order.id
            for order in orders
            if order.currency_id == order.company_id.currency_id
            and not order.currency_id.compare_amounts(
                sum(order.order_line.mapped("price_subtotal")), order.amount_untaxed
            )
        )

    @api.model
    def _journal_id(self, company):
        """:return: the id of Odoo's default sales journal in the company's currency"""
        Journal = self.env["account.journal"].with_company(company)
        domain = [*Journal._check_company_domain(company), ("type", "=", "sale")]
        return Journal.search(domain, limit=1).id

    @api.model
    def _prefetch(self, orders):
        """Prefetch what core would read order by order."""
        lines = orders.order_line
        lines.tax_ids.mapped("amount")
        lines.move_ids.mapped("location_id")
        orders.transaction_ids.mapped("invoice_ids")

    @api.model
    def _check_invoices(self, invoices):
        """:raise UserError: if the amount to invoice is negative"""
        if invoices.filtered(lambda move: move.move_type != "out_invoice"):
            raise UserError(
                self.env._(
                    "The amount to invoice is negative. Create the invoice manually and spread its "
                    "discounts."
                )
            )

    @api.model
    def _link(self, invoices):
        """Link payment transactions to the invoices they pay."""
        for invoice in invoices:
            self._order_of(invoice).transaction_ids.filtered(
                lambda tx: tx.state in ("authorized", "done") and tx.operation != "refund"
            ).write({"invoice_ids": [Command.link(invoice.id)]})

    @api.model
    def _post(self, invoices):
        """Post invoices, one batch per journal."""
        for of_journal in invoices.grouped("journal_id").values():
            of_journal._post(soft=False)

    @api.model
    def _order_of(self, invoice):
        """:return: the order of an invoice created by this model"""
        return invoice.invoice_line_ids.sale_line_ids.order_id[:1]

    @api.model
    def _log_invoices(self, invoices):
        """Log the invoices on orders, and the orders on invoices."""
        texts, bodies = [], {}
        Event = self.env["oms.event"]
        for invoice in invoices:
            order = self._order_of(invoice)
            text = self.env._(
                "Invoice %(number)s of %(amount)s posted",
                number=invoice.name,
                amount=invoice.currency_id.format(invoice.amount_total),
            )
            texts.append(
                Event._prepare_event(order, "invoice.posted", text, {"after": invoice.name})
            )
            bodies[invoice.id] = self.env._(
                "This invoice was created from order %(order)s.", order=order.name
            )
        Event._append(texts)
        invoices._message_log_batch(bodies)
