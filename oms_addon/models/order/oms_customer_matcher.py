"""Matching of documents to customers and their addresses."""

from odoo import api, models

from odoo.addons.oms_addon.documents.order import normalise_email
from odoo.addons.oms_addon.tools.contact_keys import (
    Person,
    email_key,
    phone_key,
    plain_words,
    ref_key,
)


class OmsCustomerMatcher(models.AbstractModel):
    _name = "oms.customer.matcher"
    _description = "Customer Matcher"

    @api.model
    def _match(self, channel, documents, chosen, accounts=None, is_confirmed=False):
        """Find or create the customers of documents and their addresses, in bulk.

        Customers are matched by channel id, then email, then phone (only if email or name and
        address do not contradict). Contacts that an outside user can edit are matched by
        channel id only. Existing customer data is never overwritten: a different address
        becomes a contact of its own.

        :param channel: the channel of the documents
        :param documents: ``OrderDocument`` list; each has a customer unless the channel has a
            guest customer
        :param list chosen: per document the customer already assigned; usually empty records
        :param dict accounts: filled, by document ref, with the contact of a user who has the
            email address of a newly created customer
        :param bool is_confirmed: whether ``chosen`` was selected by a user
        :return: per document (customer, billing, shipping) as ``res.partner`` records
        :rtype: list[tuple]
        """
        addresses = self.env["oms.customer.address"]
        places = addresses._resolve_places(documents)
        keys = [
            self._get_keys(
                channel,
                document.customer,
                document.billing.country or document.shipping.country,
            )
            for document in documents
        ]
        known, lost, of_users = self._known(channel, keys)
        customers = [
            choice
            or self._recognise(of_document, known, self._person(document))
            or self._guest(channel, document)
            for choice, document, of_document in zip(chosen, documents, keys, strict=True)
        ]
        for document, of_document, customer in zip(documents, keys, customers, strict=True):
            account = next((of_users[key] for key in of_document if key in of_users), None)
            if accounts is not None and account and not customer:
                accounts[document.ref] = account
        learned = self._create_missing(channel, documents, keys, customers, places, lost)
        self._remember(channel, keys, customers, learned, chosen if is_confirmed else ())
        return addresses._match(documents, customers, places)

    @api.model
    def _get_keys(self, channel, customer, country=""):
        """:param str country: country code for phone numbers without prefix; '' for the company's
        :return: the keys of a document's customer, most reliable first
        """
        keys = []
        if ref := ref_key(customer.ref):
            keys.append((channel.id, "channel", ref))
        if email := email_key(customer.email):
            keys.append((None, "email", email))
        if customer.phone and (
            phone := phone_key(customer.phone, country or channel.company_id.country_id.code or "")
        ):
            keys.append((None, "phone", phone))
        return keys

    @api.model
    def _known(self, channel, keys):
        """:return: partners by key, the ``oms.customer.key`` rows that are not reliable, and the
            contacts of users by email key
        :rtype: tuple[dict, oms.customer.key, dict]
        """
        known, lost = self.env["oms.customer.key"]._find_by_keys(
            channel.company_id, {key for of_document in keys for key in of_document}
        )
        by_email, of_users = self._find_by_email(channel, keys, known)
        return by_email | known, lost, of_users

    @api.model
    def _recognise(self, keys, known, person):
        """:param list keys: the keys of a customer, most reliable first
        :param dict known: partner by key
        :param person: the ``Person`` described by the document
        :return: the matching partner; empty if there is none
        """
        for key in keys:
            partner = known.get(key)
            if partner and not (key[1] == "phone" and self._is_another(partner, person)):
                return partner
        return self.env["res.partner"]

    @api.model
    def _is_another(self, partner, person):
        """:return: whether a contact with the same phone number is a different person. An order
        without email does not match a contact with one, so that no mail goes to the wrong person
        """
        known = self._person_of(partner)
        return known.contradicts(person) or bool(known.email and not person.email)

    @api.model
    def _guest(self, channel, document):
        """:return: the channel's guest customer if a document does not identify a customer"""
        customer = document.customer
        named = (
            ref_key(customer.ref)
            or customer.phone.strip()
            or email_key(customer.email)
            or (customer.name.strip() and customer.email.strip())
        )
        return self.env["res.partner"] if named else channel.guest_partner_id

    @api.model
    def _person(self, document):
        """:return: the ``Person`` described by a document"""
        customer, billing, shipping = document.customer, document.billing, document.shipping
        addresses = {plain_words(f"{a.street}{a.zip}{a.city}") for a in (billing, shipping)}
        return Person(
            plain_words(customer.name or billing.name or shipping.name),
            frozenset(addresses - {""}),
            normalise_email(customer.email),
        )

    @api.model
    def _person_of(self, partner):
        """:return: the ``Person`` described by a partner"""
        address = plain_words("".join(filter(None, (partner.street, partner.zip, partner.city))))
        return Person(
            plain_words(partner.name or ""),
            frozenset({address} - {""}),
            partner.email_normalized or "",
        )

    @api.model
    def _find_by_email(self, channel, keys, known):
        """:return: partners by email key, for keys without a customer; and separately the
        contacts of users, who may have entered the address themselves
        :rtype: tuple[dict, dict]
        """
        emails = {
            key[2]: key
            for of_document in keys
            for key in of_document
            if key[1] == "email" and key not in known
        }
        if not emails:
            return {}, {}
        partners = self.env["res.partner"].search(
            [
                ("email_normalized", "in", list(emails)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, channel.company_id.id)),
            ],
            order="id desc",
        )
        editable = partners._oms_editable_outside()
        of_users = editable._oms_with_user() if editable else editable
        return tuple(
            {emails[partner.email_normalized]: partner for partner in some}
            for some in (partners - editable, of_users)
        )

    @api.model
    def _create_missing(self, channel, documents, keys, customers, places, lost):
        """Create the customers that were not found, one per person.

        :param list customers: a partner per document; new customers are added to it
        :param lost: unreliable ``oms.customer.key`` rows, deleted if a new customer has the key
        :return: the indexes of the documents that customers were created from
        :rtype: set[int]
        """
        slots, by_key, people, vals_list, makers = {}, {}, [], [], set()
        for index, of_document in enumerate(keys):
            if customers[index]:
                continue
            person = self._person(documents[index])
            slot = self._slot(of_document, by_key, people, person)
            if is_new := slot is None:
                slot = len(vals_list)
                people.append([])
                vals_list.append(self._prepare_customer(documents[index], places))
                makers.add(index)
            people[slot].append(person)
            for key in of_document:
                # An email or phone number in a later document may belong to another person.
                if is_new or key[1] == "channel":
                    by_key.setdefault(key, slot)
            slots[index] = slot
        lost.filtered(lambda row: any(row._tuple() in keys[i] for i in makers)).sudo().unlink()
        created = self.env["oms.customer.creator"]._create(vals_list, channel.guest_partner_id)
        for index, slot in slots.items():
            customers[index] = created[slot]
        return makers

    @api.model
    def _remember(self, channel, keys, customers, makers, confirmed):
        """Store the keys of the customers of documents.

        An email address or phone number is stored from the first order of a customer, or if the
        contact already has it: a later order may contain another person's.

        :param set makers: the indexes of the documents that customers were created from
        :param confirmed: per document the customer selected by a user; empty for none at all
        """
        pairs, by_hand = {}, {}
        for index, (of_document, customer) in enumerate(zip(keys, customers, strict=True)):
            if customer == channel.guest_partner_id:
                continue
            is_confirmed = bool(confirmed and confirmed[index])
            is_new = is_confirmed or index in makers
            for key in of_document:
                if is_new or key[1] == "channel" or self._matches_key(customer, key, channel):
                    # If two customers have the same number, the first one keeps the key.
                    (by_hand if is_confirmed else pairs)[key, customer.id] = True
        Key = self.env["oms.customer.key"]
        Key._remember(channel.company_id, list(by_hand), is_confirmed=True)
        Key._remember(channel.company_id, list(pairs))

    @api.model
    def _matches_key(self, customer, key, channel):
        """:return: whether a contact has the email address or phone number of a key"""
        if key[1] == "email":
            return email_key(customer.email or "") == key[2]
        country = customer.country_id.code or channel.company_id.country_id.code or ""
        return bool(customer.phone) and phone_key(customer.phone, country) == key[2]

    @api.model
    def _slot(self, keys, by_key, people, person):
        """:return: the index of the customer to be created that has one of the keys, or ``None``"""
        for key in keys:
            slot = by_key.get(key)
            if slot is not None and not (
                key[1] == "phone" and any(known.contradicts(person) for known in people[slot])
            ):
                return slot
        return None

    @api.model
    def _prepare_customer(self, document, places):
        """:return: the values of a new customer, at the billing address"""
        customer = document.customer
        addresses = self.env["oms.customer.address"]
        company, number = addresses._buyer(document)
        address = addresses._prepare(document.billing, places)
        name = (
            customer.name
            or address["name"]
            or company
            or customer.email
            or customer.phone
            or customer.ref
        )
        # Another person at the same address, such as a gift recipient, has another digest.
        lives_there = {**address, "name": address["name"] and name}
        return {
            **address,
            "name": name,
            "email": customer.email or address["email"],
            "phone": customer.phone or address["phone"],
            "company_name": company or False,
            "vat": number or False,
            "oms_address_key": self.env["res.partner"]._oms_address_digest(lives_there),
            "customer_rank": 1,
        }
