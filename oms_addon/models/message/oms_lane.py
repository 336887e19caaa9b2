"""The background lanes and their watchdog."""

import logging
import time

from odoo import api, fields, models, tools
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)

MAX_CONFLICTS = 5
LATE_MINUTES = 15
#: the lanes that ask channels for something
ASKING_LANES = ("fetch", "care", "backfill", "listings")


class OmsLane(models.Model):
    _name = "oms.lane"
    _description = "Lane"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    cron_ids = fields.Many2many("ir.cron", string="Jobs", readonly=True, groups="base.group_system")
    last_run_at = fields.Datetime("Last Run", readonly=True)
    last_seconds = fields.Float("Duration (Seconds)", readonly=True)
    last_count = fields.Integer("Records Processed", readonly=True)
    last_error = fields.Char(readonly=True)
    waiting_count = fields.Integer("Waiting", compute="_compute_waiting_count")
    health = fields.Selection(
        [("ok", "Healthy"), ("late", "Late"), ("error", "Error")], compute="_compute_health"
    )

    _code_uniq = models.UniqueIndex("(code)", "Every lane has a code of its own.")

    # === COMPUTE METHODS === #

    def _compute_waiting_count(self):
        counters = self._counters()
        for lane in self:
            lane.waiting_count = counters[lane.code]() if lane.code in counters else 0

    @api.depends("last_run_at", "last_error")
    def _compute_health(self):
        late = fields.Datetime.subtract(fields.Datetime.now(), minutes=LATE_MINUTES)
        for lane in self:
            lane.health = (
                "error"
                if lane.last_error
                else "late"
                if lane.waiting_count and (lane.last_run_at or late) <= late
                else "ok"
            )

    # === ACTION METHODS === #

    def action_run(self):
        """Run the lane's jobs at the next opportunity."""
        self.check_access("write")
        self = self.sudo()
        self._wake()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _begin(self):
        """:return: the lanes, with what they keep in mind for one run; see the outbox"""
        return self.with_context(**sealed(paused={}, expected={}))

    @api.model
    def _workers(self):
        """:return: what each lane does: a method that works one batch and returns its size"""
        return {
            "fetch": self.env["oms.channel"]._work_fetch,
            "inbox": self.env["oms.channel.message"]._process_inbox,
            "orders": lambda: self.env["oms.order.flow"]._process("orders"),
            "fulfilment": self._work_fulfilment,
            "allocator": self.env["oms.backorder"]._serve_backorders,
            "stock": self._work_stock,
            "outbox": self.env["oms.channel.message"]._process_outbox,
            "receipts": self.env["oms.invoice.poster"]._send_receipts,
            "sample": self._work_sample,
            "slow": self._work_slow,
            "check": self.env["oms.stock.check"]._work,
            "care": self._work_care,
            "backfill": self.env["oms.channel.backfill"]._work,
            "listings": self.env["oms.channel"]._work_listings,
            "promises": self.env["oms.promise.review"]._work,
        }

    @api.model
    def _counters(self):
        """:return: how much waits in a lane, by code"""
        Message = self.env["oms.channel.message"]
        Order = self.env["sale.order"]

        def running(lane):
            steps = [s for s, l in self.env["oms.order.flow"]._lanes().items() if l == lane]
            return Order.search_count([("oms_cursor", "in", steps), ("oms_status", "=", "running")])

        Channel, Backfill = self.env["oms.channel"], self.env["oms.channel.backfill"]
        return {
            "backfill": lambda: Backfill.search_count(Backfill._get_todo_domain()),
            "fetch": lambda: Channel.search_count(Channel._get_fetch_domain()),
            "care": lambda: (
                Channel.search_count(Channel._get_care_domain() | Channel._get_gap_domain())
                + self.env["res.partner"].search_count([("oms_is_vies_due", "=", True)])
            ),
            "listings": lambda: Channel.search_count(Channel._get_listings_domain()),
            "inbox": lambda: Message.search_count(Message._get_todo_domain("in")),
            "outbox": lambda: Message.search_count(Message._get_todo_domain("out")),
            "promises": lambda: self.env["oms.promise.review"].search_count([]),
            "orders": lambda: running("orders"),
            "fulfilment": lambda: running("fulfilment"),
        }

    def _wake(self):
        """Run the lanes as soon as this transaction is committed."""
        for lane in self.sudo():
            self._trigger_crons(lane.code)

    @api.model
    def _trigger_crons(self, code):
        """Run the jobs of a lane as soon as this transaction is committed.

        A job that is to run already is left alone: locking its trigger keeps it from
        starting, and so from looking, before what is written here can be seen. One that
        has started has locked its triggers, and is triggered anew.

        :param str code: the lane's code
        """
        cron_ids = self._cron_ids(code)
        self.env.cr.execute(
            """SELECT cron_id FROM ir_cron_trigger WHERE cron_id = ANY(%s) AND call_at <= %s
               FOR KEY SHARE SKIP LOCKED""",
            [list(cron_ids), fields.Datetime.now()],
        )
        waiting = {row[0] for row in self.env.cr.fetchall()}
        for cron in self.env["ir.cron"].sudo().browse(cron_ids):
            if cron.id not in waiting:
                cron._trigger()

    @api.model
    @tools.ormcache("code")
    def _cron_ids(self, code):
        """:return: the jobs of a lane"""
        return tuple(self.sudo().search([("code", "=", code)]).cron_ids.ids)

    def write(self, vals):
        if "cron_ids" in vals or "code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    def _cron_run(self, code):
        """Work through a lane until it is empty or the job's time is used.

        Every batch is a transaction. One that met a concurrent change is rolled back and
        tried again; any other error is written on the lane and left to the next run.

        :param str code: the lane's code
        """
        started, count, conflicts = time.monotonic(), 0, 0
        name = self.search([("code", "=", code)]).name or code
        actor = self.env._("Background Job: %(name)s", name=name)
        lane = self._begin().with_context(**sealed(actor=actor))
        error = False
        while True:
            try:
                done = lane._workers()[code]()
                # What the batch wrote last meets others when it is committed.
                left = self.env["ir.cron"]._commit_progress(done) if done else 0
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as conflict:
                self.env.cr.rollback()
                conflicts += 1
                if conflicts > MAX_CONFLICTS:
                    error = str(conflict)
                    break
                continue
            except Exception as problem:  # noqa: BLE001 - told by the watchdog, tried at the next run
                self.env.cr.rollback()
                _logger.exception("Lane %s stopped", code)
                error = str(problem)
                break
            count += done
            conflicts = 0
            if not done:
                break
            if not left:
                self._continue()
                break
        self._report(code, count, time.monotonic() - started, error)

    @api.model
    def _continue(self):
        """Come back at once: work is left."""
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger()

    @api.model
    def _report(self, code, count, seconds, error):
        """Leave word for the watchdog; two jobs of one lane that end together leave one."""
        try:
            lane = self.sudo().search([("code", "=", code)])
            if lane.try_lock_for_update():
                lane.write(
                    {
                        "last_run_at": fields.Datetime.now(),
                        "last_seconds": seconds,
                        "last_count": count,
                        "last_error": error,
                    }
                )
            self.env["ir.cron"]._commit_progress(0, remaining=0)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()

    # === WORK OF THE SMALL LANES === #

    @api.model
    def _work_fulfilment(self):
        """Take orders along; when none is left, part deliveries that wait for goods of one."""
        return (
            self.env["oms.order.flow"]._process("fulfilment")
            or self.env["oms.ship.together"]._part_blocked()
        )

    @api.model
    def _work_stock(self):
        """Put the stock and the prices that changed on their way to the channels, what expired
        among it.
        """
        expired = self.env["oms.lot.expiry"]._work()
        if expired:
            # Its locks are not held while channels' figures are counted.
            return expired
        return self.env["oms.channel.stock"]._work() + self.env["oms.channel.price"]._work()

    @api.model
    def _work_sample(self):
        """Let the sample warehouse pick, pack, ship and carry."""
        warehouse = self.env["oms.sample.warehouse"]
        return warehouse._work() + warehouse._carry()

    @api.model
    def _work_care(self):
        """Look after the channels, then verify tax numbers: each asks somebody else's server."""
        return (
            self.env["oms.channel"]._work_care() or self.env["oms.customer.creator"]._verify_one()
        )

    def _work_slow(self):
        """Seal the audit trail, cancel what nobody paid or could serve, book money that
        the flow does not touch, forget secrets that were typed and left.
        """
        left = self.env["oms.channel.connect"]._forget_left_secrets()
        collector = self.env["oms.payment.collector"]
        booked = collector._book_left()
        late = self.env["oms.allocation.expiry"]._expire_unserved()
        return (
            self.env["oms.event"]._seal() + collector._expire_unpaid() + (booked or 0) + late + left
        )

    # === DRAINING === #

    @api.model
    def _drain(self, codes=None, after_batch=None):
        """Work through lanes in this process until nothing is left to do.

        :param list codes: which lanes; ``None`` for all that ask no channel
        :param after_batch: called with (code, batch size, seconds) after every batch
        :return: seconds spent by lane
        :rtype: dict[str, float]
        """
        workers = self._begin()._workers()
        spent = dict.fromkeys(codes or [code for code in workers if code not in ASKING_LANES], 0.0)
        busy = True
        while busy:
            busy = False
            for code in spent:
                while True:
                    started = time.monotonic()
                    done = workers[code]()
                    seconds = time.monotonic() - started
                    spent[code] += seconds
                    self.env["ir.cron"]._commit_progress(done)
                    if after_batch:
                        after_batch(code, done, seconds)
                    if not done:
                        break
                    busy = True
        return spent
