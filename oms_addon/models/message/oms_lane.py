"""Background jobs and their monitoring."""

import logging
import time
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.tools.sealed_context import sealed

from .job_run import JobRun

_logger = logging.getLogger(__name__)

MAX_CONFLICTS = 5
LATE_MINUTES = 15
#: the jobs that call the servers of channels
ASKING_LANES = ("fetch", "care", "backfill", "listings")


class OmsLane(models.Model):
    """A background job; its scheduled action is created from the record, and ``_run_<code>(run)``
    processes one batch.
    """

    _name = "oms.lane"
    _description = "Background Job"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    interval_minutes = fields.Integer(
        "Every (Minutes)",
        default=1,
        required=True,
        readonly=True,
        help="How often the scheduled action runs when it is created.",
    )
    first_hour = fields.Float(
        "First Run At (UTC)",
        readonly=True,
        help="Hour of the next day at which it runs first. Leave empty to start at once.",
    )
    cron_ids = fields.Many2many(
        "ir.cron", string="Scheduled Actions", readonly=True, groups="base.group_system"
    )
    last_run_at = fields.Datetime("Last Run", readonly=True)
    last_seconds = fields.Float("Duration (Seconds)", readonly=True)
    last_count = fields.Integer("Records Processed", readonly=True)
    last_error = fields.Char(readonly=True)
    waiting_count = fields.Integer("Waiting", compute="_compute_waiting_count")
    health = fields.Selection(
        [("ok", "Healthy"), ("late", "Late"), ("error", "Error")], compute="_compute_health"
    )

    _code_uniq = models.UniqueIndex("(code)", "The code is already used by another background job.")

    # === COMPUTE METHODS === #

    def _compute_waiting_count(self):
        for lane in self:
            count = getattr(self, f"_count_{lane.code}", None)
            lane.waiting_count = count() if count else 0

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
        """Run the job at the next opportunity."""
        self.check_access("write")
        self = self.sudo()
        self._wake()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _runners(self, run=None):
        """Map the code of each background job to the function that processes one batch.

        :param JobRun run: state shared by the batches; ``None`` for a new one
        :return: functions that return the size of the batch, by code
        """
        run = run or JobRun()
        return {
            lane.code: partial(getattr(self, f"_run_{lane.code}"), run)
            for lane in self.sudo().search([])
        }

    def _wake(self):
        """Run the jobs as soon as this transaction is committed."""
        for lane in self.sudo():
            self._trigger_crons(lane.code)

    @api.model
    def _trigger_crons(self, code):
        """Trigger the scheduled actions of a job as soon as this transaction is committed.

        An action that is already triggered is skipped: locking its trigger keeps it from starting
        before the changes of this transaction are visible. An action that has started holds locks
        on its triggers and is triggered again.

        :param str code: the job's code
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
        """:return: ids of the scheduled actions of a job"""
        return tuple(self.sudo().search([("code", "=", code)]).cron_ids.ids)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: a background job comes with its scheduled action."""
        lanes = super().create(vals_list)
        for lane in lanes.filtered(lambda lane: not lane.cron_ids):
            lane.cron_ids = lane._create_cron()
        self.env.registry.clear_cache()
        return lanes

    def _create_cron(self):
        """Create the job's scheduled action, removed when the add-on is uninstalled."""
        self.ensure_one()
        cron = self.env["ir.cron"].sudo().create(self._prepare_cron_values())
        xmlid = f"oms_addon.ir_cron_{self.code}"
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": xmlid, "record": cron, "noupdate": True}]
        )
        return cron

    def _prepare_cron_values(self):
        """:return: the values of the scheduled action of a background job"""
        days, left = divmod(self.interval_minutes, 24 * 60)
        values = {
            "name": f"Orders Hub: {self.name}",
            "model_id": self.env["ir.model"]._get_id(self._name),
            "state": "code",
            "code": f'model._cron_run("{self.code}")',
            "user_id": SUPERUSER_ID,
            "interval_number": self.interval_minutes if left else days,
            "interval_type": "minutes" if left else "days",
        }
        if self.first_hour:
            tomorrow = fields.Datetime.add(fields.Datetime.today(), days=1)
            values["nextcall"] = fields.Datetime.add(tomorrow, minutes=round(self.first_hour * 60))
        return values

    def write(self, vals):
        if "cron_ids" in vals or "code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    def _cron_run(self, code):
        """Process batches of a job until none is left or the time limit is reached.

        Each batch is a transaction. After a concurrency conflict it is rolled back and tried again;
        any other error is stored on the job and left to the next run.

        :param str code: the job's code
        """
        started, count, conflicts = time.monotonic(), 0, 0
        name = self.search([("code", "=", code)]).name or code
        actor = self.env._("Background Job: %(name)s", name=name)
        lane, run = self.with_context(**sealed(actor=actor)), JobRun()
        error = False
        while True:
            try:
                done = getattr(lane, f"_run_{code}")(run)
                # The last writes of the batch can conflict when they are flushed and committed.
                left = self.env["ir.cron"]._commit_progress(done) if done else 0
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as conflict:
                self.env.cr.rollback()
                conflicts += 1
                if conflicts > MAX_CONFLICTS:
                    error = str(conflict)
                    break
                continue
            except Exception as problem:  # noqa: BLE001 - stored on the job, retried in the next run
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
        """Trigger the job again immediately: work is left."""
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger()

    @api.model
    def _report(self, code, count, seconds, error):
        """Store the result of a run; of two runs that end together only one is stored."""
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

    # === DRAINING === #

    @api.model
    def _drain(self, codes=None, after_batch=None):
        """Process jobs in this process until no work is left.

        :param list codes: codes of the jobs; ``None`` for all that do not call channels
        :param after_batch: called with (code, batch size, seconds) after every batch
        :return: seconds spent, by job code
        :rtype: dict[str, float]
        """
        workers = self._runners()
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
