"""Search for a person's contacts, orders and messages, and the values that identify them."""

import json
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.tools.contact_keys import email_key, ref_key
from odoo.addons.oms_addon.tools.personal_data import REGISTER
from odoo.addons.oms_addon.tools.personal_values import PersonalValues

#: maximum number of messages read for names of a person, latest first
MAX_READ = 500


@dataclass(slots=True)
class Words:
    """Names, addresses and other values that identify a person."""

    names: list = field(default_factory=list)
    emails: list = field(default_factory=list)
    phones: list = field(default_factory=list)
    streets: list = field(default_factory=list)
    others: list = field(default_factory=list)

    def add(self, somebody, street="", *others):
        """Add the values of a contact or a part of a document."""
        self.names.append(somebody.name)
        self.emails.append(getattr(somebody, "email", ""))
        self.phones.append(somebody.phone)
        self.streets.append(street)
        self.others += others

    def values(self):
        """:return: the values as ``PersonalValues``"""
        words = [*self.names, *self.emails, *self.streets, *self.others]
        return PersonalValues(words, self.phones)


@dataclass(slots=True)
class Person:
    """The data found about one person, in one or several companies.

    ``records``: recordsets by model, as declared in the register. ``stays``: why a contact
    cannot be erased, by contact. ``channel``: restriction to one channel; empty for all.
    """

    contacts: models.BaseModel
    orders: models.BaseModel
    channel: models.BaseModel
    companies: models.BaseModel
    records: dict = field(default_factory=dict)
    stays: dict = field(default_factory=dict)
    words: Words = None
    values: PersonalValues = None


