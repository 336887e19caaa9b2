"""Address digest and rejected data of customers."""

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
        "Channel Address Digest",
        readonly=True,
        copy=False,
        help="Digest of the address as received from a channel.",
    )
    oms_rejected_data = fields.Text(
        "Rejected Data",
        copy=False,
        help="Data received from a channel that Odoo did not accept. Clear it once the "
        "contact is correct.",
    )

    _oms_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _oms_address_idx = models.Index(
        "(parent_id, oms_address_key) WHERE oms_address_key IS NOT NULL"
    )

    @api.model
    def _oms_address_digest(self, vals):
        """:return: a digest that is equal for equal addresses"""
        names = (*ADDRESS_FIELDS, "vat") if vals.get("is_company") else ADDRESS_FIELDS
        text = "\n".join(str(vals.get(name) or "").strip().casefold() for name in names)
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def _oms_clear_address_key(self, vals):
        """Clear the digest of an address edited by a portal user."""
        if self.env.user.share and not vals.keys().isdisjoint((*ADDRESS_FIELDS, "vat")):
            self.sudo().oms_address_key = False

    def _oms_editable_outside(self):
        """Find the contacts whose name or email address does not prove their identity, as someone
        outside the company can edit or entered them.

        :return: contacts with a user, even archived, on themselves, their company or its
            contacts; and those created by website visitors or portal users
        """
        if not self:
            return self
        with_user = self._oms_with_user()
        return with_user | (self - with_user).filtered(lambda p: p.sudo().create_uid.share)

    def _oms_with_user(self):
        """:return: the contacts that have a user, even archived, on themselves, their company or
        another of its contacts
        """
        users = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)])
        )
        families = users.partner_id.commercial_partner_id
        return self.filtered(lambda p: p.commercial_partner_id in families)
