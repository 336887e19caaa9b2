"""Erasure of customers' personal data, as declared in the register."""

import base64
from dataclasses import dataclass, field

from odoo import api, fields, models

from odoo.addons.oms_addon.tools import personal_data
from odoo.addons.oms_addon.tools.personal_data import REGISTER

#: order statuses in which an order counts as closed
CLOSED = ("done", "cancelled")
#: maximum number of rows searched in a small table, latest first
MAX_SEARCHED = 10_000


@dataclass(slots=True)
class Outcome:
    """The result of an erasure.

    ``counts``: number of records by model. ``kept``: sentences about kept data and why.
    ``left``: sentences about what a user has to do.
    """

    counts: dict = field(default_factory=dict)
    kept: list = field(default_factory=list)
    left: list = field(default_factory=list)

    def to_json(self):
        """:return: the result as JSON-serializable data"""
        return {"counts": self.counts, "kept": self.kept, "left": self.left}


class OmsPrivacy(models.AbstractModel):
    _name = "oms.privacy"
    _description = "Personal Data"

    # === OBSTACLES === #

    @api.model
    def _open_orders(self, person):
        """:return: the orders of a person that are not closed"""
        return person.orders.filtered(
            lambda o: (
                o.oms_status not in CLOSED
                if o.oms_status
                else o.state in ("draft", "sent")
                or o.state == "sale"
                and bool(o.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")))
            )
        )

    @api.model
    def _waiting_messages(self, person):
        """:return: the messages about a person that are still to be processed"""
        return person.records["oms.channel.message"].filtered(
            lambda m: m.state == "pending" and m.channel_id.state == "live"
        )

    @api.model
    def _obstacle(self, person):
        """:return: why a person cannot be erased now, as text; '' if they can"""
        still_open = self._open_orders(person)
        if still_open:
            return self.env._(
                "Orders %(orders)s are still open. The customer can be erased once they are "
                "closed.",
                orders=", ".join(o.oms_order_number or o.name for o in still_open[:10]),
            )
        if self._waiting_messages(person):
            return self.env._(
                "Messages about this customer are still being processed. Try again in a few "
                "minutes."
            )
        return ""

    # === ERASURE === #

    @api.model
    def _erase(self, person):
        """Erase a person in all tables of the register. The caller has checked ``_obstacle``.

        :param person: a ``Person``
        :return: the ``Outcome``
        """
        person.stays = self._staying(person)
        outcome = Outcome(kept=self._retained_texts(person), left=list(person.stays.values()))
        self._ignore_unprocessed(person)
        self._erase_mail(person, outcome)
        self._erase_events(person, outcome)
        self._erase_contacts(person, outcome)
        for name, table in REGISTER.items():
            rows = person.records.get(name, self.env[name].sudo())
            if table.searched:
                rows |= self._search_few(person, name, table)
            if rows:
                outcome.counts[name] = len(rows)
                self._erase_rows(person, name, table, rows)
        now = fields.Datetime.now()
        person.orders.filtered(lambda o: not o.oms_erased_at).write({"oms_erased_at": now})
        self._log_erased(person)
        outcome.counts = self._named_counts(outcome.counts)
        return outcome

    @api.model
    def _preview(self, person):
        """:return: the expected result of erasing a person, as ``Outcome`` data
        :rtype: dict
        """
        person.stays = self._staying(person)
        counts = {name: len(rows) for name, rows in person.records.items() if rows}
        counts["res.partner"] = len(person.contacts) - len(person.stays)
        counts["mail.message"] = self.env["mail.message"].search_count(self._on_records(person))
        counts["oms.event"] = len(self._events_of(person))
        return Outcome(
            self._named_counts(counts), self._retained_texts(person), list(person.stays.values())
        ).to_json()

    @api.model
    def _named_counts(self, counts):
        """:return: counts by label of the records; dialogs are left out"""
        names = {
            "res.partner": self.env._("Contacts and addresses"),
            "sale.order": self.env._("Notes and references of orders"),
            "oms.channel.message": self.env._("Message contents"),
            "oms.hold": self.env._("Exceptions"),
            "oms.customer.key": self.env._("Email addresses and IDs for matching"),
            "oms.tracking.event": self.env._("Tracking events"),
            "oms.order.refund": self.env._("Refund reasons"),
            "mail.message": self.env._("Chatter messages and emails"),
            "ir.attachment": self.env._("Files of orders and deliveries"),
            "oms.event": self.env._("Texts in the audit trail"),
        }
        return {label: counts[name] for name, label in names.items() if counts.get(name)}

    @api.model
    def _ignore_unprocessed(self, person):
        """Dismiss unfinished messages, as their content is erased."""
        open_ones = person.records["oms.channel.message"].filtered(
            lambda m: m.state not in ("done", "ignored")
        )
        open_ones._set_state("ignored", self.env._("The customer was erased."))

    @api.model
    def _search_few(self, person, name, table):
        """:return: the rows of a small table that contain values of the person"""
        model = self.env[name].sudo().with_context(active_test=False, bin_size=False)
        texts = [f for f, declared in table.personal.items() if declared.erase != "keep"]

        def names_them(row):
            for name in texts:
                value = row[name]
                if row._fields[name].type == "binary":
                    value = base64.b64decode(value or b"").decode("utf-8", "replace")
                if person.values.find(value):
                    return True
            return False

        rows = model.search([], order="id desc", limit=MAX_SEARCHED)
        return rows.filtered(names_them)

    @api.model
    def _erase_rows(self, person, name, table, rows):
        """Erase rows of one model as the register declares for each field."""
        by_erase = {}
        for field_name, declared in table.personal.items():
            by_erase.setdefault(declared.erase, []).append(field_name)
        if personal_data.DELETE in by_erase:
            rows.unlink()
            return
        if hasattr(rows, "_erase"):
            # These models decide per record what to keep.
            rows._erase(person.values) if name != "oms.hold" else rows._erase()
            return
        text = self.env._("Personal data erased")
        values = dict.fromkeys(by_erase.get(personal_data.CLEAR, ()), False)
        values |= dict.fromkeys(by_erase.get(personal_data.REPLACE, ()), text)
        quiet = rows.with_context(tracking_disable=True, mail_notrack=True)
        if values:
            quiet.write(values)
        for field_name in by_erase.get(personal_data.MATCH, ()):
            quiet.filtered(lambda r, f=field_name: person.values.find(r[f])).write(
                {field_name: text}
            )

    @api.model
    def _log_erased(self, person):
        """Log the erasure on the person's orders, without naming the person."""
        Event, text = self.env["oms.event"], self.env._("Personal data erased")
        Event._log(person.orders, "customer.erased", text)
        if not person.orders:
            for company in person.companies:
                Event._log(person.contacts.with_company(company)[:1], "customer.erased", text)

    # === KEPT DATA === #

    @api.model
    def _retained_texts(self, person):
        """:return: sentences about what is kept of a person, and why"""
        kept = []
        invoices = person.records["account.move"].filtered(lambda m: m.state == "posted")
        if invoices:
            kept.append(
                self.env._(
                    "Invoices %(invoices)s keep the name and billing address, as accounting law "
                    "requires.",
                    invoices=", ".join(invoices[:10].mapped("name")),
                )
            )
        if person.orders:
            kept.append(
                self.env._(
                    "Orders (%(count)s) keep their numbers, items and amounts as proof of sale.",
                    count=len(person.orders),
                )
            )
        if person.records["oms.channel.message"]:
            kept.append(
                self.env._(
                    "Messages keep their reference and a digest, so that they are recognized if "
                    "a channel sends them again."
                )
            )
        return kept
