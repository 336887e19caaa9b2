"""The health of a channel, and actions that open the records concerned."""

from odoo import api, fields, models
from odoo.tools import format_datetime


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    health = fields.Selection(
        [("ok", "Healthy"), ("warning", "Needs Attention"), ("error", "Error")],
        compute="_compute_health",
    )
    health_text = fields.Char(compute="_compute_health")
    pending_count = fields.Integer(compute="_compute_health")
    hold_count = fields.Integer("Open Exceptions", compute="_compute_health")
    failed_count = fields.Integer(compute="_compute_health")
    order_count = fields.Integer(compute="_compute_order_count")
    last_message_at = fields.Datetime(compute="_compute_health")

    # === COMPUTE METHODS === #

    @api.depends("state", "alert_ids.state", "alert_ids.level", "alert_ids.text")
    def _compute_health(self):
        Message = self.env["oms.channel.message"]
        counts = {
            (channel.id, state): (count, last)
            for channel, state, count, last in Message._read_group(
                [("channel_id", "in", self.ids), ("state", "in", ("pending", "failed"))],
                ["channel_id", "state"],
                ["__count", "create_date:max"],
            )
        }
        holds = dict(
            self.env["oms.hold"]._read_group(
                [("channel_id", "in", self.ids), ("state", "=", "open")],
                ["channel_id"],
                ["__count"],
            )
        )
        last_seen = self._last_message_dates()
        alerts = self._worst_alerts()
        for channel in self:
            channel.pending_count = counts.get((channel.id, "pending"), (0, None))[0]
            channel.failed_count = counts.get((channel.id, "failed"), (0, None))[0]
            channel.hold_count = holds.get(channel, 0)
            channel.last_message_at = last_seen.get(channel.id)
            channel.health, channel.health_text = channel._describe_health(alerts.get(channel))

    def _last_message_dates(self):
        """:return: the date of the last message of each channel, by channel id; one index look-up
        each
        """
        if not self.ids:
            return {}
        self.env["oms.channel.message"].flush_model(["channel_id", "direction"])
        self.env.cr.execute(
            """SELECT channel.id, last.create_date
               FROM unnest(%s) AS channel (id) CROSS JOIN LATERAL (
                   SELECT create_date FROM oms_channel_message
                   WHERE channel_id = channel.id AND direction = 'in'
                   ORDER BY id DESC LIMIT 1) AS last""",
            [self.ids],
        )
        return dict(self.env.cr.fetchall())

    def _worst_alerts(self):
        """:return: the most severe open alert of each channel that has one, with its level"""
        alerts = self.env["oms.channel.alert"].search(
            [("channel_id", "in", self.ids), ("state", "=", "open")]
        )
        return {
            channel: of_channel[0] for channel, of_channel in alerts.grouped("channel_id").items()
        }

    def _describe_health(self, alert=None):
        """:param alert: the most severe open alert of the channel, if any
        :return: the health of one channel and its explanation
        """
        if self.state == "draft":
            return "warning", self.env._("Not live yet: continue the setup.")
        if self.state == "paused":
            return "warning", self.env._(
                "Paused: received messages are stored and processed later."
            )
        if alert and alert.level == "error":
            return self._describe_alert(alert)
        if self.failed_count:
            return "error", self.env._(
                "Failed messages: %(count)s. Check the reasons, then retry.",
                count=self.failed_count,
            )
        if alert:
            return self._describe_alert(alert)
        if self.hold_count:
            return "warning", self.env._("Exceptions to review: %(count)s.", count=self.hold_count)
        return "ok", self.env._("All messages are processed.")

    def _describe_alert(self, alert):
        """:return: level and message of an alert, with its start"""
        since = format_datetime(self.env, alert.since, dt_format="short")
        return alert.level, self.env._("%(text)s (since %(since)s)", text=alert.text, since=since)

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("oms_channel_id", "in", self.ids)], ["oms_channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.order_count = counts.get(channel, 0)

    # === ACTION METHODS === #

    def action_view_orders(self):
        self.ensure_one()
        self.check_access("read")
        return self._action_for(
            "oms_addon.sale_order_action_oms", [("oms_channel_id", "=", self.id)]
        )

    def action_view_messages(self):
        self.ensure_one()
        self.check_access("read")
        return self._action_for(
            "oms_addon.oms_channel_message_action", [("channel_id", "=", self.id)]
        )

    def action_view_failed_outbox(self):
        self.ensure_one()
        self.check_access("read")
        action = self._action_for(
            "oms_addon.oms_channel_message_action_outbox", [("channel_id", "=", self.id)]
        )
        return {**action, "context": {"search_default_failed": 1}}

    def action_view_holds(self):
        self.ensure_one()
        self.check_access("read")
        action = self._action_for("oms_addon.oms_hold_action", [("channel_id", "=", self.id)])
        return {**action, "context": {"search_default_open": 1, "search_default_reason": 1}}

    def action_view_listings(self):
        self.ensure_one()
        self.check_access("read")
        action = self._action_for(
            "oms_addon.oms_channel_listing_action", [("channel_id", "=", self.id)]
        )
        return {**action, "context": {"default_channel_id": self.id}}

    def _action_for(self, xmlid, domain):
        """:return: the action ``xmlid`` limited to ``domain``, with the default filters
        (``search_default_…``) of the button's context
        """
        filters = {
            key: value
            for key, value in self.env.context.items()
            if key.startswith("search_default_")
        }
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": filters}
