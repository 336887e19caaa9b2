"""The orders of the past: counted, then brought page by page while everything else goes on."""

import logging
import random
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError
from odoo.addons.oms_addon.tools.paging import digest_of
from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_PAUSE = 30
LONGEST_PAUSE = 1800
#: how long to wait for a channel that prepares what was asked for
PREPARING_SECONDS = 30
#: which part of a channel's rate limit is left to what is new
SPARE = 0.25
SPARE_SECONDS = 5
MAX_SHOWN = 300


class OmsChannelBackfill(models.Model):
    """One window of the past whose orders are brought."""

    _name = "oms.channel.backfill"
    _description = "Back-fill"
    _order = "id desc"
    _check_company_auto = True

    # What may follow what; see _set_state.
    _TRANSITIONS = {
        "draft": ("running",),
        "running": ("done", "failed", "stopped"),
        "failed": ("running", "stopped"),
        "stopped": ("running",),
        "done": (),
    }

    name = fields.Char(compute="_compute_name")
    channel_id = fields.Many2one("oms.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("Until", required=True, default=lambda self: fields.Datetime.now())
    policy = fields.Selection(related="channel_id.backfill_policy", readonly=False)
    state = fields.Selection(
        [
            ("draft", "To start"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    is_counted = fields.Boolean(readonly=True, copy=False)
    total = fields.Integer("Orders there", readonly=True, copy=False)
    count_text = fields.Char("How many", compute="_compute_count_text")
    done_count = fields.Integer("Orders Read", readonly=True, copy=False)
    new_count = fields.Integer("New in Odoo", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    cursor = fields.Char(readonly=True, copy=False, help="How far it has been read.")
    page = fields.Char(readonly=True, copy=False, help="The digest of the last page.")
    attempts = fields.Integer(readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False)
    next_try_at = fields.Datetime("Goes on", readonly=True, copy=False)
    worked_at = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    finished_at = fields.Datetime("Finished", readonly=True, copy=False)

    _window_order = models.Constraint(
        "CHECK (date_from < date_to)", "The window must begin before it ends."
    )

    # === COMPUTE METHODS === #

    @api.depends("channel_id", "date_from", "date_to")
    def _compute_name(self):
        for backfill in self:
            days = ("date_from", "date_to")
            texts = [backfill[day] and f"{backfill[day]:%Y-%m-%d}" or "…" for day in days]
            backfill.name = f"{backfill.channel_id.name}: {' – '.join(texts)}"

    @api.depends("is_counted", "total")
    def _compute_count_text(self):
        for backfill in self:
            if not backfill.is_counted:
                backfill.count_text = False
            elif backfill.total < 0:
                backfill.count_text = self.env._("The channel tells only when they are read.")
            else:
                backfill.count_text = self.env._("%(count)s orders", count=backfill.total)

    @api.depends("done_count", "total", "state")
    def _compute_progress(self):
        for backfill in self:
            if backfill.state == "done":
                backfill.progress = 100.0
            else:
                share = backfill.done_count / backfill.total if backfill.total > 0 else 0.0
                backfill.progress = min(share * 100.0, 99.0)

    # === ACTION METHODS === #

    def action_count(self):
        """Ask how many orders there are, before anything is brought."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        if self.state != "draft":
            raise UserError(self.env._("It has begun: what is read is shown as it goes on."))
        self._count()
        return True

    def action_start(self):
        """Begin, or go on where it stopped."""
        self.check_access("write")
        self = self.sudo()
        for backfill in self.filtered(lambda b: b.state == "draft" and not b.is_counted):
            backfill._count()
        self._start()
        return True

    def action_retry(self):
        """Go on where it failed."""
        self.check_access("write")
        self = self.sudo()
        self._start()
        return True

    def action_stop(self):
        """Leave it where it is; it can go on from there."""
        self.check_access("write")
        self = self.sudo()
        self._set_state("stopped")
        return True

    # === CRUD METHODS === #

    @api.constrains("date_from", "date_to", "channel_id")
    def _check_draft(self):
        if any(backfill.state != "draft" for backfill in self):
            raise UserError(self.env._("A back-fill that has begun cannot be changed."))

    def write(self, vals):
        """Extend: another window is not counted yet."""
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to"}:
            self.sudo().is_counted = False
        return result

    # === BUSINESS METHODS === #

    def _window(self):
        """:return: where it begins and ends, aware"""
        return (
            self.date_from.replace(tzinfo=timezone.utc),
            self.date_to.replace(tzinfo=timezone.utc),
        )

    def _count(self):
        """Take over how many orders the channel says there are."""
        total = self.channel_id._adapter()._count_orders(self.channel_id, *self._window())
        self.write({"is_counted": True, "total": -1 if total is None else total})

    def _start(self):
        """Let the lane bring the orders."""
        self._set_state("running", error=False, attempts=0, next_try_at=False)
        for backfill in self.filtered(lambda b: not b.started_at):
            backfill.started_at = fields.Datetime.now()
        self.env.ref("oms_addon.oms_lane_backfill").sudo()._wake()

    def _set_state(self, state, **values):
        """Move back-fills to a state of the table; those already there stay.

        :raise UserError: when the move is not in the table
        """
        for backfill in self.filtered(lambda b: b.state != state):
            if state not in self._TRANSITIONS[backfill.state]:
                raise UserError(
                    self.env._(
                        "The back-fill is %(now)s and cannot become %(then)s.",
                        now=backfill.state,
                        then=state,
                    )
                )
            self.env["oms.event"]._log(
                backfill,
                "channel.backfill",
                self.env._("Back-fill %(name)s: %(state)s", name=backfill.name, state=state),
                before=backfill.state,
                after=state,
            )
            backfill.write({"state": state, **values})

    # === THE LANE === #

    @api.model
    def _get_todo_domain(self):
        """:return: what the lane may take now"""
        return (
            Domain("state", "=", "running")
            & Domain("channel_id.state", "=", "live")
            & (
                Domain("next_try_at", "=", False)
                | Domain("next_try_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _work(self):
        """Bring one page of the back-fill that has waited longest.

        :return: 1; 0 when there is nothing to do now
        """
        due = self.search(self._get_todo_domain(), order="worked_at nulls first, id")
        backfill = due.try_lock_for_update(limit=1)
        if backfill:
            backfill.worked_at = fields.Datetime.now()
            backfill._bring_page()
        return len(backfill)

    def _bring_page(self):
        """Put one page of old orders in the inbox, unless the channel has to be spared."""
        if self.env["oms.channel.meter"]._share_left(self.channel_id) < SPARE:
            # What is new goes first.
            self._pause(SPARE_SECONDS)
            return
        try:
            with self.env.cr.savepoint():
                self._take_page()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except RateLimited as error:
            self._pause(max(error.seconds or 0, 1))
        except Exception as error:  # noqa: BLE001 - told on the back-fill, tried again or left
            self._after_failure(error)

    def _take_page(self):
        """Ask for the next page and note how far it went."""
        channel = self.channel_id.with_context(**sealed(via="backfill"))
        events, cursor = channel._adapter()._fetch_window(
            channel, *self._window(), self.cursor or None
        )
        page = events and cursor and digest_of("".join(e[1] for e in events).encode())
        if self.cursor and page and page == self.page:
            raise FinalError(
                self.env._("The channel tells the same page of orders again and again.")
            )
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
        """Come back later."""
        self.next_try_at = fields.Datetime.add(fields.Datetime.now(), seconds=int(seconds) or 1)
        for cron in self.env.ref("oms_addon.oms_lane_backfill").sudo().cron_ids:
            cron._trigger(self.next_try_at)

    def _after_failure(self, error):
        """Try again later, or give up and tell the owner; what was read is kept."""
        _logger.warning("Back-fill %s failed", self.id, exc_info=True)
        text = self.env["oms.channel.message"]._in_words(error)[:MAX_SHOWN]
        attempts = self.attempts + 1
        self.write({"attempts": attempts, "error": text})
        if isinstance(error, RetryableError) and attempts < MAX_ATTEMPTS:
            pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
            # Jitter; nothing secret.
            self._pause(max(pause * random.uniform(0.8, 1.2), error.seconds or 0))
            return
        self._set_state("failed")
        self.channel_id._tell_owner(
            self.env._("Back-fill failed after %(count)s orders", count=self.done_count), text
        )


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    backfill_ids = fields.One2many("oms.channel.backfill", "channel_id", "Back-fills")
    backfill_policy = fields.Selection(
        [
            ("past", "Process Open Orders, Record the Others"),
            ("record", "Record Only"),
            ("new", "Process as New"),
        ],
        "Imported History",
        default="past",
        required=True,
        help="Recorded orders can be looked up and counted: nothing of them is reserved, shipped, "
        "invoiced or booked.",
    )

    def action_new_backfill(self):
        """Choose which part of the past to bring; the last 90 days to begin with."""
        self.ensure_one()
        self.check_access("write")
        now = fields.Datetime.now().replace(second=0)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Back-fill"),
            "res_model": "oms.channel.backfill",
            "view_mode": "form",
            "context": {
                "default_channel_id": self.id,
                "default_date_from": fields.Datetime.subtract(now, days=90),
                "default_date_to": now,
            },
        }

    def action_view_backfills(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("channel_id", "=", self.id)]
        action = self._action_for("oms_addon.oms_channel_backfill_action", domain)
        return {**action, "context": {"default_channel_id": self.id}}
