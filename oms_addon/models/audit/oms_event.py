"""The audit trail: events of records with actor and values, sealed in a hash chain."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class Event(NamedTuple):
    """One event to append: the columns of its row, without those that are the same for all."""

    company_id: int
    res_model: str
    res_id: int
    code: str
    name: str
    actor: str
    order_ref: str | None = None
    channel_id: int | None = None
    before: str | None = None
    after: str | None = None


class OmsEvent(models.Model):
    _name = "oms.event"
    _description = "Order Event"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    # Plain references: events are kept when their record is deleted.
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    order_ref = fields.Char("Order", readonly=True)
    channel_id = fields.Many2one("oms.channel", readonly=True, ondelete="restrict")
    code = fields.Char(required=True, readonly=True)
    name = fields.Char("Event", required=True, readonly=True)
    before = fields.Char("Recorded Previous Value", readonly=True)
    after = fields.Char("Recorded New Value", readonly=True)
    actor = fields.Char(readonly=True, help="User, background job or rule that caused the event.")
    happened_at = fields.Datetime("Date", required=True, readonly=True)
    # Concurrent transactions commit events out of id order, so the chain has its own
    # position.
    position = fields.Integer(readonly=True, help="Position in the chain of the company.")
    digest = fields.Char(readonly=True, help="SHA-256 over this event and the previous one.")
    salt = fields.Char(readonly=True, groups="base.group_system")
    text_digest = fields.Char(
        readonly=True, help="SHA-256 over the texts of this event and a random number."
    )
    erased_at = fields.Datetime(
        "Erased On",
        readonly=True,
        help="The personal data in the texts was removed. The digest of the texts is kept, so "
        "that the audit trail can still be verified.",
    )

    _record_idx = models.Index("(res_model, res_id, id)")
    _unsealed_idx = models.Index("(company_id, id) WHERE digest IS NULL")
    _position_uniq = models.UniqueIndex("(company_id, position) WHERE digest IS NOT NULL")

    def init(self):
        """Make the table append-only with a trigger; only the seal can be added, and the texts
        erased once.
        """
        self.env.cr.execute("""
            CREATE OR REPLACE FUNCTION oms_event_append_only() RETURNS trigger AS $$
            DECLARE
                seal text[] := ARRAY['digest', 'position', 'salt', 'text_digest'];
                texts text[] := ARRAY['name', 'before', 'after', 'actor', 'salt', 'erased_at'];
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.digest IS NULL AND NEW.digest IS NOT NULL
                   AND to_jsonb(NEW) - seal = to_jsonb(OLD) - seal THEN
                    RETURN NEW;
                END IF;
                IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
                   AND NEW.name = 'Personal data erased' AND NEW.before IS NULL
                   AND NEW.after IS NULL AND NEW.salt IS NULL
                   AND (NEW.actor IS NULL OR NEW.actor = OLD.actor)
                   AND to_jsonb(NEW) - texts = to_jsonb(OLD) - texts THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'oms_event is append-only';
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS oms_event_no_truncate ON oms_event;
            CREATE TRIGGER oms_event_no_truncate BEFORE TRUNCATE ON oms_event
                FOR EACH STATEMENT EXECUTE FUNCTION oms_event_append_only();
            DROP TRIGGER IF EXISTS oms_event_append_only ON oms_event;
            CREATE TRIGGER oms_event_append_only BEFORE UPDATE OR DELETE ON oms_event
                FOR EACH ROW EXECUTE FUNCTION oms_event_append_only();
        """)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Events of the audit trail cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Events of the audit trail cannot be deleted."))

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, records, code, name, **values):
        """Append one event per record.

        :param records: records with a company
        :param str code: the event code, e.g. ``order.captured``
        :param str|dict name: the event text, or one per record id
        :param dict values: ``before``, ``after``, ``actor`` of the events, each a value
            or a dict by record id
        """
        self._append([self._prepare_event(record, code, name, values) for record in records])

    @api.model
    def _prepare_event(self, record, code, name, values):
        """:rtype: Event"""

        def pick(value):
            return value.get(record.id) if isinstance(value, dict) else value

        is_order = record._name == "sale.order"
        channel = (
            record
            if record._name == "oms.channel"
            else (
                record.oms_channel_id
                if is_order
                else record.channel_id
                if "channel_id" in record._fields
                else self.env["oms.channel"]
            )
        )
        return Event(
            company_id=(record.company_id or channel.company_id or self.env.company).id,
            res_model=record._name,
            res_id=record.id,
            order_ref=self._order_ref_of(record),
            channel_id=channel.id or None,
            code=code,
            name=pick(name),
            before=pick(values.get("before")) or None,
            after=pick(values.get("after")) or None,
            actor=pick(values.get("actor")) or self._actor(),
        )

    @api.model
    def _order_ref_of(self, record):
        """:return: the number of the order a record belongs to; ``None`` for none"""
        if record._name == "sale.order":
            return record.oms_order_ref or record.name or None
        for name in ("order_ref", "order_id"):
            value = record[name] if name in record._fields else None
            if value:
                return value if name == "order_ref" else value.oms_order_ref or value.name
        return None

    @api.model
    def _actor(self):
        """:return: the background job or rule in the context, else the user's name"""
        return unsealed(self.env, "actor") or self.env.user.name

    @api.model
    def _append(self, events):
        """Insert events in one statement.

        :param list[Event] events: from ``_prepare_event``
        """
        if not events:
            return
        now, uid = fields.Datetime.now(), self.env.uid
        columns = (*Event._fields, "happened_at", *models.LOG_ACCESS_COLUMNS)
        rows = SQL(", ").join(
            SQL("(%s)", SQL(", ").join(SQL("%s", v) for v in (*event, now, uid, now, uid, now)))
            for event in events
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_event (%s) VALUES %s",
                SQL(", ").join(SQL.identifier(column) for column in columns),
                rows,
            )
        )
        self.invalidate_model(flush=False)
