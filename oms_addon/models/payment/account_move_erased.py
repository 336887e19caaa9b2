"""Billing addresses of erased customers, which the law requires to keep on invoices."""

from odoo import api, fields, models

from odoo.addons.oms_addon.models.audit.oms_retention import BATCH


class AccountMove(models.Model):
    _inherit = "account.move"

    oms_billing_address = fields.Text(
        "Billing Address on Invoice",
        readonly=True,
        copy=False,
        help="Name and address of the customer as printed on this invoice. Accounting law "
        "requires keeping them although the customer was erased.",
    )

    _oms_address_kept_idx = models.Index("(invoice_date) WHERE oms_billing_address IS NOT NULL")

    def _oms_store_address(self):
        """Store the printed name and address of the customer before it is erased."""
        for move in self.sudo().filtered(lambda m: not m.oms_billing_address):
            partner = move.partner_id
            lines = [partner.display_name, partner._display_address(without_company=True)]
            label = move.company_id.country_id.vat_label or self.env._("Tax ID")
            lines.append(partner.vat and f"{label}: {partner.vat}")
            text = "\n".join(filter(None, lines))
            move.oms_billing_address = "\n".join(filter(None, map(str.strip, text.split("\n"))))

    @api.autovacuum
    def _gc_oms_billing_address(self):
        """Erase addresses whose retention period has ended.

        :return: number of erased addresses, and whether more are left
        :rtype: tuple[int, bool]
        """
        limit = self.env["oms.retention"]._limit("invoices")
        if not limit:
            return 0, False
        old = self.search(
            [("oms_billing_address", "!=", False), ("invoice_date", "<", limit.date())],
            order="invoice_date, id",
            limit=BATCH,
        )
        old.oms_billing_address = False
        return len(old), len(old) == BATCH
