"""Inbox and outbox: every event from outside, every effect to the outside, whole."""

import base64
import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BACKOFF_SECONDS = 30
BACKOFF_LIMIT = 6 * 3600


class OmsChannelMessage(models.Model):
    _name = "oms.channel.message"
    _description = "Channel Message"
    _order = "id desc"
    _rec_name = "event_ref"

    # What may follow what; see _set_state.
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
    topic = fields.Char(required=True, readonly=True)
    event_ref = fields.Char("Event", required=True, readonly=True)
    order_ref = fields.Char("Channel order", readonly=True)
    customer_ref = fields.Char("Channel's customer", readonly=True)
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
            ("ignored", "Ignored"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    priority = fields.Integer(default=10, readonly=True, help="Lower goes first.")
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime("Next try", readonly=True)
    deliveries = fields.Integer(
        "Times delivered", default=1, readonly=True, help="How often the channel sent this event."
    )
    error = fields.Char("Result in words", readonly=True)
    trace = fields.Text(readonly=True, groups="base.group_system")
    result = fields.Json(readonly=True, help="What the other side answered.")
    done_at = fields.Datetime(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null")
    waits_for = fields.Selection(
        [("order", "Its order"), ("customer", "An order of its customer")],
        readonly=True,
        help="What may come by itself and lets the message go on.",
    )
    conflict_of_id = fields.Many2one(
        "oms.channel.message", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    hold_ids = fields.One2many("oms.hold", "message_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        help="The customer a person chose for it, whoever the message names.",
    )
    summary = fields.Html("In words", compute="_compute_summary", sanitize=False)
    is_editing = fields.Boolean("Edit content", store=False, help="Unlocks the content.")

    _event_uniq = models.UniqueIndex(
        "(channel_id, direction, event_ref) WHERE conflict_of_id IS NULL",
        "The channel sent this event before.",
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

    @api.depends("payload", "hold_ids.state", "hold_ids.sku_key")
    def _compute_summary(self):
        for message in self:
            message.summary = message._render_summary()

    def _inverse_payload_text(self):
        """Edit and retry: the message's body becomes what the person wrote."""
        for message in self:
            body = (message.payload_text or "").encode()
            before = message.digest
            message.write(
                {"payload": base64.b64encode(body), "digest": hashlib.sha256(body).hexdigest()}
            )
            self.env["oms.event"]._log(
                message,
                "message.edited",
                self.env._("Content edited by hand"),
                before=before,
                after=message.digest,
            )

    # === ACTION METHODS === #

    def action_retry(self):
        """Try again now, as if it had just come."""
        self.filtered(lambda m: m.state in ("failed", "parked", "ignored"))._requeue(
            self.env._("Retry by hand")
        )
        return True

    def action_ignore(self):
        self.filtered(lambda m: m.state in ("failed", "parked"))._set_state(
            "ignored", self.env._("Set aside by %(user)s.", user=self.env.user.name)
        )
        return True

    def action_view_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(message.state != "done" for message in self):
            raise UserError(
                self.env._("A message that is not done cannot be deleted: retry it or ignore it.")
            )

    @api.autovacuum
    def _gc_finished(self):
        """Delete messages that are done for longer than the settings keep them."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("oms_addon.keep_days", 365))
        if days:
            limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            self.search([("state", "=", "done"), ("done_at", "<", limit)], limit=10000).unlink()

    # === BUSINESS METHODS: INBOX === #

    def _render_summary(self):
        """:return: the document of the message as people read it; empty when it is none"""
        self.ensure_one()
        channel = self.channel_id
        if self.direction != "in" or not channel:
            return False
        try:
            document = channel._adapter()._parse(channel, self.topic, self._raw_payload())
        except Exception:  # noqa: BLE001 - its error is on the message, the content below it
            _logger.debug("Message %s has no summary", self.id, exc_info=True)
            return False
        if document is None:
            return False
        unknown = self.hold_ids.filtered(lambda h: h.state == "open" and h.sku_key)
        return self.env["ir.qweb"]._render(
            "oms_addon.oms_channel_message_summary",
            {
                "document": document,
                "unknown_skus": set(unknown.mapped("sku_key")),
                "sku_key": self.env["oms.channel.listing"]._key,
            },
        )

    def _raw_payload(self):
        """:return: the body as it came
        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).payload or b"")

    @api.model
    def _pretty(self, body):
        """:return: the body for people: indented when it is JSON
        :rtype: str
        """
        try:
            return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        except ValueError:
            return body.decode("utf-8", "replace")

    @api.model
    def _insert_inbound(self, channel, events):
        """Insert events that were not there yet; count the others as delivered again.

        The same event with another body is not applied: it is kept beside the first as a
        conflicting duplicate and shown.

        :param channel: the channel that sent them
        :param list events: tuples (topic, event_ref, payload bytes, order_ref or None)
        :return: one message per event, in order
        :rtype: oms.channel.message
        """
        rows = {}
        for topic, event_ref, payload, order_ref in events:
            rows.setdefault(
                (event_ref, hashlib.sha256(payload).hexdigest()), (topic, payload, order_ref)
            )
        firsts = {}
        for (event_ref, digest), (topic, payload, order_ref) in rows.items():
            firsts.setdefault(event_ref, (topic, event_ref, order_ref, payload, digest))
        created = self._insert_rows(channel, "in", firsts.values())
        known = {
            message.event_ref: message
            for message in self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("direction", "=", "in"),
                    ("event_ref", "in", list(firsts)),
                    ("conflict_of_id", "=", False),
                ]
            )
        }
        new_ids = set(created)
        repeated = self.browse()
        messages = []
        for _topic, event_ref, payload, _order_ref in events:
            message = known[event_ref]
            digest = hashlib.sha256(payload).hexdigest()
            if message.digest != digest:
                messages.append(self._keep_conflict(message, payload, digest).id)
                continue
            if message.id in new_ids:
                new_ids.discard(message.id)
            else:
                repeated += message
            messages.append(message.id)
        self._count_repeated(repeated)
        return self.browse(messages)

    @api.model
    def _insert_rows(self, channel, direction, rows, priority=10):
        """Insert message rows with one statement; those that exist are left alone.

        :param rows: tuples (topic, event_ref, order_ref, payload bytes, digest)
        :return: ids of the rows that are new
        :rtype: list[int]
        """
        now, uid = fields.Datetime.now(), self.env.uid
        values = SQL(", ").join(
            SQL(
                "(%s)",
                SQL(", ").join(
                    SQL("%s", value)
                    for value in (
                        direction,
                        channel.id,
                        channel.company_id.id,
                        topic,
                        event_ref,
                        order_ref,
                        base64.b64encode(payload),
                        digest,
                        "pending",
                        priority,
                        0,
                        1,
                        now,
                        uid,
                        now,
                        uid,
                    )
                ),
            )
            for topic, event_ref, order_ref, payload, digest in rows
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_channel_message (direction, channel_id, company_id, topic,
                       event_ref, order_ref, payload, digest, state, priority, attempts,
                       deliveries, create_date, create_uid, write_date, write_uid)
                   VALUES %s
                   ON CONFLICT (channel_id, direction, event_ref)
                       WHERE conflict_of_id IS NULL DO NOTHING
                   RETURNING id""",
                values,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _keep_conflict(self, first, payload, digest):
        """Keep a body that contradicts the first one of its event, and show it.

        :return: the message that holds it
        """
        conflict = self.search(
            [("conflict_of_id", "=", first.id), ("digest", "=", digest)], limit=1
        )
        if conflict:
            self._count_repeated(conflict)
            return conflict
        conflict = self.create(
            {
                "direction": "in",
                "channel_id": first.channel_id.id,
                "company_id": first.company_id.id,
                "topic": first.topic,
                "event_ref": first.event_ref,
                "order_ref": first.order_ref,
                "payload": base64.b64encode(payload),
                "digest": digest,
                "conflict_of_id": first.id,
            }
        )
        conflict._park(
            [
                {
                    "code": "CONFLICTING_DUPLICATE",
                    "message": self.env._(
                        "Event %(event)s came twice with different content; the first was "
                        "applied, this one was not.",
                        event=first.event_ref,
                    ),
                }
            ]
        )
        return conflict

    def _count_repeated(self, messages):
        """Record that events were delivered again; nothing else happens."""
        for message in messages:
            message.deliveries += 1
        self.env["oms.event"]._log(
            messages, "message.duplicate", self.env._("Delivered again: nothing to do")
        )

    # === BUSINESS METHODS: STATES === #

    def _set_state(self, state, text=False, **values):
        """Move messages to a state of the table; a move to the same state changes nothing.

        :param str state: the state to reach
        :param str text: the result in words
        :param dict values: more fields to write
        :raise UserError: when the move is not in the table
        """
        moving = self.filtered(lambda m: m.state != state)
        for message in moving:
            if state not in self._TRANSITIONS[message.state]:
                raise UserError(
                    self.env._(
                        "Message %(message)s is %(now)s and cannot become %(then)s.",
                        message=message.event_ref,
                        now=message.state,
                        then=state,
                    )
                )
        moving.write({"state": state, "error": text, **values})
        if state in ("done", "ignored"):
            # Nobody but the system sees the trace, and everybody may end it.
            moving.sudo().write({"done_at": fields.Datetime.now(), "trace": False})
            moving.hold_ids.sudo()._close(text or self.env._("The message is done."))

    def _park(self, problems):
        """Let a message wait, with its reasons in the exceptions list.

        :param list problems: dicts with ``code``, ``message`` and optionally ``sku``
        """
        self.ensure_one()
        self._set_state("parked", "; ".join(problem["message"] for problem in problems))
        self.env["oms.hold"]._open(self, problems)

    def _requeue(self, why):
        """Put messages back in the queue and wake the lane.

        :param str why: the reason, kept in the audit trail
        """
        if not self:
            return
        self.hold_ids.sudo()._close(why)
        self._set_state("pending", why, next_try_at=False, attempts=0)
        self.env["oms.event"]._log(self, "message.requeued", why)
        for direction in set(self.mapped("direction")):
            lane = "inbox" if direction == "in" else "outbox"
            self.env.ref(f"oms_addon.oms_lane_{lane}").sudo()._wake()

    def _fail(self, error, trace="", seconds=None, final=False):
        """Count a failed try: try again later, or give up and tell a person.

        :param str error: cause and cure in words
        :param str trace: the traceback, for the system's administrator
        :param int seconds: the soonest next try; ``None`` for the usual back-off
        :param bool final: whether trying again is useless
        """
        for message in self:
            attempts = message.attempts + 1
            values = {"attempts": attempts, "error": error, "trace": trace}
            if not final and attempts < MAX_ATTEMPTS:
                delay = seconds or min(BACKOFF_SECONDS * 2 ** (attempts - 1), BACKOFF_LIMIT)
                values["next_try_at"] = fields.Datetime.add(fields.Datetime.now(), seconds=delay)
                message.write(values)
                continue
            message.write({**values, "state": "failed"})
            message._tell_owner(error)

    def _tell_owner(self, error):
        """Open an activity for the person who looks after the channel."""
        self.ensure_one()
        channel = self.channel_id.sudo()
        owner = channel.user_id or channel.company_id.oms_user_id or self.env.ref("base.user_admin")
        channel.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Message %(message)s failed", message=self.event_ref),
            note=error,
            user_id=owner.id,
        )

    # === BUSINESS METHODS: OUTBOX === #

    @api.model
    def _send_later(self, rows, priority=10):
        """Write outside effects to the outbox; the lane sends them after the commit.

        :param list rows: tuples (channel, topic, idempotency key, order, content dict);
            a key that is there already is left alone
        :param int priority: lower goes first
        """
        by_channel = {}
        for channel, topic, key, order, content in rows:
            body = json.dumps(content, default=str, sort_keys=True).encode()
            by_channel.setdefault(channel, []).append(
                (topic, key, order.oms_order_ref, body, hashlib.sha256(body).hexdigest())
            )
        for channel, of_channel in by_channel.items():
            self.sudo()._insert_rows(channel, "out", of_channel, priority)
        self._link_orders(rows)
        if rows:
            self.env.ref("oms_addon.oms_lane_outbox").sudo()._wake()

    @api.model
    def _link_orders(self, rows):
        """Name the order of each outbound row, with one statement."""
        links = [
            (channel.id, key, order.id) for channel, _topic, key, order, _content in rows if order
        ]
        if not links:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE oms_channel_message message SET order_id = link.order_id
                   FROM (VALUES %s) AS link (channel_id, event_ref, order_id)
                   WHERE message.channel_id = link.channel_id AND message.direction = 'out'
                     AND message.event_ref = link.event_ref AND message.order_id IS NULL""",
                SQL(", ").join(SQL("(%s, %s, %s)", *link) for link in links),
            )
        )
        self.invalidate_model(["order_id"], flush=False)
