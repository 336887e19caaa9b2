"""Scheduling of reconciliation: every night, and on demand."""

import logging
from collections import namedtuple
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.documents.order import DocumentError
from odoo.addons.oms_addon.exceptions import RateLimited

_logger = logging.getLogger(__name__)

#: hour in the time zone of the channel's company, and number of days compared
NIGHT_HOUR = 3
DAYS = 2
MAX_SHOWN = 300

Window = namedtuple("Window", "start end")


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    gap_ids = fields.One2many("oms.channel.gap", "channel_id", "Reconciliations")
    next_gap_at = fields.Datetime("Next Reconciliation", copy=False, readonly=True)
    can_list_orders = fields.Boolean(compute="_compute_can_list_orders")

    # === COMPUTE METHODS === #

    @api.depends("adapter")
    def _compute_can_list_orders(self):
        codes = self._codes_that_list()
        for channel in self:
            channel.can_list_orders = channel.adapter in codes

    @api.model
    def _codes_that_list(self):
        """:return: the codes of the adapters that can list orders by date"""
        base = type(self.env["oms.channel.adapter"])
        return [
            code
            for code, name in self._adapters().items()
            if self.env[name]._can_fetch
            and any(
                getattr(type(self.env[name]), method) is not getattr(base, method)
                for method in ("_list_orders", "_fetch_window")
            )
        ]

    # === ACTION METHODS === #

    def action_new_gap(self):
        """Open a new check, by default of the last two days."""
        self.ensure_one()
        self.check_access("write")
        now = fields.Datetime.now().replace(second=0)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reconciliation"),
            "res_model": "oms.channel.gap",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_channel_id": self.id,
                "default_date_from": fields.Datetime.subtract(now, days=DAYS),
                "default_date_to": now,
            },
        }

    def action_view_gaps(self):
        self.ensure_one()
        self.check_access("read")
        action = self._action_for(
            "oms_addon.oms_channel_gap_action", [("channel_id", "=", self.id)]
        )
        return {**action, "context": {"default_channel_id": self.id}}

    @api.model
    def _alert_places(self):
        """Extend: the alert opens the list of checks."""
        return {**super()._alert_places(), "gap": "action_view_gaps"}

    # === BACKGROUND JOB === #

    @api.model
    def _get_gap_domain(self):
        """:return: the domain of the channels whose orders are due for comparison"""
        return (
            Domain("state", "=", "live")
            & Domain("adapter", "in", self._codes_that_list())
            & (
                Domain("next_gap_at", "=", False)
                | Domain("next_gap_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _run_care(self):
        """Extend: compare the orders of one channel if no webhook check is due."""
        done = super()._run_care()
        if done:
            return done
        due = self.search(self._get_gap_domain(), order="next_gap_at nulls first, id")
        channel = due.try_lock_for_update(allow_referencing=True, limit=1)
        if channel:
            channel._check_last_days()
        return len(channel)

    def _check_last_days(self):
        """Continue unfinished checks, else compare the last days; schedule the next night.

        A new channel is first compared in its first night.
        """
        self.ensure_one()
        is_new = not self.next_gap_at
        self.next_gap_at = self._next_night()
        gaps = self.gap_ids.filtered(lambda g: g.state == "listing" or g.state == "draft" and g.day)
        if not gaps and not is_new:
            today = datetime.now(self._zone()).date()
            gaps = self._gaps_of([today - timedelta(days=n) for n in range(DAYS, 0, -1)])
        self._check_gaps(gaps.sorted("date_from"))

    def _zone(self):
        """:return: the time zone of the channel's company"""
        self.ensure_one()
        try:
            return ZoneInfo(self.company_id.partner_id.tz or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def _next_night(self):
        """:return: the time of the next nightly check in UTC, staggered by channel"""
        zone = self._zone()
        now = datetime.now(zone)
        moment = time(NIGHT_HOUR, self.id % 60)
        day = now.date() if now.time() < moment else now.date() + timedelta(days=1)
        return self._utc(datetime.combine(day, moment, zone))

    @api.model
    def _utc(self, moment):
        """:return: a time as Odoo stores it: UTC without a zone"""
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        return moment.replace(microsecond=0)

    @api.model
    def _day_window(self, zone, day):
        """:return: start and end of a day in a time zone, in UTC"""
        return Window(
            *(
                self._utc(datetime.combine(each, time.min, zone))
                for each in (day, day + timedelta(days=1))
            )
        )

    def _gaps_of(self, days):
        """:param list days: dates in the company's time zone
        :return: the checks of these days, created if missing
        """
        self.ensure_one()
        Gap = self.env["oms.channel.gap"]
        known = {
            gap.day: gap for gap in Gap.search([("channel_id", "=", self.id), ("day", "in", days)])
        }
        gaps = Gap
        for day in days:
            gaps += known.get(day) or Gap.create(self._prepare_gap(day))
        return gaps

    def _prepare_gap(self, day):
        """:return: the values of the check of one day
        :param date day: in the company's time zone
        """
        window = self._day_window(self._zone(), day)
        return {
            "channel_id": self.id,
            "day": day,
            "date_from": window.start,
            "date_to": window.end,
        }

    # === CHECKING === #

    def _check_gap(self, start, end):
        """Compare the orders of a period with the channel's and fetch missing ones.

        :param datetime start: inclusive; UTC if it has no zone
        :param datetime end: exclusive
        :return: the check
        :rtype: oms.channel.gap
        """
        self.ensure_one()
        gap = self.env["oms.channel.gap"].create(
            {
                "channel_id": self.id,
                "date_from": self._utc(start),
                "date_to": self._utc(end),
            }
        )
        self._check_gaps(gap)
        return gap

    def _check_gaps(self, gaps):
        """Run checks and report the result as an alert.

        :param gaps: checks of the channel
        """
        self.ensure_one()
        for gap in gaps:
            try:
                gap._compare()
            except psycopg2.Error:
                raise
            except RateLimited as error:
                self._continue_later(error)
                return
            except Exception as error:  # noqa: BLE001 - stored on the check, reported by an alert
                _logger.warning("Gap check %s failed", gap.id, exc_info=True)
                text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
                gap._set_state("failed", text=text, checked_at=fields.Datetime.now())
        self._notify_gaps(gaps)

    def _continue_later(self, error):
        """Schedule the remaining checks for when the rate limit allows calls again."""
        seconds = max(error.seconds or 0, 1)
        self.next_gap_at = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
        for cron in self.env.ref("oms_addon.oms_lane_care").sudo().cron_ids:
            cron._trigger(self.next_gap_at)

    def _notify_gaps(self, gaps):
        """Raise the alert for the result, or resolve it if no orders are missing any more.

        :param gaps: the finished checks
        """
        found = gaps.filtered(lambda g: g.state == "gap") or gaps.filtered(
            lambda g: g.state == "failed"
        )
        if not gaps:
            return
        if found:
            self._raise_alert(
                "gap",
                "; ".join(dict.fromkeys(found.mapped("text"))),
                self.env._(
                    "The orders the channel returned are already in the inbox. Check whether "
                    "its webhooks arrive; the reconciliation runs again every night."
                ),
                level="warning",
            )
        elif not self._open_gaps():
            self._resolve_alert("gap")

    def _open_gaps(self):
        """:return: the checks of the last 7 days whose orders are still missing"""
        recent = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        return self.gap_ids.filtered(
            lambda g: (
                g.state == "gap"
                and g.checked_at >= recent
                and g._missing(g.missing_refs.splitlines())
            )
        )

    def _name_of(self, event):
        """:return: the order number of an event for display; its id if the event cannot be read"""
        try:
            document = self._adapter()._read(self, event[0], event[2])
        except (DocumentError, ValueError, KeyError, TypeError):
            return event[3]
        return getattr(document, "number", "") or event[3]
