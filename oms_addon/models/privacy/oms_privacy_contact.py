"""Erasure of customers' contacts."""

from odoo import api, models

#: personal fields of contacts, if they exist
CONTACT_FIELDS = (
    "barcode",
    "comment",
    "company_name",
    "company_registry",
    "email",
    "function",
    "image_1920",
    "phone",
    "ref",
    "state_id",
    "street",
    "street2",
    "city",
    "vat",
    "website",
    "zip",
)
#: personal fields of payment transactions
PAYER_FIELDS = (
    "partner_name",
    "partner_email",
    "partner_phone",
    "partner_address",
    "partner_zip",
    "partner_city",
    "partner_state_id",
)


class OmsPrivacy(models.AbstractModel):
    _inherit = "oms.privacy"

    @api.model
    def _root_contact(self, partner):
        """:return: the person's main contact: the customer of an address, but not the company of an
        employee
        """
        while partner.parent_id and not (
            partner.type == "contact" and partner.parent_id.is_company
        ):
            partner = partner.parent_id
        return partner

    @api.model
    def _staying(self, person):
        """:return: why contacts are not erased, as text by contact
        :rtype: dict
        """
        contacts = person.contacts
        stays = {
            contact: self.env._(
                "Contact %(contact)s has a user account. Remove the portal access and archive "
                "the user, then erase the contact.",
                contact=contact.display_name,
            )
            for contact in contacts._oms_with_user()
        }
        env = contacts.env
        guests = env["oms.channel"].search([("guest_partner_id", "in", contacts.ids)])
        companies = env["res.company"].search([("partner_id", "in", contacts.ids)])
        for contact in guests.guest_partner_id | companies.partner_id:
            stays[contact] = self.env._(
                "Contact %(contact)s is used by more than one customer.",
                contact=contact.display_name,
            )
        for contact, names in self._used_elsewhere(person, contacts).items():
            stays[contact] = self.env._(
                "Contact %(contact)s also has orders in %(places)s. To erase all of them, open "
                "the contact and choose Actions > Personal Data.",
                contact=contact.display_name,
                places=", ".join(sorted(names)),
            )
        return stays

    @api.model
    def _used_elsewhere(self, person, contacts):
        """:return: names of other companies and channels with orders of the contacts, by contact
        :rtype: dict
        """
        others = contacts.env["sale.order"].search(
            [("partner_id", "in", contacts.ids), ("id", "not in", person.orders.ids)]
        )
        names = {
            order.oms_channel_id.name
            if order.oms_channel_id and order.company_id in person.companies
            else order.company_id.name
            if order.company_id in person.companies
            else contacts.env._("another company")
            for order in others
        }
        return dict.fromkeys(contacts, names) if names else {}

    @api.model
    def _erase_contacts(self, person, outcome):
        """Anonymize and archive contacts, except those that stay, and their payments."""
        contacts = person.contacts - person.contacts.browse([c.id for c in person.stays])
        invoices = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", contacts.ids),
                    ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                    ("state", "!=", "cancel"),
                ]
            )
        )
        invoices._oms_store_address()
        person.records["account.move"] |= invoices
        self._erase_payers(person, contacts)
        person.records["res.partner"] = contacts
        if not contacts:
            return
        names = [name for name in CONTACT_FIELDS if name in contacts._fields]
        # Tracking would write the former values to the chatter.
        quiet = contacts.with_context(tracking_disable=True, mail_notrack=True)
        for contact in quiet:
            contact.write(
                {
                    **dict.fromkeys(names, False),
                    "name": self.env._("Erased customer %(id)s", id=contact.id),
                }
            )
        banks = contacts.bank_ids
        banks.filtered("active").active = False
        banks.acc_holder_name = False
        # Addresses first: contacts are archived after their children.
        quiet.sorted(lambda p: -p.id).action_archive()

    @api.model
    def _erase_payers(self, person, contacts):
        """Remove the payer's data from payments; amounts and references are kept."""
        payments = person.records["payment.transaction"]
        payments |= payments.search([("partner_id", "in", contacts.ids)])
        person.records["payment.transaction"] = payments
        payments.write(dict.fromkeys(PAYER_FIELDS, False))
