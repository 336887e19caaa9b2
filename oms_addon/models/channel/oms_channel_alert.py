"""Problems of a channel: since when, how often they occurred, and the remedy."""

from odoo import api, fields, models
from odoo.tools import SQL

#: most severe first
LEVELS = ("error", "warning")


class OmsChannelAlert(models.Model):
    """One row for each problem, open until it is resolved."""

    _name = "oms.channel.alert"
    _description = "Channel Alert"
    _inherit = ["oms.state.mixin"]
    _order = "state, level, since desc, id desc"
    _rec_name = "text"

    _TRANSITIONS = {"open": ("settled",), "settled": ()}

    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    code = fields.Char(required=True, readonly=True)
    level = fields.Selection(
        [("error", "Error"), ("warning", "Warning")], required=True, readonly=True
    )
    text = fields.Char("Problem", required=True, readonly=True)
    advice = fields.Char("Recommended Action", readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    last_at = fields.Datetime("Last Seen", required=True, readonly=True)
    count = fields.Integer("Occurrences", default=1, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("settled", "Resolved")], default="open", required=True, readonly=True
    )
    settled_at = fields.Datetime("Resolved On", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    has_place = fields.Boolean("Has Location", compute="_compute_has_place")

    _open_uniq = models.UniqueIndex(
        "(channel_id, code) WHERE state = 'open'", "This is known of the channel already."
    )

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_has_place(self):
        places = self.env["oms.channel"]._alert_places()
        for alert in self:
            alert.has_place = alert.code in places

    # === ACTION METHODS === #

    def action_resolve(self):
        """Resolve alerts manually."""
        self.check_access("write")
        self = self.sudo()
        for channel, alerts in self.grouped("channel_id").items():
            channel._resolve_alert(*alerts.mapped("code"))
        return True

    def action_open_place(self):
        """Open the page where the problem can be fixed."""
        self.ensure_one()
        self.check_access("read")
        channel = self.channel_id
        place = channel._alert_places().get(self.code)
        return getattr(channel, place)() if place else channel.get_formview_action()

    # === CRUD METHODS === #

    @api.autovacuum
    def _gc_resolved(self):
        """Delete alerts that were resolved before the retention period."""
        limit = self.env["oms.retention"]._limit("inbound")
        if limit:
            self.search(
                [("state", "=", "settled"), ("settled_at", "<", limit)], limit=10000
            ).unlink()


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    alert_ids = fields.One2many(
        "oms.channel.alert", "channel_id", "Alerts", domain=[("state", "=", "open")]
    )

    @api.model
    def _alert_places(self):
        """:return: the action method of the channel that opens the page to fix an alert, by alert
            code
        :rtype: dict[str, str]
        """
        return {
            "outbox": "action_view_failed_outbox",
            "stock": "action_view_listings",
            "listings": "action_view_listings",
        }

    def _raise_alert(self, code, text, advice="", level="error"):
        """Raise an alert on channels; count another occurrence if it is open already.

        A new alert creates an activity for the owner and an audit event.

        :param str code: the kind of problem; one open alert per kind and channel
        :param str|dict text: the message for display, or one per channel id
        :param str advice: the remedy
        :param str level: ``error`` or ``warning``
        """
        if not self:
            return
        texts = text if isinstance(text, dict) else dict.fromkeys(self.ids, text)
        Alert = self.env["oms.channel.alert"].sudo()
        Alert.flush_model()
        now, uid = fields.Datetime.now(), self.env.uid
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_channel_alert AS alert (channel_id, company_id, code, level,
                       text, advice, since, last_at, count, state,
                       create_uid, create_date, write_uid, write_date)
                   VALUES %s
                   ON CONFLICT (channel_id, code) WHERE state = 'open' DO UPDATE
                       SET text = EXCLUDED.text, advice = EXCLUDED.advice,
                           level = EXCLUDED.level, last_at = EXCLUDED.last_at,
                           count = alert.count + 1, write_date = EXCLUDED.write_date
                   RETURNING id, count""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s, %s, 1, 'open', %s, %s, %s, %s)",
                        *(channel.id, channel.company_id.id, code, level),
                        *(texts[channel.id], advice or None, now, now, uid, now, uid, now),
                    )
                    for channel in self
                ),
            )
        )
        new_ids = [alert_id for alert_id, count in self.env.cr.fetchall() if count == 1]
        Alert.invalidate_model(flush=False)
        self.invalidate_recordset(["alert_ids", "health", "health_text"], flush=False)
        self._announce_alerts(Alert.browse(new_ids))

    @api.model
    def _announce_alerts(self, alerts):
        """Notify the owners of the channels of new alerts and log them in the audit trail."""
        for alert in alerts:
            alert.activity_id = alert.channel_id._notify_owner(alert.text, alert.advice or "")
        for alert in alerts:
            self.env["oms.event"]._log(
                alert.channel_id, "channel.alert", alert.text[:500], after=alert.code
            )

    def _resolve_alert(self, *codes):
        """Resolve the open alerts of these kinds.

        :param codes: kinds of alerts
        """
        alerts = (
            self.env["oms.channel.alert"]
            .sudo()
            .search(
                [
                    ("channel_id", "in", self.ids),
                    ("code", "in", codes),
                    ("state", "=", "open"),
                ]
            )
        )
        if not alerts:
            return
        alerts._set_state("settled", settled_at=fields.Datetime.now())
        for alert in alerts:
            self.env["oms.event"]._log(
                alert.channel_id,
                "channel.settled",
                self.env._("Resolved: %(text)s", text=alert.text)[:500],
                before=alert.code,
            )
        alerts.activity_id.action_feedback(feedback=self.env._("Resolved."))
        self.invalidate_recordset(["alert_ids", "health", "health_text"], flush=False)