class OmsPrivacy(models.AbstractModel):
    _inherit = "oms.privacy"

    @api.model
    def _person(self, contacts, companies, orders=None, channel=None, email=""):
        """Collect the data about a person; runs as superuser.

        :param contacts: the person's ``res.partner`` records, with or without addresses
        :param companies: the companies whose data is searched
        :param orders: further ``sale.order`` records of the person
        :param channel: restriction to one ``oms.channel``
        :param str email: a further email address of the person
        :return: the ``Person``
        """
        env = self.sudo().with_context(active_test=False).env
        channel = channel or env["oms.channel"]
        contacts = env["res.partner"].search([("id", "child_of", contacts.ids)])
        own = Domain("company_id", "in", companies.ids)
        places = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        found = env["sale.order"].search(
            own & Domain.OR([Domain(name, "in", contacts.ids) for name in places])
        )
        found |= env["sale.order"].browse((orders or found.browse()).ids)
        if channel:
            found = found.filtered(lambda o: o.oms_channel_id == channel)
        person = Person(contacts, found, channel, companies)
        person.records["res.partner"] = contacts
        person.records["sale.order"] = found
        person.records["stock.picking"] = found.picking_ids | found._oms_pickings()
        person.records["account.move"] = found.invoice_ids
        person.records["payment.transaction"] = found.transaction_ids
        named = self._messages_of_orders(env, found)
        person.records["oms.channel.message"] = named | self._unlinked_messages(
            env, person, named, email
        )
        # Failed messages may contain further names.
        person.words = self._extract_words(
            person, person.records["oms.channel.message"], email, contacts
        )
        person.values = person.words.values()
        self._collect(env, person)
        return person

    @api.model
    def _messages_of_orders(self, env, orders):
        """:return: the messages sent and received about orders, including conflicting ones"""
        by_channel = orders.filtered("oms_order_ref").grouped("oms_channel_id")
        reported = [
            Domain("channel_id", "=", channel.id)
            & Domain("order_ref", "in", of_channel.mapped("oms_order_ref"))
            for channel, of_channel in by_channel.items()
        ]
        Message = env["oms.channel.message"]
        found = Message.search(Domain.OR([Domain("order_id", "in", orders.ids), *reported]))
        return found | Message.search([("conflict_of_id", "in", found.ids)])

    @api.model
    def _unlinked_messages(self, env, person, reported, email):
        """:param reported: the messages about the person's orders
        :return: the messages without an order that contain the person's data, such as failed,
            conflicting and ignored ones
        """
        Message = env["oms.channel.message"]
        found = Message.search([("partner_id", "in", person.contacts.ids)])
        domain = Domain("company_id", "in", person.companies.ids) & Domain("order_id", "=", False)
        domain &= Domain("direction", "=", "in") & Domain("erased_at", "=", False)
        domain &= Domain("state", "!=", "done") | Domain("order_ref", "!=", False)
        if person.channel:
            domain &= Domain("channel_id", "=", person.channel.id)
        # Values the person can edit on their own contact do not identify other messages.
        typed = person.contacts._oms_editable_outside()
        conditions = self._content_conditions(
            self._extract_words(person, reported, email, person.contacts - typed)
        )
        if conditions:
            query = Message._search(domain)
            query.add_where(SQL("(%s)", SQL(" OR ").join(conditions)))
            found |= Message.browse(query)
        return found | Message.search([("conflict_of_id", "in", found.ids)])

    @api.model
    def _content_conditions(self, words):
        """:param words: the ``Words`` of a person
        :return: SQL conditions for messages with the person's email address, phone number, or name
            and street
        :rtype: list[SQL]
        """
        body = SQL("decode(encode(oms_channel_message.payload, 'escape'), 'base64')")
        text = SQL("lower(encode(%s, 'escape'))", body)
        conditions = [
            SQL("position(%s IN %s) > 0", email.casefold(), text)
            for email in sorted(set(filter(None, words.emails)))
        ]
        conditions += [
            SQL("position(%s IN regexp_replace(%s, '[^0-9]', '', 'g')) > 0", digits, text)
            for digits in sorted(PersonalValues((), words.phones).phones)
        ]
        named, placed = (
            [
                SQL("position(%s::bytea IN %s) > 0", written, body)
                for word in sorted(set(filter(None, some)))
                for written in {word.encode(), json.dumps(word)[1:-1].encode()}
            ]
            for some in (words.names, words.streets)
        )
        if named and placed:
            conditions.append(
                SQL("(%s) AND (%s)", SQL(" OR ").join(named), SQL(" OR ").join(placed))
            )
        return conditions

    @api.model
    def _extract_words(self, person, messages, email, contacts):
        """:return: the ``Words`` of a person, from their contacts and the documents of messages"""
        words = Words()
        words.emails.append(email)
        # The shared guest contact identifies nobody.
        for contact in person.contacts | person.orders.partner_shipping_id:
            if contact in contacts or not person.contacts:
                words.add(contact, contact.street, contact.street2, contact.company_name)
                words.emails.append(contact.email_normalized)
                words.others.append(contact.vat)
        for document in self._documents(messages):
            words.add(document.customer)
            for place in (document.billing, document.shipping):
                words.add(place, place.street, place.street2, place.company)
        return words

    @api.model
    def _documents(self, messages):
        """:return: the order documents of messages, latest first, without those that are erased or
        cannot be parsed
        """
        reported = messages.filtered(lambda m: m.direction == "in" and not m.erased_at)
        for message in reported.sorted("id", reverse=True)[:MAX_READ]:
            channel = message.channel_id
            try:
                document = channel._adapter()._read(channel, message.topic, message._raw_payload())
            except Exception:  # noqa: BLE001, S112 - its own background job has reported the error
                continue
            if isinstance(document, OrderDocument):
                yield document

    @api.model
    def _collect(self, env, person):
        """Search the rows linked to the person in all tables of the register."""
        for name, table in REGISTER.items():
            if name in person.records or not table.links or name == "oms.event":
                continue
            model = env[name]
            links = [
                Domain(link, "in", person.records[model._fields[link].comodel_name].ids)
                for link in table.links
                if model._fields[link].comodel_name in person.records
            ]
            domain = Domain.OR(links)
            if "company_id" in model._fields and not model._transient:
                domain &= Domain("company_id", "in", [False, *person.companies.ids])
            person.records[name] = model.search(domain)

    @api.model
    def _partners_of_notice(self, channel, document):
        """Find the customer and orders that a notice of a channel refers to.

        The channel's customer id identifies the customer; else the email address, which anyone
        could have entered on the channel; else the orders it names.

        :return: the ``res.partner``, possibly empty, and the ``sale.order`` records
        :rtype: tuple
        """
        keys = [
            (channel.id, "channel", ref_key(document.customer_ref)),
            (None, "email", email_key(document.customer_email)),
        ]
        found = self.env["oms.customer.key"]._find(
            channel.company_id, [key for key in keys if key[2]]
        )
        partner = next((found[key] for key in keys if key in found), self.env["res.partner"])
        orders = self.env["sale.order"].search(
            [
                ("oms_channel_id", "=", channel.id),
                ("oms_order_ref", "in", list(document.order_refs)),
            ]
        )
        partner = partner or self._root_contact(orders.partner_id[:1])
        return partner - channel.guest_partner_id, orders
