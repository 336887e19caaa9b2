"""Customers and their addresses, found or made; what documents use is never changed."""

import hashlib

from odoo import api, fields, models

ADDRESS_FIELDS = (
    "name",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "phone",
    "email",
    "company_name",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_address_key = fields.Char(
        readonly=True, copy=False, help="Digest of the address as a channel sent it."
    )
    oms_rejected_data = fields.Text(
        "Rejected Data",
        copy=False,
        help="What a channel sent for this contact and Odoo did not accept. "
        "Clear it once the contact is correct.",
    )

    _oms_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _oms_address_idx = models.Index(
        "(parent_id, oms_address_key) WHERE oms_address_key IS NOT NULL"
    )

    @api.model
    def _oms_address_digest(self, vals):
        """:return: the digest by which equal addresses are recognised"""
        names = (*ADDRESS_FIELDS, "vat") if vals.get("is_company") else ADDRESS_FIELDS
        text = "\n".join(str(vals.get(name) or "").strip().casefold() for name in names)
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
