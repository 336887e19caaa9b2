"""Erasure of personal data in the audit trail, which can still be verified afterwards."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.personal_data import PERSONAL_EVENT_KINDS, PERSONAL_EVENTS

from .oms_event import Event

#: number of events erased in one transaction
ERASE_BATCH = 1000
#: text of an erased event, checked by the database trigger, see ``init`` of ``oms.event``
ERASED_NAME = "Personal data erased"
#: code of the event that lists the erased events
ERASED_CODE = "event.erased"
#: SQL condition for events about a customer
ABOUT_CUSTOMERS = (
    f"(split_part(code, '.', 1) IN {PERSONAL_EVENT_KINDS} OR code IN {PERSONAL_EVENTS})"
)


class OmsEvent(models.Model):
    _inherit = "oms.event"

    _erasable_idx = models.Index(f"(happened_at) WHERE erased_at IS NULL AND {ABOUT_CUSTOMERS}")
    _erased_idx = models.Index("(company_id, id) WHERE code = 'event.erased'")

    # === BUSINESS METHODS === #

    def _erase(self, values=None):
        """Erase the texts of events; code, record and date are kept.

        The erased ids are logged in an event, so that the verification finds texts that were
        removed in any other way.

        :param values: the ``PersonalValues`` of the erased person; actors that do not match are
            kept
        """
        for company, events in (
            self.filtered(lambda e: not e.erased_at).grouped("company_id").items()
        ):
            named = events.filtered(lambda e: values and values.find(e.actor))
            now = fields.Datetime.now()
            self.env.cr.execute(
                SQL(
                    """UPDATE oms_event
                       SET name = %s, before = NULL, after = NULL, salt = NULL, erased_at = %s,
                           actor = CASE WHEN id = ANY(%s) THEN NULL ELSE actor END
                       WHERE id = ANY(%s)""",
                    ERASED_NAME,
                    now,
                    named.ids,
                    events.ids,
                )
            )
            events.invalidate_recordset(flush=False)
            self._log_erased(company, events.sorted("id").ids)

    @api.model
    def _log_erased(self, company, ids):
        """Log the ids of erased events."""
        for start in range(0, len(ids), ERASE_BATCH):
            some = ids[start : start + ERASE_BATCH]
            text = self.env._("Personal data erased in %(count)s events", count=len(some))
            event = Event(
                company_id=company.id,
                res_model="res.company",
                res_id=company.id,
                code=ERASED_CODE,
                name=text,
                after=" ".join(map(str, some)),
                actor=self._actor(),
            )
            self._append([event])

    @api.model
    def _erased_ids(self, events):
        """:return: the ids of erased events that are logged as such
        :rtype: set[int]
        """
        erased = events.filtered("erased_at")
        if not erased:
            return set()
        reported = self.search(
            [
                ("company_id", "in", erased.company_id.ids),
                ("code", "=", ERASED_CODE),
                ("id", ">", min(erased.ids)),
            ]
        )
        return {int(number) for event in reported for number in (event.after or "").split()}

    @api.autovacuum
    def _gc_personal_texts(self):
        """Erase a batch of texts about customers whose retention period has ended.

        :return: number of erased events, and whether more are left
        :rtype: tuple[int, bool]
        """
        limit = self.env["oms.retention"]._limit("audit")
        if not limit:
            return 0, False
        self.env.cr.execute(
            SQL(
                """SELECT id FROM oms_event
                   WHERE happened_at < %s AND erased_at IS NULL AND %s
                   ORDER BY happened_at LIMIT %s""",
                limit,
                SQL(ABOUT_CUSTOMERS),
                ERASE_BATCH,
            )
        )
        old = self.browse(row[0] for row in self.env.cr.fetchall())
        old._erase()
        return len(old), len(old) == ERASE_BATCH

    @api.model
    def _is_about_customer(self, code):
        """:return: whether events with a code contain texts about a customer"""
        return code.partition(".")[0] in PERSONAL_EVENT_KINDS or code in PERSONAL_EVENTS
