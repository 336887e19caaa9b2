"""How much of a channel's patience is left: token buckets and a circuit breaker."""

import math

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.backoff import backoff

BREAKER = "breaker"
#: failures in a row that open the breaker, and the first and longest pause
OPEN_AFTER = 5
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 1800.0
MAX_TRIES = 50


class OmsChannelMeter(models.Model):
    """One row for each channel and bucket, shared by all workers.

    A row is read and written in a transaction of its own: a call that was made was made,
    whatever becomes of the work around it, and nobody waits for a lock while a call lasts.
    For the same reason there are no foreign keys.
    """

    _name = "oms.channel.meter"
    _description = "Rate Limit"
    _order = "channel_ref, name"

    name = fields.Char("Rate Limit Name", required=True, readonly=True)
    channel_ref = fields.Integer("Channel ID", required=True, readonly=True)
    company_id = fields.Integer("Company ID", required=True, readonly=True)
    tokens = fields.Float(readonly=True)
    rate = fields.Float("Calls per Second", readonly=True)
    burst = fields.Float(readonly=True)
    counted_at = fields.Float(readonly=True, help="Unix time.")
    blocked_until = fields.Float(readonly=True, help="Unix time. 0 if not blocked.")
    failures = fields.Integer("Failures in a Row", readonly=True)

    _bucket_uniq = models.UniqueIndex("(channel_ref, name)")

    # === TOKEN BUCKETS === #

    def _get_redirect_suggested_company(self):
        """Extend `base`: the company is known by its number."""
        return self.env["res.company"].browse(set(self.mapped("company_id")))

    @api.model
    def _spend(self, channel, bucket, cost, rate, burst, again=0.0):
        """Take tokens for one call.

        :param float cost: how many; never more than the bucket holds
        :param float rate: tokens that come back per second, unless the channel told another
        :param float burst: how many the bucket holds, likewise
        :param float again: how many more are wanted when the call is made later, for calls
            that came before it and are made again with it
        :return: 0 when they were taken, else the seconds until they can be
        :rtype: float
        """
        now = SQL("extract(epoch FROM clock_timestamp())")
        refilled = SQL(
            "LEAST(meter.burst, meter.tokens + GREATEST(%s - meter.counted_at, 0) * meter.rate)",
            now,
        )
        price = SQL("LEAST(%s, meter.burst)", cost)
        later = SQL("LEAST(%s, meter.burst)", cost + again)
        rows = self._execute(
            SQL(
                """INSERT INTO oms_channel_meter AS meter (name, channel_ref, company_id,
                       tokens, rate, burst, counted_at, blocked_until, failures)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0)
                   ON CONFLICT (channel_ref, name) DO UPDATE
                       SET tokens = %s - %s, counted_at = %s
                       WHERE %s >= %s AND meter.blocked_until <= %s
                   RETURNING 0.0""",
                *(bucket, channel.id, channel.company_id.id),
                *(max(burst - cost, 0.0), rate, burst, now),
                *(refilled, price, now, refilled, price, now),
            ),
            SQL(
                """SELECT GREATEST(meter.blocked_until - %s, (%s - %s) / meter.rate, 0.05)
                   FROM oms_channel_meter meter WHERE channel_ref = %s AND name = %s""",
                *(now, later, refilled, channel.id, bucket),
            ),
        )
        return float(rows[0][0]) if rows else 0.05

    @api.model
    def _left(self, channel, bucket):
        """:return: how many tokens a bucket holds now
        :rtype: float
        """
        rows = self._execute(
            SQL(
                """SELECT LEAST(burst, tokens + rate * GREATEST(
                       extract(epoch FROM clock_timestamp()) - counted_at, 0))
                   FROM oms_channel_meter WHERE channel_ref = %s AND name = %s""",
                *(channel.id, bucket),
            )
        )
        return max(rows[0][0], 0.0) if rows else 0.0

    @api.model
    def _learn(self, channel, bucket, *, tokens=None, rate=None, burst=None):
        """Take over what the channel says of its limit.

        :param float tokens: what is left now
        :param float rate: tokens per second
        :param float burst: how many there are at most

        A rate or a size that is none, which a server may say, changes nothing.
        """
        rate, burst = (value if self._is_measure(value) else None for value in (rate, burst))
        tokens = tokens if tokens is None or math.isfinite(tokens) else None
        self._execute(
            SQL(
                """UPDATE oms_channel_meter
                   SET tokens = COALESCE(%s, tokens), rate = COALESCE(%s, rate),
                       burst = COALESCE(%s, burst),
                       counted_at = CASE WHEN %s::float IS NULL THEN counted_at
                           ELSE extract(epoch FROM clock_timestamp()) END
                   WHERE channel_ref = %s AND name = %s""",
                *(tokens, rate, burst, tokens, channel.id, bucket),
            )
        )

    @api.model
    def _is_measure(self, value):
        return value is not None and math.isfinite(value) and value > 0

    @api.model
    def _block(self, channel, bucket, seconds):
        """Let nobody call for a while: the channel said that it is too much."""
        self._execute(
            SQL(
                """UPDATE oms_channel_meter SET tokens = LEAST(tokens, 0),
                       blocked_until = GREATEST(blocked_until,
                           extract(epoch FROM clock_timestamp()) + %s)
                   WHERE channel_ref = %s AND name = %s""",
                *(seconds, channel.id, bucket),
            )
        )

    @api.model
    def _share_left(self, channel):
        """:return: which part of the channel's limits is left, of the bucket that has least: 0 to
        1; 1 when nothing was called yet
        :rtype: float
        """
        [(left,)] = self._execute(
            SQL(
                """SELECT COALESCE(MIN(CASE WHEN blocked_until > %(now)s THEN 0 ELSE
                       LEAST(burst, tokens + GREATEST(%(now)s - counted_at, 0) * rate) / burst
                       END), 1.0)
                   FROM oms_channel_meter
                   WHERE channel_ref = %(channel)s AND name != %(breaker)s AND burst > 0""",
                now=SQL("extract(epoch FROM clock_timestamp())"),
                channel=channel.id,
                breaker=BREAKER,
            )
        )
        return float(left)

    @api.model
    def _count(self, channel, bucket, window):
        """Count something that happens, from a first time on for so long, then anew.

        :param float window: seconds
        :return: how often it happened in this window; in the one before, where this is the first
            of a new one
        :rtype: tuple[int, int]
        """
        now = SQL("extract(epoch FROM clock_timestamp())")
        is_over = SQL("meter.counted_at + %s <= %s", window, now)
        [(count, before)] = self._execute(
            SQL(
                """INSERT INTO oms_channel_meter AS meter (name, channel_ref, company_id,
                       tokens, rate, burst, counted_at, blocked_until, failures)
                   VALUES (%s, %s, %s, 0, 0, 0, %s, 0, 1)
                   ON CONFLICT (channel_ref, name) DO UPDATE
                       SET failures = CASE WHEN %s THEN 1 ELSE meter.failures + 1 END,
                           tokens = CASE WHEN %s THEN meter.failures ELSE meter.tokens END,
                           counted_at = CASE WHEN %s THEN %s ELSE meter.counted_at END
                   RETURNING failures, tokens""",
                *(bucket, channel.id, channel.company_id.id, now),
                *(is_over, is_over, is_over, now),
            )
        )
        return count, int(before) if count == 1 else 0

    @api.autovacuum
    def _gc_meters(self):
        """Delete rows that say nothing any more: of keys that were not used for a day, whose
        bucket is full again, and of channels that are gone.
        """
        self._execute(
            SQL(
                """DELETE FROM oms_channel_meter meter
                   WHERE (name LIKE 'api:%%'
                          AND counted_at < extract(epoch FROM clock_timestamp()) - 86400)
                      OR NOT EXISTS (SELECT FROM oms_channel WHERE id = meter.channel_ref)"""
            )
        )

    # === CIRCUIT BREAKER === #

    @api.model
    def _resting(self):
        """:return: the channels that are left alone for now, and for how many seconds
        :rtype: dict[int, float]
        """
        return {
            channel_id: wait
            for channel_id, wait in self._execute(
                SQL(
                    """SELECT channel_ref, blocked_until - extract(epoch FROM clock_timestamp())
                       FROM oms_channel_meter
                       WHERE name = %s
                         AND blocked_until > extract(epoch FROM clock_timestamp())""",
                    BREAKER,
                )
            )
        }

    @api.model
    def _record_failure(self, channel, at_once=False):
        """Count a call that failed; after some in a row the channel is left alone a while.

        Each time the pause is twice as long, with jitter; after it one call tries.

        :param bool at_once: whether one is enough, as with credentials that are refused
        :return: whether this opened the breaker
        :rtype: bool
        """
        [(failures,)] = self._execute(
            SQL(
                """INSERT INTO oms_channel_meter AS meter (name, channel_ref, company_id,
                       tokens, rate, burst, counted_at, blocked_until, failures)
                   VALUES (%s, %s, %s, 0, 0, 0, 0, 0, %s)
                   ON CONFLICT (channel_ref, name) DO UPDATE
                       SET failures = GREATEST(meter.failures + 1, %s)
                   RETURNING failures""",
                *(BREAKER, channel.id, channel.company_id.id),
                *(OPEN_AFTER if at_once else 1, OPEN_AFTER if at_once else 1),
            )
        )
        if failures < OPEN_AFTER:
            return False
        pause = backoff(failures - OPEN_AFTER + 1, FIRST_PAUSE, LONGEST_PAUSE)
        self._block(channel, BREAKER, pause)
        return failures == OPEN_AFTER

    @api.model
    def _record_success(self, channel):
        """Close the breaker: the channel answers.

        :return: whether it had failed before
        :rtype: bool
        """
        return bool(
            self._execute(
                SQL(
                    """UPDATE oms_channel_meter SET failures = 0, blocked_until = 0
                       WHERE channel_ref = %s AND name = %s AND failures > 0 RETURNING id""",
                    *(channel.id, BREAKER),
                )
            )
        )

    # === ROWS === #

    @api.model
    def _execute(self, *queries):
        """Run statements until one gives rows, in a transaction of their own.

        :return: the rows of the first that gave some
        :rtype: list[tuple]
        """
        for attempt in range(MAX_TRIES):
            with self.env.registry.cursor() as cr:
                try:
                    for query in queries:
                        cr.execute(query, log_exceptions=False)
                        rows = cr.fetchall() if cr.description else []
                        if rows:
                            break
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    cr.rollback()
                    if attempt == MAX_TRIES - 1:
                        raise
                    continue
            return rows
        return []
