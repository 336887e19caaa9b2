"""Personal data in the audit trail: its texts can be erased, and the trail still verifies."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.personal_data import PERSONAL_EVENT_KINDS, PERSONAL_EVENTS

#: how many are erased in one transaction
ERASE_BATCH = 1000
#: what the database lets an erased event say, see ``init`` of ``oms.event``
ERASED_NAME = "Personal data erased"
#: the event that says which were erased
ERASED_CODE = "event.erased"
#: which events are about a customer, as the database is asked
ABOUT_CUSTOMERS = (
    f"(split_part(code, '.', 1) IN {PERSONAL_EVENT_KINDS} OR code IN {PERSONAL_EVENTS})"
)


class OmsEvent(models.Model):
    _inherit = "oms.event"

    _erasable_idx = models.Index(f"(happened_at) WHERE erased_at IS NULL AND {ABOUT_CUSTOMERS}")
    _erased_idx = models.Index("(company_id, id) WHERE code = 'event.erased'")

    # === BUSINESS METHODS === #

    def _erase(self, values=None):
        """Remove the texts of events; that they happened, to what and when, stays.

        Which were erased is an event itself: texts that were taken out another way are found by
        the verification.

        :param values: the ``PersonalValues`` of whom they are about: an actor stays who is
            somebody else
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
        """Append to the trail which of its events were erased."""
        for start in range(0, len(ids), ERASE_BATCH):
            some = ids[start : start + ERASE_BATCH]
            text = self.env._("Personal data erased in %(count)s events", count=len(some))
            after = " ".join(map(str, some))
            record = ("res.company", company.id, None, None)
            self._append([(company.id, *record, ERASED_CODE, text, None, after, self._actor())])

    @api.model
    def _erased_ids(self, events):
        """:return: which of some events the trail says were erased
        :rtype: set[int]
        """
        erased = events.filtered("erased_at")
        if not erased:
            return set()
        told = self.search(
            [
                ("company_id", "in", erased.company_id.ids),
                ("code", "=", ERASED_CODE),
                ("id", ">", min(erased.ids)),
            ]
        )
        return {int(number) for event in told for number in (event.after or "").split()}

    @api.autovacuum
    def _gc_personal_texts(self):
        """Erase the texts about customers that are older than the settings keep them, a part at a
        time.

        :return: how many were erased, and whether more are left
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
        """:return: whether the texts of events of a code are about a customer"""
        return code.partition(".")[0] in PERSONAL_EVENT_KINDS or code in PERSONAL_EVENTS
