"""History import in the background, page by page."""

import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError
from odoo.addons.oms_addon.tools.backoff import backoff
from odoo.addons.oms_addon.tools.paging import digest_of
from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
FIRST_PAUSE = 30
LONGEST_PAUSE = 1800
#: seconds to wait while a channel prepares the requested list
PREPARING_SECONDS = 30
#: share of a channel's rate limit reserved for new orders
SPARE = 0.25
SPARE_SECONDS = 5
MAX_SHOWN = 300


class OmsChannelBackfill(models.Model):
    _inherit = "oms.channel.backfill"

    # === BACKGROUND JOB === #

    @api.model
    def _get_todo_domain(self):
        """:return: the domain of imports that the background job may process now"""
        return (
            Domain("state", "=", "running")
            & Domain("channel_id.state", "=", "live")
            & (
                Domain("next_try_at", "=", False)
                | Domain("next_try_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _process(self):
        """Import one page of the history import that has waited longest.

        :return: 1; 0 if none is due
        """
        due = self.search(self._get_todo_domain(), order="worked_at nulls first, id")
        backfill = due.try_lock_for_update(limit=1)
        if backfill:
            backfill.worked_at = fields.Datetime.now()
            backfill._bring_page()
        return len(backfill)

    def _bring_page(self):
        """Fetch one page of old orders, or pause if the channel's rate limit is nearly used up."""
        if self.env["oms.channel.meter"]._share_left(self.channel_id) < SPARE:
            # New orders have priority.
            self._pause(SPARE_SECONDS)
            return
        try:
            with self.env.cr.savepoint():
                self._fetch_page()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except RateLimited as error:
            self._pause(max(error.seconds or 0, 1))
        except Exception as error:  # noqa: BLE001 - stored on the import, retried or given up
            self._after_failure(error)

    def _fetch_page(self):
        """Fetch the next page into the inbox and store the progress."""
        channel = self.channel_id.with_context(**sealed(via="backfill"))
        events, cursor = channel._adapter()._fetch_window(
            channel, *self._window(), self.cursor or None
        )
        page = events and cursor and digest_of("".join(e[1] for e in events).encode())
        if self.cursor and page and page == self.page:
            raise FinalError(self.env._("The channel returned the same page of orders repeatedly."))
        fresh = channel._without_known(events)
        if fresh:
            channel._receive_many(fresh)
        self.write(
            {
                "done_count": self.done_count + len({event[3] or event[1] for event in events}),
                "new_count": self.new_count + len({event[3] or event[1] for event in fresh}),
                "cursor": cursor or False,
                "page": page or False,
                "attempts": 0,
                "error": False,
                "next_try_at": False,
            }
        )
        if not cursor:
            self._set_state("done", finished_at=fields.Datetime.now())
        elif not events:
            self._pause(PREPARING_SECONDS)

    def _pause(self, seconds):
        """Schedule the next attempt."""
        self.next_try_at = fields.Datetime.add(fields.Datetime.now(), seconds=int(seconds) or 1)
        for cron in self.env.ref("oms_addon.oms_lane_backfill").sudo().cron_ids:
            cron._trigger(self.next_try_at)

    def _after_failure(self, error):
        """Schedule another attempt, or give up and notify the owner; the progress is kept."""
        _logger.warning("Back-fill %s failed", self.id, exc_info=True)
        text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
        attempts = self.attempts + 1
        self.write({"attempts": attempts, "error": text})
        if isinstance(error, RetryableError) and attempts < MAX_ATTEMPTS:
            pause = backoff(attempts, FIRST_PAUSE, LONGEST_PAUSE)
            self._pause(max(pause, error.seconds or 0))
            return
        self._set_state("failed")
        self.channel_id._notify_owner(
            self.env._("History import failed after %(count)s orders", count=self.done_count), text
        )
