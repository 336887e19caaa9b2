"""When and how an order is invoiced."""

from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools import float_is_zero

from odoo.addons.oms_addon.tools.payment_terms import POSTPAID
from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === BUSINESS METHODS - INVOICES === #

    def _oms_invoice_policy(self):
        """:return: when one order is invoiced: what its channel says; what is still to be paid
        on delivery or later is invoiced when it is shipped where others are when they are paid
        """
        policy = self._oms_policy("invoice_policy")
        if policy == "payment" and self._oms_terms() in POSTPAID and not self._oms_is_paid():
            return "shipment"
        return policy

    def _oms_local_date(self, moment):
        """:return: the day of a moment in the books of the order's company"""
        moment = moment or fields.Datetime.now()
        zone = ZoneInfo(self.company_id.partner_id.tz or "UTC")
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    def _oms_invoice_date(self):
        """:return: the day an order's invoice is due by its channel's policy"""
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
        """Date the invoice of one order that is made in a batch, and say where it is booked.

        :param dict values: what the invoice is created with, which is changed
        """
        values["invoice_date"] = self._oms_invoice_date()
        values["oms_receipt_state"] = "pending" if self._oms_policy("send_receipt") else "none"
        # Linked when all are posted: posting would reconcile them one by one.
        values.pop("transaction_ids", None)
        journal_id = unsealed(self.env, "sale_journal_id")
        if journal_id and self.currency_id == self.company_id.currency_id:
            values.setdefault("journal_id", journal_id)

    def _oms_lines_to_invoice(self):
        """:return: the lines of orders that have something to invoice"""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not float_is_zero(line.qty_to_invoice, precision_digits=digits)
            )
        )
