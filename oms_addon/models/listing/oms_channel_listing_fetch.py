"""Fetching of all listings of a channel, page by page, daily or on demand."""

import logging
import time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError
from odoo.addons.oms_addon.tools.paging import digest_of

_logger = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600
#: seconds to wait after a failure
PAUSE_SECONDS = 30 * 60
#: seconds to fetch in the user's request; the rest is fetched in the background
BUTTON_SECONDS = 10
MAX_SHOWN = 300
#: a list without more than this share (%) of a channel's listings may be incomplete
SHORT_SHARE = 30
SHORT_LEAST = 3


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    can_fetch_listings = fields.Boolean(compute="_compute_can_fetch_listings")
    listing_page = fields.Char(readonly=True, copy=False, help="Digest of the last page.")
    listing_cursor = fields.Char(
        copy=False,
        readonly=True,
        help="Position up to which listings were fetched. Empty at the start.",
    )
    listings_started_at = fields.Datetime(copy=False, readonly=True)
    listings_before_at = fields.Datetime(
        copy=False, readonly=True, help="Start of the previous fetch."
    )
    listings_fetched_at = fields.Datetime("Last Listing Fetch", copy=False, readonly=True)
    listings_due_at = fields.Datetime("Next Listing Fetch", copy=False, readonly=True)
    listing_count = fields.Integer(compute="_compute_listing_counts")
    unmapped_count = fields.Integer("Unlinked Listings", compute="_compute_listing_counts")

    @api.depends("adapter")
    def _compute_can_fetch_listings(self):
        for channel in self:
            channel.can_fetch_listings = bool(
                channel.adapter and channel._adapter()._can_fetch_listings
            )

    def _compute_listing_counts(self):
        Listing = self.env["oms.channel.listing"]
        of_channels = Domain("channel_id", "in", self.ids)
        counts = dict(Listing._read_group(of_channels, ["channel_id"], ["__count"]))
        todo = dict(
            Listing._read_group(
                of_channels & Listing._get_todo_domain(), ["channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.listing_count = counts.get(channel, 0)
            channel.unmapped_count = todo.get(channel, 0)

    # === ACTION METHODS === #

    def action_fetch_listings(self):
        """Fetch the listings now; continue in the background if it takes long."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        if not self._lock_patiently():
            return self._notify_busy()
        self.write({"listing_cursor": False, "listings_due_at": fields.Datetime.now()})
        count, problem = self._fetch_all_listings(BUTTON_SECONDS)
        if problem:
            return self._notify(problem, "danger")
        if self.listing_cursor:
            self.env.ref("oms_addon.oms_lane_listings").sudo()._wake()
            text = self.env._("Listings fetched: %(count)s. More are being fetched.", count=count)
        else:
            self.env["oms.channel.listing"]._suggest_due()
            text = self.env._("Listings fetched: %(count)s.", count=count)
        return self._notify(text, "success")

    def _fetch_all_listings(self, seconds):
        """Fetch pages of listings for some seconds, from the start or where the last fetch stopped.

        :return: number of listings, and the error for display ('' if none)
        :rtype: tuple[int, str]
        """
        self.ensure_one()
        count, until = 0, time.monotonic() + seconds
        while True:
            page, problem = self._try_listings_page()
            count += page
            if problem or not self.listing_cursor or time.monotonic() > until:
                return count, problem

    # === BACKGROUND JOB === #

    def _schedule_listing_fetch(self):
        """Schedule an immediate fetch of the listings of channels in the background."""
        self.check_access("write")
        self.write({"listing_cursor": False, "listings_due_at": fields.Datetime.now()})
        self.env.ref("oms_addon.oms_lane_listings").sudo()._wake()

    @api.model
    def _get_listing_channels_domain(self):
        """:return: the domain of live channels that provide listings"""
        return Domain("state", "=", "live") & Domain(
            "adapter", "in", self._codes_that("_can_fetch_listings")
        )

    @api.model
    def _get_listings_domain(self):
        """:return: the domain of channels whose listings are due to be fetched"""
        return self._get_listing_channels_domain() & (
            Domain("listings_due_at", "=", False)
            | Domain("listings_due_at", "<=", fields.Datetime.now())
        )

    @api.model
    def _run_listings(self):
        """Fetch a page of listings from one channel; suggest products if no channel is due.

        :return: number of listings fetched or processed; 0 if none are due
        :rtype: int
        """
        due = self.search(self._get_listings_domain(), order="listings_due_at nulls first, id")
        channel = due.try_lock_for_update(allow_referencing=True, limit=1)
        if not channel:
            return self.env["oms.channel.listing"]._suggest_due()
        count, _problem = channel.with_company(channel.company_id)._try_listings_page()
        return max(count, 1)

    # === ONE CHANNEL === #

    def _fetch_listings_page(self):
        """Fetch a page of listings from the channel and import it.

        After the last page, missing listings are marked as deleted.

        :return: number of listings
        :rtype: int
        """
        self.ensure_one()
        if not self.listing_cursor:
            self.listings_before_at = self.listings_started_at
            self.listings_started_at = fields.Datetime.now()
        reported, following = self._adapter()._fetch_listings(self, self.listing_cursor or None)
        page = reported and following and digest_of(repr(reported).encode("utf-8", "replace"))
        if self.listing_cursor and page and page == self.listing_page:
            raise FinalError(
                self.env._("The channel returned the same page of listings repeatedly.")
            )
        self.listing_page = page or False
        # Listing pages carry no modification dates: they are current.
        rows = self.env["oms.channel.listing"]._upsert(self, [(row, False) for row in reported])
        self.listing_cursor = following
        if not following:
            self._end_listings()
        return len(rows)

    def _end_listings(self):
        """Finish a fetch: mark deleted listings and match unlinked ones again."""
        now = fields.Datetime.now()
        self.write(
            {
                "listings_fetched_at": now,
                "listings_due_at": fields.Datetime.add(now, seconds=DAY_SECONDS),
            }
        )
        Listing = self.env["oms.channel.listing"]
        of_channel = Domain("channel_id", "=", self.id) & Domain("external_ref", "!=", False)
        self._mark_gone(of_channel)
        Listing.search(of_channel & Listing._get_todo_domain())._match()
        self._resolve_alert("listings")

    def _mark_gone(self, of_channel):
        """Mark missing listings as deleted, unless the list may have been incomplete.

        The missing listings are fetched by id to verify. If the channel does not support that and a
        large share is missing, only those missing in two consecutive fetches are marked.

        :param of_channel: the domain of the channel's listings
        """
        Listing = self.env["oms.channel.listing"]
        there = of_channel & Domain("status", "!=", "deleted")
        seen = Domain("seen_at", ">=", self.listings_started_at)
        missing = Listing.search(there & ~seen)
        # An empty list does not mean that everything was deleted.
        if not missing or not Listing.search_count(of_channel & seen, limit=1):
            return
        listed = self._adapter()._find_listed(self, missing)
        if listed is not None:
            missing = missing.filtered(lambda l: l.external_ref not in listed)
        elif self._is_short(len(missing), Listing.search_count(there)):
            before = self.listings_before_at
            once = missing.filtered(lambda l: not before or not l.seen_at or l.seen_at >= before)
            missing -= once
            if once:
                self._raise_alert_short(once)
        missing.write({"status": "deleted"})

    @api.model
    def _is_short(self, missing, total):
        """:return: whether so many listings are missing that the list may be incomplete"""
        return missing >= SHORT_LEAST and missing * 100 > total * SHORT_SHARE

    def _raise_alert_short(self, missing):
        """Raise an alert that a list of listings was much shorter than the one before."""
        self._raise_alert(
            "listings_short",
            self.env._(
                "The channel omitted %(count)s of its listings, for example %(names)s. They are "
                "kept unchanged.",
                count=len(missing),
                names=", ".join(missing[:3].mapped("display_name")),
            ),
            self.env._(
                "Check whether they are still on the channel. They are marked as deleted if the "
                "next fetch omits them again."
            ),
            level="warning",
        )

    def _try_listings_page(self):
        """Fetch a page; on failure report the error and schedule the next attempt.

        :return: number of listings, and the error for display ('' if none)
        :rtype: tuple[int, str]
        """
        try:
            with self.env.cr.savepoint():
                return self._fetch_listings_page(), ""
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - reported by an alert, retried later
            return 0, self._after_failed_listings(error)

    def _after_failed_listings(self, error):
        """Report the error and schedule the next attempt, from where the fetch stopped or the
        start.

        :return: the error for display
        :rtype: str
        """
        text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
        is_early = isinstance(error, RateLimited)
        seconds = int(getattr(error, "seconds", None) or (1 if is_early else PAUSE_SECONDS))
        self.listings_due_at = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
        if is_early:
            return text
        _logger.warning("Listings of channel %s could not be read", self.id, exc_info=error)
        if not isinstance(error, RetryableError):
            self.listing_cursor = False
        self._raise_alert(
            "listings",
            self.env._("Listings cannot be fetched: %(error)s", error=text),
            self.env._(
                "The fetch is retried automatically. If the error persists, check that the "
                "access may read products, then fetch the listings from the channel's menu."
            ),
            level="warning",
        )
        return text
