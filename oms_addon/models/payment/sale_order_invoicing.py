"""Invoice policy and invoice date of orders."""

from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools import float_is_zero

from odoo.addons.oms_addon.tools.payment_terms import POSTPAID
from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === BUSINESS METHODS - INVOICES === #

    def _oms_invoice_policy(self):
        """:return: the invoice policy of one order: the channel's, but on shipment, not payment,
        for orders to be paid on delivery or later
        """
        policy = self._oms_policy("invoice_policy")
        if policy == "payment" and self._oms_terms() in POSTPAID and not self._oms_is_paid():
            return "shipment"
        return policy

    def _oms_local_date(self, moment):
        """:return: the date of a time in the time zone of the order's company"""
        moment = moment or fields.Datetime.now()
        zone = ZoneInfo(self.company_id.partner_id.tz or "UTC")
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    def _oms_invoice_date(self):
        """:return: the invoice date of an order by its channel's policy"""
        self.ensure_one()
        moments = {
            "payment": max(
                self._oms_transactions()
                .filtered(lambda tx: tx.state == "done" and tx._oms_kind() == "charge")
                .mapped(lambda tx: tx.oms_charged_at or tx.last_state_change),
                default=False,
            ),
            "shipment": self.oms_shipped_at,
            "delivery": self.oms_delivered_at,
        }
        return self._oms_local_date(moments.get(self._oms_invoice_policy()))

    def _oms_complete_invoice(self, values):
        """Set the date, receipt state and journal of an invoice created in bulk.

        :param dict values: values of the invoice, modified in place
        """
        values["invoice_date"] = self._oms_invoice_date()
        values["oms_receipt_state"] = "pending" if self._oms_policy("send_receipt") else "none"
        # Linked after posting, which would reconcile them one by one otherwise.
        values.pop("transaction_ids", None)
        journal_id = unsealed(self.env, "sale_journal_id")
        if journal_id and self.currency_id == self.company_id.currency_id:
            values.setdefault("journal_id", journal_id)

    def _oms_lines_to_invoice(self):
        """:return: the order lines with a quantity to invoice"""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not float_is_zero(line.qty_to_invoice, precision_digits=digits)
            )
        )
