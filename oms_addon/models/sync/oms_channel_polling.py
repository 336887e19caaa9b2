"""Polling of channels: one at a time, page by page, with a back-off after failures."""

import logging
import time

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.exceptions import CredentialsError, RateLimited
from odoo.addons.oms_addon.tools.backoff import backoff

_logger = logging.getLogger(__name__)

#: pages and seconds for one channel before the next one is polled
MAX_PAGES = 20
MAX_SECONDS = 20
#: pages of one list, over several runs, after which a channel is polled like one without more
MAX_OPEN_PAGES = 1000
#: the first and longest pause after a failure, in seconds
FIRST_PAUSE = 60
LONGEST_PAUSE = 1800
#: seconds to wait after a click until the background job releases the channel
PATIENCE_SECONDS = 10
#: length limit of a channel's answer in an alert
MAX_SHOWN = 300


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    fetch_minutes = fields.Integer(
        "Poll Every (Minutes)",
        default=1,
        help="How often orders are fetched if the channel sends no webhooks.",
    )
    fetch_minutes_webhooks = fields.Integer(
        "Poll Every, With Webhooks (Minutes)",
        default=5,
        help="How often orders are fetched if the channel also sends webhooks, to find missing "
        "ones.",
    )
    next_fetch_at = fields.Datetime("Next Poll", copy=False, readonly=True)
    polled_at = fields.Datetime("Last Poll", copy=False, readonly=True)
    fetch_failures = fields.Integer("Failed Polls in a Row", copy=False, readonly=True)
    open_pages = fields.Integer(
        "Pages in Current Poll",
        copy=False,
        readonly=True,
        help="Pages fetched of a list whose end was not reached yet. 0 if the last poll was "
        "complete.",
    )

    # === ACTION METHODS === #

    def action_fetch(self):
        """Fetch new events now and show the result."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        if not self._lock_patiently():
            return self._notify_busy()
        count, problem = self._poll()
        if problem:
            return self._notify(problem, "danger")
        return self._notify(
            self.env._("Messages received: %(count)s.", count=count)
            if count
            else self.env._("Nothing new."),
            "success",
        )

    def _lock_patiently(self):
        """Lock the channel, waiting for some seconds if another transaction holds it.

        If that transaction changed the channel, the request is restarted and reads the new values.

        :return: whether the lock was obtained in time
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = %s", [f"{PATIENCE_SECONDS}s"])
                self.env.cr.execute(
                    "SELECT id FROM oms_channel WHERE id = %s FOR NO KEY UPDATE", [self.id]
                )
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        except LockNotAvailable:
            return False
        return True

    def _notify_busy(self):
        """:return: the action that shows that another process is fetching"""
        text = self.env._("Another job is processing this channel. Try again later.")
        return self._notify(text, "warning")

    def _notify(self, message, kind):
        """:return: the action that shows a message and reloads the page"""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind == "danger",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BACKGROUND JOB === #

    @api.model
    def _codes_that(self, flag):
        """:return: the codes of the adapters whose capability ``flag`` is set"""
        return [code for code, name in self._adapters().items() if getattr(self.env[name], flag)]

    @api.model
    def _get_fetch_domain(self):
        """:return: the domain of the channels due for polling"""
        return (
            Domain("state", "=", "live")
            & Domain("adapter", "in", self._codes_that("_can_fetch"))
            & (
                Domain("next_fetch_at", "=", False)
                | Domain("next_fetch_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _run_fetch(self):
        """Poll the channel that has waited longest and is not locked.

        :return: number of messages received, at least 1; 0 if no channel is due
        """
        due = self.search(self._get_fetch_domain(), order="next_fetch_at nulls first, id")
        channel = due.try_lock_for_update(allow_referencing=True, limit=1)
        if not channel:
            return 0
        count, _problem = channel.with_company(channel.company_id)._poll()
        return max(count, 1)

    # === ONE CHANNEL === #

    def _poll(self):
        """Fetch new events from a channel page by page and schedule the next poll.

        :return: number of messages received, and the error for display ('' if none)
        :rtype: tuple[int, str]
        """
        self.ensure_one()
        total, until = 0, time.monotonic() + MAX_SECONDS
        for page in range(MAX_PAGES):
            before = self.cursor
            try:
                with self.env.cr.savepoint():
                    count = self._fetch()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # noqa: BLE001 - reported by an alert, retried later
                if total:
                    # There was progress: the back-off of an occasionally failing channel does not
                    # grow.
                    self.fetch_failures = 0
                return total, self._after_failed_poll(error)
            total += count
            if not count or self.cursor == before:
                break
            if page == MAX_PAGES - 1 or time.monotonic() > until:
                # More pages are left, but other channels are waiting.
                self._after_open_poll(self.open_pages + page + 1)
                return total, ""
        self._after_poll(self._poll_seconds())
        return total, ""

    def _poll_seconds(self):
        """:return: seconds until the next poll after a successful one"""
        has_messages = self.webhooks_state == "ok"
        minutes = self.fetch_minutes_webhooks if has_messages else self.fetch_minutes
        return max(max(minutes, 1) * 60, self._adapter()._least_poll_seconds(self))

    def _after_poll(self, seconds, open_pages=0):
        """Schedule the next poll after a successful one.

        :param int open_pages: pages fetched of a list whose end was not reached
        """
        now = fields.Datetime.now()
        is_at_end = self.open_pages and not open_pages
        self.write(
            {
                "polled_at": now,
                "fetch_failures": 0,
                "next_fetch_at": fields.Datetime.add(now, seconds=seconds),
                "open_pages": open_pages,
            }
        )
        self._note_answer()
        if is_at_end:
            self._resolve_alert("endless")

    def _after_open_poll(self, pages):
        """Schedule the next pages of a list: at once, unless it seems to have no end.

        :param int pages: pages fetched since the last complete poll
        """
        if pages < MAX_OPEN_PAGES:
            self._after_poll(0, pages)
            return
        self._after_poll(self._poll_seconds(), pages)
        self._raise_alert(
            "endless",
            self.env._("The order list has no end: %(pages)s pages were fetched.", pages=pages),
            self.env._(
                "Fetching continues more slowly. If orders are missing or repeated, contact the "
                "provider of the channel."
            ),
            level="warning",
        )

    def _note_answer(self):
        """Close the breaker after a successful call and resolve the alerts about failed calls."""
        self.env["oms.channel.meter"]._record_success(self)
        self._resolve_alert("fetch", "credentials", "breaker")

    def _after_failed_poll(self, error):
        """Report the error and schedule the next poll; each pause is twice the one before.

        :return: the error for display
        :rtype: str
        """
        now = fields.Datetime.now()
        text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
        seconds = getattr(error, "seconds", None) or 0
        if isinstance(error, RateLimited):
            # A rate limit is no error: only wait.
            self.next_fetch_at = fields.Datetime.add(now, seconds=max(seconds, 1))
            return text
        _logger.warning("Channel %s could not be read", self.id, exc_info=error)
        failures = self.fetch_failures + 1
        pause = max(backoff(failures, FIRST_PAUSE, LONGEST_PAUSE), seconds)
        self.write(
            {
                "fetch_failures": failures,
                "next_fetch_at": fields.Datetime.add(now, seconds=int(pause)),
            }
        )
        self._alert_failed_call(error, text)
        return text

    def _alert_failed_call(self, error, text):
        """Raise the alert for a failed call of the channel."""
        if isinstance(error, CredentialsError):
            self.env["oms.channel.meter"]._record_failure(self, at_once=True)
            self._raise_alert(
                "credentials",
                self.env._("The channel rejected the credentials: %(error)s", error=text),
                self.env._(
                    "Renew the access on the channel, enter it under Connection and test it. "
                    "Missing orders are fetched afterwards."
                ),
            )
            return
        self._raise_alert(
            "fetch",
            self.env._("Orders cannot be fetched: %(error)s", error=text),
            self.env._(
                "The poll is retried automatically. If the error persists, check the store and "
                "its address, then test the connection."
            ),
        )
