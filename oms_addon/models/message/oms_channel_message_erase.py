"""Erasure of personal data in messages, keeping what identifies duplicates."""

import base64
import json

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.tools.personal_data import ERASED
from odoo.addons.oms_addon.tools.personal_values import PersonalValues

#: maximum number of customers with a pending erasure processed per day
MAX_WAITING = 500
#: the content of an erased message of a channel
BLANK = json.dumps({"schema": ERASED}).encode()


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    erased_at = fields.Datetime(
        "Erased On",
        readonly=True,
        copy=False,
        help="The personal data in the message was removed. The digest of the original content "
        "is kept to recognize the message if the channel sends it again.",
    )

    erase_waits = fields.Boolean(
        "Erase Later",
        readonly=True,
        copy=False,
        help="Requests to erase a customer whose orders are still open.",
    )

    _erase_waits_idx = models.Index("(id) WHERE erase_waits")
    _ended_idx = models.Index(
        "(direction, done_at) WHERE state IN ('done', 'ignored') AND erased_at IS NULL"
    )

    # === BUSINESS METHODS === #

    def _erase(self, values=None):
        """Remove personal data from messages; their digests remain unchanged.

        Inbound content is removed entirely. Outbound content keeps its structure, because its
        numbers and references are compared with later messages.

        :param values: the ``PersonalValues`` of the person; ``None`` to redact by the keys of the
            content only
        """
        values = values or PersonalValues()
        rows = []
        for message in self.sudo():
            payload = BLANK
            if message.direction == "out":
                payload = self._redact_body(message._raw_payload(), values)
            result = message.result and values.redact(message.result, everything=True)
            error = message.error or ""
            rows.append(
                SQL(
                    "(%s, %s, %s, %s)",
                    message.id,
                    base64.b64encode(payload),
                    json.dumps(result) if result else None,
                    (ERASED if values.find(error) else error) or None,
                )
            )
        if not rows:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE oms_channel_message message
                   SET payload = row.payload, result = row.result::jsonb, error = row.error,
                       trace = NULL, customer_ref = NULL, erase_waits = FALSE,
                       erased_at = %s
                   FROM (VALUES %s) AS row (id, payload, result, error)
                   WHERE message.id = row.id""",
                fields.Datetime.now(),
                SQL(", ").join(rows),
            )
        )
        self.invalidate_recordset(flush=False)

    @api.model
    def _redact_body(self, body, values):
        """:return: the content of an outbound message, without personal data"""
        try:
            return json.dumps(
                values.redact(loads(body), everything=True), default=str, sort_keys=True
            ).encode()
        except ValueError:
            return BLANK

    @api.autovacuum
    def _gc_erase_waiting(self):
        """Erase customers whose erasure was postponed because of open orders.

        :return: how many requests were processed
        :rtype: int
        """
        waiting = self.search(
            [("erase_waits", "=", True)], order="write_date, id", limit=MAX_WAITING
        )
        for message in waiting:
            channel = message.channel_id
            with self.env.cr.savepoint():
                document = channel._adapter()._read(channel, message.topic, message._raw_payload())
                message.error = self.env["oms.channel.notice"]._apply(channel, message, document)
        return len(waiting)

    def _erase_late(self):
        """Erase finished messages of erased orders that arrived after the erasure."""
        late = self.filtered(lambda m: m.order_id.oms_erased_at and not m.erased_at)
        late.filtered(lambda m: m.state in ("done", "ignored"))._erase()

    def _count_erased(self):
        """Record the repeated delivery of an erased event; its content is not stored."""
        for message in self:
            message.deliveries += 1
        self.env["oms.event"]._log(
            self,
            "message.duplicate",
            self.env._("Received again after erasure: the content was not stored"),
        )
