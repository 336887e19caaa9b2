"""Whose order it is, and where it goes."""

from odoo import api, models

from odoo.addons.oms_addon.tools.order_document import normalise_email, normalise_phone


class OmsCustomerMatcher(models.AbstractModel):
    _name = "oms.customer.matcher"
    _description = "Customer Matcher"

    @api.model
    def _match(self, channel, documents, chosen):
        """Find or make the customers of documents and their addresses, in bulk.

        A customer is recognised by the channel's id, then by e-mail, then by phone (only
        where no e-mail contradicts). What is known of a customer is never overwritten: an
        address that differs becomes a contact of its own.

        :param channel: the channel of the documents
        :param documents: ``OrderDocument`` list; each has a customer or the channel has one
            for guests
        :param list chosen: per document the customer a person chose; empty records mostly
        :return: per document (customer, billing, shipping) as ``res.partner`` records
        :rtype: list[tuple]
        """
        places = self._resolve_places(documents)
        keys = [self._keys(channel, document.customer) for document in documents]
        found = self._find(channel, documents, keys)
        customers = [choice or partner for choice, partner in zip(chosen, found, strict=True)]
        self._create_missing(channel, documents, keys, customers, places)
        return self._match_addresses(documents, customers, places)

    # === CUSTOMERS === #

    @api.model
    def _keys(self, channel, customer):
        """:return: the keys a document's customer is known by, best first"""
        keys = []
        if customer.ref:
            keys.append((channel.id, "channel", customer.ref))
        if email := normalise_email(customer.email):
            keys.append((None, "email", email))
        if phone := normalise_phone(customer.phone):
            keys.append((None, "phone", phone))
        return keys

    @api.model
    def _find(self, channel, documents, keys):
        """:return: the known customer of each document, empty where there is none"""
        Partner = self.env["res.partner"]
        known = self.env["oms.customer.key"]._find(
            channel.company_id, {key for of_document in keys for key in of_document}
        )
        by_email = self._find_by_email(channel, keys, known)
        found = []
        for document, of_document in zip(documents, keys, strict=True):
            partner = Partner
            for key in of_document:
                candidate = known.get(key) or by_email.get(key) or Partner
                if key[1] == "phone" and self._contradicts(candidate, document.customer):
                    continue
                partner = partner or candidate
            found.append(partner or self._guest(channel, of_document))
        return found

    @api.model
    def _guest(self, channel, keys):
        """:return: the channel's customer for guests when a document names nobody"""
        return self.env["res.partner"] if keys else channel.guest_partner_id

    @api.model
    def _contradicts(self, partner, customer):
        """:return: whether a partner found by phone has another e-mail address"""
        email = normalise_email(customer.email)
        return bool(email and partner.email_normalized and partner.email_normalized != email)

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
        slots, by_key, vals_list = {}, {}, []
        for index, of_document in enumerate(keys):
            if customers[index]:
                continue
            slot = next((by_key[key] for key in of_document if key in by_key), None)
            if slot is None:
                slot = len(vals_list)
                vals_list.append(self._prepare_customer(documents[index], places))
            by_key.update(dict.fromkeys(of_document, slot))
            slots[index] = slot
        created = self.env["res.partner"].create(vals_list)
        for index, slot in slots.items():
            customers[index] = created[slot]
        self.env["oms.customer.key"]._remember(
            channel.company_id,
            {
                (key, customers[index].id)
                for index, of_document in enumerate(keys)
                for key in of_document
            },
        )

    @api.model
    def _prepare_customer(self, document, places):
        """:return: the values of a new customer, at the billing address"""
        customer = document.customer
        address = self._prepare_address(document.billing, places)
        name = (
            customer.name
            or address["name"]
            or customer.company
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
            "company_name": customer.company or address["company_name"],
            "vat": customer.tax_number or document.billing.tax_number or False,
            "oms_address_key": self.env["res.partner"]._oms_address_digest(lives_there),
            "customer_rank": 1,
        }

    # === ADDRESSES === #

    @api.model
    def _resolve_places(self, documents):
        """:return: country by code, and state by (country id, name or code), of the addresses"""
        addresses = [a for document in documents for a in (document.billing, document.shipping)]
        countries = {
            country.code: country
            for country in self.env["res.country"].search(
                [("code", "in", list({a.country for a in addresses}))]
            )
        }
        names = {a.state for a in addresses if a.state}
        states = {}
        if names:
            for state in self.env["res.country.state"].search(
                [("country_id", "in", [c.id for c in countries.values()])]
            ):
                states[state.country_id.id, state.code.casefold()] = state
                states.setdefault((state.country_id.id, state.name.casefold()), state)
        return countries, states

    @api.model
    def _prepare_address(self, address, places):
        """:return: the values of a partner at an address"""
        countries, states = places
        country = countries.get(address.country, self.env["res.country"])
        state = states.get((country.id, address.state.casefold()))
        return {
            "name": address.name or address.company or False,
            "company_name": address.company or False,
            "street": address.street or False,
            "street2": address.street2 or False,
            "city": address.city or False,
            "zip": address.zip or False,
            "state_id": state.id if state else False,
            "country_id": country.id or False,
            "phone": address.phone or False,
            "email": address.email or False,
        }

    @api.model
    def _match_addresses(self, documents, customers, places):
        """:return: per document (customer, billing, shipping), missing contacts made in bulk"""
        Partner = self.env["res.partner"]
        wanted = {}
        rows = []
        for document, customer in zip(documents, customers, strict=True):
            row = []
            for kind, address in (("invoice", document.billing), ("delivery", document.shipping)):
                if kind == "invoice" and self._is_for_another(document):
                    row.append(None)
                    continue
                vals = self._prepare_address(address, places)
                key = (customer.id, Partner._oms_address_digest(vals))
                row.append(key)
                if customer.oms_address_key != key[1]:
                    vals["name"] = vals["name"] or customer.name
                    wanted.setdefault(
                        key,
                        {**vals, "type": kind, "parent_id": customer.id, "oms_address_key": key[1]},
                    )
            rows.append((customer, row))
        known = self._find_contacts(wanted)
        missing = [key for key in wanted if key not in known]
        created = Partner.create([wanted[key] for key in missing])
        known.update(zip(missing, created, strict=True))
        return [
            (customer, known.get(billing, customer), known.get(shipping, customer))
            for customer, (billing, shipping) in rows
        ]

    @api.model
    def _is_for_another(self, document):
        """:return: whether an order goes to somebody else and only that address was told: who
        gets a present gets no invoice
        """
        names = [document.customer.name, document.shipping.name]
        names = {name.strip().casefold() for name in names}
        return document.billing is document.shipping and len(names - {""}) == 2

    @api.model
    def _find_contacts(self, wanted):
        """:return: existing contacts by (customer id, address digest)"""
        if not wanted:
            return {}
        contacts = self.env["res.partner"].search(
            [
                ("parent_id", "in", list({key[0] for key in wanted})),
                ("oms_address_key", "in", list({key[1] for key in wanted})),
            ],
            order="id desc",
        )
        return {(c.parent_id.id, c.oms_address_key): c for c in contacts}
