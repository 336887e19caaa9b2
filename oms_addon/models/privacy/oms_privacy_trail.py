"""Erasure of chatter, mails, tracked values, attachments and logs about a customer."""

from odoo import api, models
from odoo.fields import Domain

#: models whose chatter and attachments are about one customer
ABOUT = (
    "sale.order",
    "res.partner",
    "stock.picking",
    "account.move",
    "payment.transaction",
    "oms.channel.message",
    "oms.hold",
    "oms.parcel",
    "oms.order.refund",
)
#: models whose attachments are accounting records and are kept
BOOKS = ("account.move",)
MESSAGE_TEXTS = (
    "body",
    "subject",
    "email_from",
    "reply_to",
    "incoming_email_to",
    "incoming_email_cc",
    "outgoing_email_to",
)
TRACKED = ("old_value_char", "old_value_text", "new_value_char", "new_value_text")
ACTIVITY_TEXTS = ("note", "summary", "feedback", "res_name")
RATING_TEXTS = ("feedback", "res_name", "parent_res_name")


class OmsPrivacy(models.AbstractModel):
    _inherit = "oms.privacy"

    @api.model
    def _on_records(self, person, model_name="model"):
        """:return: the domain of what is attached to a person's records"""
        staying = person.contacts.browse([c.id for c in person.stays])
        domains = []
        for name in ABOUT:
            rows = person.records.get(name)
            if rows and name == "res.partner":
                rows -= staying
            if rows:
                domains.append(Domain(model_name, "=", name) & Domain("res_id", "in", rows.ids))
        return Domain.OR(domains) if domains else Domain.FALSE

    @api.model
    def _on_channels(self, person, model_name="model"):
        """:return: the domain of what is attached to the channels of a person's companies"""
        channels = self.env["oms.channel"].sudo().with_context(active_test=False)
        channels = channels.search([("company_id", "in", person.companies.ids)])
        return Domain(model_name, "=", "oms.channel") & Domain("res_id", "in", channels.ids)

    @api.model
    def _erase_mail(self, person, outcome):
        """Erase a person's data in chatter, activities, files, ratings and logs."""
        self._erase_chatter(person, outcome)
        self._erase_activities(person)
        self._erase_attachments(person, outcome)
        ratings = self.env["rating.rating"].sudo().search(self._on_records(person, "res_model"))
        self._erase_texts(person, ratings, RATING_TEXTS)
        for email in filter(None, set(person.words.emails)):
            self.env["ir.logging"].sudo().search([("message", "ilike", email)]).unlink()

    @api.model
    def _erase_texts(self, person, rows, names, everything=()):
        """Replace texts with the person's values, and all texts of the rows in ``everything``."""
        text = self.env._("Personal data erased")
        for row in rows:
            values = {
                name: text if row._fields[name].type in ("html", "text") else False
                for name in names
                if row[name] and (row in everything or person.values.find(row[name]))
            }
            if values:
                row.write(values)

    @api.model
    def _erase_chatter(self, person, outcome):
        """Erase messages from the person or with the person's values, with their mails and tracked
        values.
        """
        Message = self.env["mail.message"].sudo()
        about = Message.search(self._on_records(person))
        on_channels = Message.search(self._on_channels(person)).filtered(
            lambda m: any(person.values.find(m[name]) for name in MESSAGE_TEXTS)
        )
        found = about | on_channels
        outcome.counts["mail.message"] = len(found)
        own = found.filtered(lambda m: m.author_id in person.contacts)
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "in", found.ids)])
        mails.unlink()
        found = found.exists()
        self._erase_texts(person, found.tracking_value_ids, TRACKED)
        self._erase_texts(person, found.notification_ids, ("mail_email_address", "failure_reason"))
        self._erase_texts(person, found, MESSAGE_TEXTS, everything=own)

    @api.model
    def _erase_activities(self, person):
        """Delete activities on the person's contacts; erase their texts elsewhere."""
        Activity = self.env["mail.activity"].sudo().with_context(active_test=False)
        about = Activity.search(
            self._on_records(person, "res_model") | self._on_channels(person, "res_model")
        )
        on_contacts = about.filtered(lambda a: a.res_model == "res.partner")
        on_contacts.unlink()
        self._erase_texts(person, about - on_contacts, ACTIVITY_TEXTS)

    @api.model
    def _erase_attachments(self, person, outcome):
        """Delete files on the person's records, except those of invoices."""
        domain = self._on_records(person, "res_model")
        domain &= Domain("res_model", "not in", BOOKS)
        # Odoo excludes files of record fields, such as images, unless ``res_field`` is given.
        domain &= Domain("res_field", "=", False) | Domain("res_field", "!=", False)
        files = self.env["ir.attachment"].sudo().search(domain)
        outcome.counts["ir.attachment"] = len(files)
        files.unlink()

    @api.model
    def _events_of(self, person):
        """:return: the events with texts that contain the person's values or are about a customer
        by their code
        """
        Event = self.env["oms.event"].sudo()
        names = {*ABOUT} & person.records.keys()
        domains = [
            Domain("res_model", "=", name) & Domain("res_id", "in", person.records[name].ids)
            for name in sorted(names)
        ]
        # An alert of a channel may quote a response that contains the person's data.
        events = Event.search(
            Domain.OR([*domains, self._on_channels(person, "res_model")])
            & Domain("company_id", "in", person.companies.ids)
            & Domain("erased_at", "=", False)
        )
        return events.filtered(
            lambda e: (
                (e.res_model != "oms.channel" and Event._is_about_customer(e.code))
                or any(person.values.find(e[name]) for name in ("name", "before", "after", "actor"))
            )
        )

    @api.model
    def _erase_events(self, person, outcome):
        """Erase the texts of a person's events; the audit trail can still be verified."""
        events = self._events_of(person)
        outcome.counts["oms.event"] = len(events)
        events._erase(person.values)
