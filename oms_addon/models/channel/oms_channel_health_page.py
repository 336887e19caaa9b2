"""Content of a channel's health page: rate limits, circuit breaker, orders by day."""

import time

from odoo import api, fields, models

from odoo.addons.oms_addon.models.message.oms_channel_meter import BREAKER

DAYS = 14


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    limit_bars = fields.Json("Rate Limits", compute="_compute_meters")
    breaker_text = fields.Char("Connection", compute="_compute_meters")
    day_bars = fields.Json("Orders by Day", compute="_compute_day_bars")
    alert_count = fields.Integer("Open Alerts", compute="_compute_alert_count")
    backfill_running = fields.Selection(
        [("yes", "Yes"), ("no", "No")], "History Import Running", compute="_compute_running"
    )
    can_sync_locations = fields.Boolean(compute="_compute_can_sync_locations")

    # === COMPUTE METHODS === #

    def _compute_meters(self):
        """Compute the remaining share of each rate limit, and whether calls are paused."""
        meters = self.env["oms.channel.meter"].search([("channel_ref", "in", self.ids)])
        of_channels = meters.grouped("channel_ref")
        for channel in self:
            mine = of_channels.get(channel.id, meters.browse())
            breaker = mine.filtered(lambda m: m.name == BREAKER)
            channel.limit_bars = [meter._bar() for meter in mine - breaker if meter.burst]
            channel.breaker_text = (
                self.env._("Failed polls in a row: %(count)s.", count=channel.fetch_failures)
                if channel.fetch_failures and not breaker.failures
                else breaker._breaker_text()
            )

    def _compute_day_bars(self):
        """Compute the number of orders on the channel and in Odoo by day, from the checks."""
        since = fields.Date.subtract(fields.Date.context_today(self), days=DAYS)
        gaps = self.env["oms.channel.gap"].search(
            [
                ("channel_id", "in", self.ids),
                ("day", ">=", since),
                ("state", "in", ("even", "gap")),
            ],
            order="day",
        )
        of_channels = gaps.grouped("channel_id")
        for channel in self:
            channel.day_bars = [gap._bar() for gap in of_channels.get(channel, ())]

    def _compute_alert_count(self):
        alerts = self.env["oms.channel.alert"].search(
            [("channel_id", "in", self.ids), ("state", "=", "open")]
        )
        of_channels = alerts.grouped("channel_id")
        for channel in self:
            channel.alert_count = len(of_channels.get(channel, ()))

    @api.depends("backfill_ids.state")
    def _compute_running(self):
        for channel in self:
            is_running = "running" in channel.backfill_ids.mapped("state")
            channel.backfill_running = "yes" if is_running else "no"

    @api.depends("adapter")
    def _compute_can_sync_locations(self):
        codes = self._codes_that("_can_fetch_locations")
        for channel in self:
            channel.can_sync_locations = channel.adapter in codes

    # === ACTION METHODS === #

    def action_view_alerts(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("channel_id", "=", self.id)]
        return self._action_for("oms_addon.oms_channel_alert_action", domain)


class OmsChannelMeter(models.Model):
    _inherit = "oms.channel.meter"

    def _bar(self):
        """:return: a rate limit for display"""
        now = time.time()
        left = min(self.burst, self.tokens + max(now - self.counted_at, 0) * self.rate)
        waits = self.blocked_until - now
        return {
            "name": self.env._("All Calls") if self.name == "default" else self.name,
            "percent": 0 if waits > 0 else round(max(left, 0) / self.burst * 100),
            "text": self.env._("paused for %(seconds)s s", seconds=round(waits))
            if waits > 0
            else self.env._(
                "%(left)s of %(burst)s calls left, %(rate)s more per minute",
                left=int(max(left, 0)),
                burst=f"{self.burst:g}",
                rate=f"{self.rate * 60:g}",
            ),
        }

    def _breaker_text(self):
        """:return: whether calls are made, for display"""
        waits = self.blocked_until - time.time() if self else 0
        if waits > 0:
            return self.env._(
                "Paused for %(seconds)s s after %(count)s failures in a row.",
                seconds=round(waits),
                count=self.failures,
            )
        if self.failures:
            return self.env._("Failures in a row: %(count)s.", count=self.failures)
        return self.env._("The channel responds.")
