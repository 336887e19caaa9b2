"""Whose personal data it is: a person's contacts, orders, messages, and the words for them."""

import json
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.tools.contact_keys import email_key, ref_key
from odoo.addons.oms_addon.tools.personal_data import REGISTER
from odoo.addons.oms_addon.tools.personal_values import PersonalValues

#: how many messages are read for what a channel called a person, the latest first
MAX_READ = 500


@dataclass(slots=True)
class Words:
    """What a person is called."""

    names: list = field(default_factory=list)
    emails: list = field(default_factory=list)
    phones: list = field(default_factory=list)
    streets: list = field(default_factory=list)
    others: list = field(default_factory=list)

    def add(self, somebody, street="", *others):
        """Add what a contact, or a part of a document, says."""
        self.names.append(somebody.name)
        self.emails.append(getattr(somebody, "email", ""))
        self.phones.append(somebody.phone)
        self.streets.append(street)
        self.others += others

    def values(self):
        """:return: the ``PersonalValues`` they make"""
        words = [*self.names, *self.emails, *self.streets, *self.others]
        return PersonalValues(words, self.phones)


@dataclass(slots=True)
class Person:
    """All that is known of one person, in one company or several.

    ``records``: recordsets by model, as the register finds them. ``stays``: why a contact cannot
    be erased, by contact. ``channel``: the only one it is about; empty for all.
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
        """Collect what is known of a person; runs as the system.

        :param contacts: their ``res.partner`` records, with or without their addresses
        :param companies: the companies whose data it is about
        :param orders: more ``sale.order`` records that are theirs
        :param channel: the only ``oms.channel`` it is about
        :param str email: what they are called besides
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
        # What failed may call them by more names.
        person.words = self._words_of(
            person, person.records["oms.channel.message"], email, contacts
        )
        person.values = person.words.values()
        self._collect(env, person)
        return person

    @api.model
    def _messages_of_orders(self, env, orders):
        """:return: what was received and sent about orders, what contradicts it, too"""
        by_channel = orders.filtered("oms_order_ref").grouped("oms_channel_id")
        told = [
            Domain("channel_id", "=", channel.id)
            & Domain("order_ref", "in", of_channel.mapped("oms_order_ref"))
            for channel, of_channel in by_channel.items()
        ]
        Message = env["oms.channel.message"]
        found = Message.search(Domain.OR([Domain("order_id", "in", orders.ids), *told]))
        return found | Message.search([("conflict_of_id", "in", found.ids)])

    @api.model
    def _unlinked_messages(self, env, person, told, email):
        """:param told: the messages about their orders
        :return: the messages about no order that name the person: failed ones, conflicts,
        what nothing was to be done for
        """
        Message = env["oms.channel.message"]
        found = Message.search([("partner_id", "in", person.contacts.ids)])
        domain = Domain("company_id", "in", person.companies.ids) & Domain("order_id", "=", False)
        domain &= Domain("direction", "=", "in") & Domain("erased_at", "=", False)
        domain &= Domain("state", "!=", "done") | Domain("order_ref", "!=", False)
        if person.channel:
            domain &= Domain("channel_id", "=", person.channel.id)
        # What somebody can type into their own contact proves nothing about other messages.
        typed = person.contacts._oms_editable_outside()
        conditions = self._content_conditions(
            self._words_of(person, told, email, person.contacts - typed)
        )
        if conditions:
            query = Message._search(domain)
            query.add_where(SQL("(%s)", SQL(" OR ").join(conditions)))
            found |= Message.browse(query)
        return found | Message.search([("conflict_of_id", "in", found.ids)])

    @api.model
    def _content_conditions(self, words):
        """:param words: the ``Words`` for a person
        :return: conditions on the content of messages: it has their e-mail address, their phone
            number, or their name and street
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
    def _words_of(self, person, messages, email, contacts):
        """:return: the ``Words`` for a person: of contacts of theirs, and of what channels called
        them
        """
        words = Words()
        words.emails.append(email)
        # Nobody is meant by the shared contact of guests.
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
        """:return: the orders that messages tell, the latest first; what is erased or cannot be
        read is left out
        """
        told = messages.filtered(lambda m: m.direction == "in" and not m.erased_at)
        for message in told.sorted("id", reverse=True)[:MAX_READ]:
            channel = message.channel_id
            try:
                document = channel._adapter()._read(channel, message.topic, message._raw_payload())
            except Exception:  # noqa: BLE001, S112 - its own lane has told what is wrong with it
                continue
            if isinstance(document, OrderDocument):
                yield document

    @api.model
    def _collect(self, env, person):
        """Find the rows of all tables that lead to the person, as the register declares it."""
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
        """:return: whom a notice of a channel means, and their orders there

        The channel's own id and the orders that it names say who it is; an e-mail address, which
        anybody may have typed there, counts where that is unknown.
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
