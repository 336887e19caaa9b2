"""Whose order it is, and where it goes."""

from odoo import api, models

from odoo.addons.oms_addon.tools.contact_keys import (
    Person,
    email_key,
    phone_key,
    plain_words,
    ref_key,
)
from odoo.addons.oms_addon.tools.order_document import normalise_email


class OmsCustomerMatcher(models.AbstractModel):
    _name = "oms.customer.matcher"
    _description = "Customer Matcher"

    @api.model
    def _match(self, channel, documents, chosen):
        """Find or make the customers of documents and their addresses, in bulk.

        A customer is recognised by the channel's id, then by e-mail, then by phone (only
        where neither e-mail nor name and address contradict). What is known of a customer is
        never overwritten: an address that differs becomes a contact of its own.

        :param channel: the channel of the documents
        :param documents: ``OrderDocument`` list; each has a customer or the channel has one
            for guests
        :param list chosen: per document the customer a person chose; empty records mostly
        :return: per document (customer, billing, shipping) as ``res.partner`` records
        :rtype: list[tuple]
        """
        addresses = self.env["oms.customer.address"]
        places = addresses._resolve_places(documents)
        keys = [
            self._keys(
                channel,
                document.customer,
                document.billing.country or document.shipping.country,
            )
            for document in documents
        ]
        found = self._find(channel, documents, keys)
        customers = [choice or partner for choice, partner in zip(chosen, found, strict=True)]
        self._create_missing(channel, documents, keys, customers, places)
        return addresses._match(documents, customers, places)

    @api.model
    def _keys(self, channel, customer, country=""):
        """:param str country: whose phone numbers need no country code; '' for the company's
        :return: the keys a document's customer is known by, best first
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
    def _find(self, channel, documents, keys):
        """:return: the known customer of each document, empty where there is none"""
        known = self.env["oms.customer.key"]._find(
            channel.company_id, {key for of_document in keys for key in of_document}
        )
        known = self._find_by_email(channel, keys, known) | known
        return [
            self._recognise(of_document, known, self._person(document))
            or self._guest(channel, document)
            for document, of_document in zip(documents, keys, strict=True)
        ]

    @api.model
    def _recognise(self, keys, known, person):
        """:param list keys: what somebody is known by, best first
        :param dict known: partner by key
        :param person: the ``Person`` they are, by all that is told of them
        :return: the partner they are, empty when nobody is known
        """
        for key in keys:
            partner = known.get(key)
            if partner and not (key[1] == "phone" and self._person_of(partner).contradicts(person)):
                return partner
        return self.env["res.partner"]

    @api.model
    def _guest(self, channel, document):
        """:return: the channel's customer for guests when a document names nobody"""
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
        """:return: the ``Person`` a document tells of"""
        customer, billing, shipping = document.customer, document.billing, document.shipping
        addresses = {plain_words(f"{a.street}{a.zip}{a.city}") for a in (billing, shipping)}
        return Person(
            plain_words(customer.name or billing.name or shipping.name),
            frozenset(addresses - {""}),
            normalise_email(customer.email),
        )

    @api.model
    def _person_of(self, partner):
        """:return: the ``Person`` a partner is"""
        address = plain_words("".join(filter(None, (partner.street, partner.zip, partner.city))))
        return Person(
            plain_words(partner.name or ""),
            frozenset({address} - {""}),
            partner.email_normalized or "",
        )

    @api.model
    def _find_by_email(self, channel, keys, known):
        """:return: partners of Odoo by e-mail key, for keys nobody is known by yet"""
        emails = {
            key[2]: key
            for of_document in keys
            for key in of_document
            if key[1] == "email" and key not in known
        }
        if not emails:
            return {}
        partners = self.env["res.partner"].search(
            [
                ("email_normalized", "in", list(emails)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, channel.company_id.id)),
            ],
            order="id desc",
        )
        return {emails[partner.email_normalized]: partner for partner in partners}

    @api.model
    def _create_missing(self, channel, documents, keys, customers, places):
        """Make the customers nobody knows, one per person, and remember all keys."""
        slots, by_key, people, vals_list = {}, {}, [], []
        for index, of_document in enumerate(keys):
            if customers[index]:
                continue
            person = self._person(documents[index])
            slot = self._slot(of_document, by_key, people, person)
            if slot is None:
                slot = len(vals_list)
                people.append([])
                vals_list.append(self._prepare_customer(documents[index], places))
            people[slot].append(person)
            for key in of_document:
                by_key.setdefault(key, slot)
            slots[index] = slot
        created = self.env["oms.customer.creator"]._create(vals_list, channel.guest_partner_id)
        for index, slot in slots.items():
            customers[index] = created[slot]
        # Of two who tell the same number the first is known by it.
        self.env["oms.customer.key"]._remember(
            channel.company_id,
            list(
                dict.fromkeys(
                    (key, customers[index].id)
                    for index, of_document in enumerate(keys)
                    if customers[index] != channel.guest_partner_id
                    for key in of_document
                )
            ),
        )

    @api.model
    def _slot(self, keys, by_key, people, person):
        """:return: which of the customers to be made somebody is; ``None`` for none of them"""
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
        # Somebody else at the same address, such as who gets a present, is somebody else.
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
