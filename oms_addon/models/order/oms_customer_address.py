"""Billing and shipping addresses of an order as contacts of its customer."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.documents.order import Address
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.contact_keys import number_words, plain_words
from odoo.addons.oms_addon.tools.states import find_state, state_names


class OmsCustomerAddress(models.AbstractModel):
    _name = "oms.customer.address"
    _description = "Customer Address"

    # === COUNTRIES AND STATES === #

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
        reported = {a.country for a in addresses if a.state or a.state_name}
        states = {}
        if reported:
            for state in self.env["res.country.state"].search(
                [("country_id", "in", [c.id for c in countries.values() if c.code in reported])]
            ):
                names = states.setdefault(state.country_id.code, {})
                names[state.code.casefold()] = state
                for name in state_names(state.name):
                    names.setdefault(name, state)
        return countries, states

    @api.model
    def _prepare(self, address, places):
        """Prepare partner values for an address. A state that Odoo does not have is appended to
        ``street2``.

        :return: values of a ``res.partner``
        """
        countries, states = places
        country = countries.get(address.country, self.env["res.country"])
        reported = [text.strip() for text in (address.state, address.state_name) if text.strip()]
        known = states.get(address.country, {})
        found = (find_state(address.country, text, known) for text in reported)
        state = next(filter(None, found), None)
        street2 = address.street2
        if reported and not state and reported[-1] not in street2:
            street2 = ", ".join(filter(None, (street2, reported[-1])))
        return {
            "name": address.name or address.company or False,
            "company_name": address.company or False,
            "street": address.street or False,
            "street2": street2 or False,
            "city": address.city or False,
            "zip": address.zip or False,
            "state_id": state.id if state else False,
            "country_id": country.id or False,
            "phone": address.phone or False,
            "email": address.email or False,
        }

    # === CONTACTS === #

    @api.model
    def _match(self, documents, customers, places):
        """Find the contacts of documents and create the missing ones in bulk.

        :return: tuples (customer, billing, shipping), one per document
        """
        wanted, rows = {}, []
        for document, customer in zip(documents, customers, strict=True):
            row = []
            for vals in (
                self._prepare_billing(document, customer, places),
                self._prepare_shipping(document, customer, places),
            ):
                key = vals and (customer.id, vals["oms_address_key"])
                row.append(key)
                if key and customer.oms_address_key != key[1]:
                    wanted.setdefault(key, vals)
            rows.append((customer, row))
        known = self._find_contacts(wanted)
        missing = [key for key in wanted if key not in known]
        # No fallback partner: items must never be shipped to a different address.
        created = self.env["oms.customer.creator"]._create(
            [wanted[key] for key in missing], self.env["res.partner"]
        )
        known.update(zip(missing, created, strict=True))
        return [
            (customer, known.get(billing, customer), known.get(shipping, customer))
            for customer, (billing, shipping) in rows
        ]

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

    @api.model
    def _prepare_shipping(self, document, customer, places):
        """:return: the values of the delivery contact of a document"""
        vals = self._prepare(document.shipping, places)
        return self._prepare_contact(vals, customer, "delivery")

    @api.model
    def _prepare_contact(self, vals, customer, kind):
        """Prepare the values of a contact of a customer. Odoo shows a contact with its customer's
        company name, so a different company is added to the contact's name.

        :return: values of a ``res.partner``
        """
        digest = self.env["res.partner"]._oms_address_digest(vals)
        name, company = vals["name"] or customer.name, vals["company_name"]
        if company and plain_words(company) not in self._names(customer) | {plain_words(name)}:
            name = f"{company}, {name}"
        return {
            **vals,
            "name": name,
            "type": kind,
            "parent_id": customer.id,
            "oms_address_key": digest,
        }

    @api.model
    def _rejected_problems(self, order):
        """:return: a CUSTOMER_DATA problem for ``oms.hold._open`` if Odoo rejected data of the
        contacts of an order
        """
        partners = order.partner_id | order.partner_invoice_id | order.partner_shipping_id
        texts = [partner.oms_rejected_data for partner in partners if partner.oms_rejected_data]
        if not texts:
            return []
        return [HoldReason(code="CUSTOMER_DATA", message="\n".join(texts))]

    @api.model
    def _digest(self, document):
        """:return: a digest of the buyer, billing and shipping address as received"""
        text = repr((document.shipping, document.billing, self._buyer(document)))
        return hashlib.sha256(text.encode()).hexdigest()

    # === INVOICING ADDRESS === #

    @api.model
    def _buyer(self, document):
        """:return: the company name and tax number provided by the buyer; '' for none"""
        customer, billing = document.customer, document.billing
        if self._is_for_another(document):
            billing = Address()
        return (
            (billing.company or customer.company).strip(),
            (billing.tax_number or customer.tax_number).strip(),
        )

    @api.model
    def _names(self, customer):
        """:return: the normalized names of a customer's company, see ``plain_words``"""
        return {plain_words(customer.commercial_company_name or customer.name or "")}

    @api.model
    def _is_customers(self, customer, company, number):
        """:return: whether the customer already has this company name and tax number"""
        if company and plain_words(company) not in self._names(customer):
            return False
        if not number:
            return True
        known = {number_words(customer.vat or ""), number_words(number)}
        prefix = (customer.country_id.code or "").upper()
        return len({text.removeprefix(prefix) for text in known}) == 1 or f"“{number}”" in (
            customer.oms_rejected_data or ""
        )

    @api.model
    def _prepare_billing(self, document, customer, places):
        """Prepare the invoicing contact of a document.

        A company or tax number that differs from the customer's gets a contact with
        ``is_company``, as Odoo copies the customer's company and tax number to other contacts.

        :return: the values of the contact; ``None`` to invoice the customer directly
        """
        company, number = self._buyer(document)
        is_for_another = self._is_for_another(document)
        if self._is_customers(customer, company, number):
            if is_for_another:
                return None
            vals = self._prepare(document.billing, places)
            return self._prepare_contact(vals, customer, "invoice")
        if is_for_another:
            vals = {
                name: customer[name].id if name.endswith("_id") else customer[name]
                for name in self._prepare(document.billing, places)
            }
        else:
            vals = self._prepare(document.billing, places)
        name = company or customer.commercial_company_name or vals["name"] or customer.name
        vals |= {"name": name, "company_name": False, "vat": number or False, "is_company": True}
        return {
            **vals,
            "type": "invoice",
            "parent_id": customer.id,
            "oms_address_key": self.env["res.partner"]._oms_address_digest(vals),
        }

    @api.model
    def _change_invoicing(self, order, document, billing):
        """Change the invoicing address of an order. Posted invoices are not changed.

        If the document has a shipping address only, the invoicing address changes only with a
        different company or tax number.

        :param document: the ``OrderDocument``
        :param billing: the new invoicing ``res.partner``
        """
        before = order.partner_invoice_id
        is_other_buyer = before.commercial_partner_id != billing.commercial_partner_id
        if document.billing is document.shipping and not is_other_buyer:
            return
        order.partner_invoice_id = billing
        self.env["oms.event"]._log(
            order,
            "order.invoicing_changed",
            self.env._("The invoicing address was changed on the channel"),
            before=before._display_address().replace("\n", ", "),
            after=billing._display_address().replace("\n", ", "),
        )
        invoices = order.invoice_ids.filtered(
            lambda move: move.state != "cancel" and move.partner_id == before
        )
        invoices.filtered(lambda move: move.state == "draft").partner_id = billing
        posted = invoices.filtered(lambda move: move.state == "posted")
        if posted and is_other_buyer:
            problem = HoldReason(
                code="INVOICE_ADDRESS",
                message=self.env._(
                    "The invoicing address was changed on the channel after invoice %(invoices)s "
                    "was posted. Credit the invoice and issue a new one if the buyer needs it.",
                    invoices=", ".join(posted.mapped("name")),
                ),
            )
            self.env["oms.hold"]._open(order, [problem])

    @api.model
    def _is_for_another(self, document):
        """:return: whether the document has no billing address and ships to another person than
        the customer, such as a gift, whose recipient is not invoiced
        """
        names = [document.customer.name, document.shipping.name]
        names = {name.strip().casefold() for name in names}
        return document.billing is document.shipping and len(names - {""}) == 2
