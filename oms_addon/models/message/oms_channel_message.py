"""Inbox and outbox: one record per inbound event and per outbound effect, with its full content."""

import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.json_shape import to_json_text
from odoo.addons.oms_addon.tools.sealed_context import unsealed

#: states in which a person may correct the content a channel sent
EDITABLE = ("parked", "failed")


class OmsChannelMessage(models.Model):
    _name = "oms.channel.message"
    _description = "Channel Message"
    _inherit = ["oms.state.mixin"]
    _order = "id desc"
    _rec_name = "event_ref"

    _TRANSITIONS = {
        "pending": ("done", "parked", "failed", "ignored"),
        "parked": ("pending", "done", "failed", "ignored"),
        "failed": ("pending", "ignored"),
        "done": (),
        "ignored": ("pending",),
    }

    direction = fields.Selection([("in", "Inbox"), ("out", "Outbox")], required=True, readonly=True)
    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    via = fields.Selection(
        [
            ("webhook", "Webhook"),
            ("poll", "Poll"),
            ("gap", "Reconciliation"),
            ("backfill", "History Import"),
        ],
        "Received Via",
        readonly=True,
    )
    topic = fields.Char(required=True, readonly=True)
    event_ref = fields.Char("Event", required=True, readonly=True)
    order_ref = fields.Char("Channel Order", readonly=True)
    customer_ref = fields.Char("Channel Customer", readonly=True)
    payload = fields.Binary(attachment=False, readonly=True)
    payload_text = fields.Text(
        "Content", compute="_compute_payload_text", inverse="_inverse_payload_text"
    )
    digest = fields.Char(readonly=True, help="SHA-256 of the payload.")
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("parked", "Waiting"),
            ("failed", "Failed"),
            ("done", "Done"),
            ("ignored", "Dismissed"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    priority = fields.Integer(
        default=10, readonly=True, help="Messages with a lower number are processed first."
    )
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime("Retry At", readonly=True)
    deliveries = fields.Integer(
        "Times Received",
        default=1,
        readonly=True,
        help="Number of times the channel sent this event.",
    )
    error = fields.Char("Result", readonly=True)
    trace = fields.Text(readonly=True, groups="base.group_system")
    result = fields.Json("Response", readonly=True, help="Response of the channel.")
    done_at = fields.Datetime(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null")
    waits_for = fields.Selection(
        [("order", "Its Order"), ("customer", "An Order of Its Customer")],
        string="Awaited Event",
        readonly=True,
        help="Event that lets the message continue automatically.",
    )
    conflict_of_id = fields.Many2one(
        "oms.channel.message",
        "Conflicting Message",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    hold_ids = fields.One2many("oms.hold", "message_id", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        help="Customer selected by a user, overriding the customer in the message.",
    )
    is_editing = fields.Boolean(
        "Edit Content", store=False, help="Unlocks the content for editing."
    )

    _event_uniq = models.UniqueIndex(
        "(channel_id, direction, event_ref) WHERE conflict_of_id IS NULL",
        "The channel already sent this event.",
    )
    _conflict_uniq = models.UniqueIndex(
        "(channel_id, event_ref, digest) WHERE conflict_of_id IS NOT NULL"
    )
    _todo_idx = models.Index("(direction, priority, id) WHERE state = 'pending'")
    _order_ref_idx = models.Index("(channel_id, order_ref)")
    _customer_idx = models.Index(
        "(channel_id, customer_ref) WHERE state = 'parked' AND waits_for = 'customer'"
    )
    _last_idx = models.Index("(channel_id, direction, id DESC)")
    _state_idx = models.Index("(channel_id, state) WHERE state IN ('pending', 'parked', 'failed')")

    # === COMPUTE METHODS === #

    @api.depends("payload")
    def _compute_payload_text(self):
        for message in self:
            message.payload_text = message._pretty(message._raw_payload())

    def _inverse_payload_text(self):
        """Store an edited payload as the body of the message.

        :raise AccessError: when the user may not edit inbound content
        """
        self._check_editing()
        for message in self:
            body = (message.payload_text or "").encode()
            before = message.digest
            message.sudo().write(
                {"payload": base64.b64encode(body), "digest": hashlib.sha256(body).hexdigest()}
            )
            self.env["oms.event"]._log(
                message,
                "message.edited",
                self.env._("Content edited manually"),
                before=before,
                after=message.digest,
            )

    def _check_editing(self):
        """:raise AccessError: when the user may not edit the content of the message"""
        reported = self.filtered(lambda m: m.direction == "in" and m.state in EDITABLE)
        if not self.env.su and (
            reported != self or not self.env.user.has_group("oms_addon.oms_addon_group_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only managers can edit received messages, and only while the messages are "
                    "waiting or failed."
                )
            )

    # === ACTION METHODS === #

    def action_retry(self):
        """Process or send the messages again, as if they were new."""
        self.check_access("write")
        self = self.sudo()
        self.filtered(lambda m: m.state in ("failed", "parked", "ignored"))._requeue(
            self.env._("Retried manually")
        )
        return True

    def action_ignore(self):
        self.check_access("write")
        self = self.sudo()
        self.filtered(lambda m: m.state in ("failed", "parked"))._set_state(
            "ignored", self.env._("Dismissed by %(user)s.", user=self.env.user.name)
        )
        return True

    def action_view_order(self):
        self.ensure_one()
        self.check_access("read")
        return self.order_id.get_formview_action()

    # === BUSINESS METHODS: CONTENT === #

    def _raw_payload(self):
        """:return: the body as received
        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).payload or b"")

    @api.model
    def _pretty(self, body):
        """:return: the body for display: indented if it is JSON
        :rtype: str
        """
        try:
            return json.dumps(json.loads(to_json_text(body)), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return body.decode("utf-8", "replace")

    @api.model
    def _insert_rows(self, channel, direction, rows, priority=10):
        """Insert message rows with one statement; skip those that already exist.

        :param rows: tuples (topic, event_ref, order_ref, payload bytes, digest)
        :return: ids of the inserted rows
        :rtype: list[int]
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_channel_message (topic, event_ref, order_ref, payload, digest,
                       direction, channel_id, company_id, via, state, priority, attempts,
                       deliveries, create_date, create_uid, write_date, write_uid)
                   VALUES %s
                   ON CONFLICT (channel_id, direction, event_ref)
                       WHERE conflict_of_id IS NULL DO NOTHING
                   RETURNING id""",
                self._row_values(rows, self._shared_values(channel, direction, priority)),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _shared_values(self, channel, direction, priority):
        """:return: the values shared by all rows of one statement, in column order"""
        now, uid = fields.Datetime.now(), self.env.uid
        # via: how events are received ("webhook", "poll" …), see the field ``via``
        via = unsealed(self.env, "via")
        begin = (direction, channel.id, channel.company_id.id, via, "pending", priority, 0, 1)
        return (*begin, now, uid, now, uid)

    @api.model
    def _row_values(self, rows, shared):
        """:return: the rows as SQL VALUES, see ``_insert_rows``"""
        values = (
            (topic, event_ref, order_ref, base64.b64encode(payload), digest, *shared)
            for topic, event_ref, order_ref, payload, digest in rows
        )
        return SQL(", ").join(
            SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in row)) for row in values
        )
