"""Deferred VIES verification of customers' tax numbers."""

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_is_vies_due = fields.Boolean("Tax ID to Verify", readonly=True, copy=False)

    _oms_vies_idx = models.Index("(id) WHERE oms_is_vies_due")


class OmsCustomerCreator(models.AbstractModel):
    _inherit = "oms.customer.creator"

    @api.model
    def _defer_vies(self, partners):
        """Defer the VIES check of tax numbers: the EU server may take seconds or be down, which
        must not delay the import.

        :param partners: ``res.partner`` records whose numbers were just written
        """
        verified = partners._fields.get("vies_valid")
        due = partners.filtered("vat") if verified else partners.browse()
        if due and self.env["res.company"].sudo().search_count([("vat_check_vies", "=", True)]):
            self.env.remove_to_compute(verified, due)
            due.oms_is_vies_due = True

    @api.model
    def _verify_one(self):
        """Verify the tax number of one partner.

        :return: number of partners verified, 0 or 1
        """
        partner = self.env["res.partner"].search([("oms_is_vies_due", "=", True)], limit=1)
        if not partner:
            return 0
        if verified := partner._fields.get("vies_valid"):
            self.env.add_to_compute(verified, partner)
            partner.flush_recordset()
        partner.oms_is_vies_due = False
        return 1
