"""Rate limits of channels: token buckets and a circuit breaker."""

import math

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.backoff import backoff

BREAKER = "breaker"
#: consecutive failures that open the breaker, and the first and longest pause
OPEN_AFTER = 5
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 1800.0
MAX_TRIES = 50


class OmsChannelMeter(models.Model):
    """One row for each channel and bucket, shared by all workers.

    A row is read and written in a transaction of its own: a call counts even if the surrounding
    transaction is rolled back, and no lock is held during a call. For the same reason there are no
    foreign keys.
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
        """Extend `base`: the company is stored as an id, not as a relation."""
        return self.env["res.company"].browse(set(self.mapped("company_id")))

    @api.model
    def _spend(self, channel, bucket, cost, rate, burst, again=0.0):
        """Take tokens for one call.

        :param float cost: number of tokens; never more than the bucket holds
        :param float rate: tokens refilled per second, unless the channel reported another rate
        :param float burst: size of the bucket, likewise
        :param float again: tokens also needed if the call is repeated later, for earlier calls that
            are repeated with it
        :return: 0 if the tokens were taken, else the seconds until they are available
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
        """:return: the number of tokens available in a bucket
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
        """Store the rate limit that the channel reported.

        A rate or size that is not a positive finite number is ignored.

        :param float tokens: tokens left now
        :param float rate: tokens per second
        :param float burst: size of the bucket
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
        """Block all calls for some seconds after the channel reported too many requests."""
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
        """:return: the remaining share (0 to 1) of the channel's most used rate limit; 1 before the
            first call
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
        """Count an event in a fixed window that starts with its first event.

        :param float window: seconds
        :return: number of events in this window; number in the previous window if this event starts
            a new one, else 0
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
        """Delete rows of API keys unused for a day, whose bucket is full again, and of deleted
        channels.
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
        """:return: seconds until calls are made again, for each paused channel id
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
        """Count a failed call; pause the channel after several failures in a row.

        Each pause is twice as long as the one before, with jitter; after it, one call is attempted.

        :param bool at_once: whether one failure is enough, as with rejected credentials
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
        """Close the breaker after a successful call.

        :return: whether calls had failed before
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
        """Run statements until one returns rows, in a separate transaction.

        :return: the rows of the first statement that returned any
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
