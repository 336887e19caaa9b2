"""History import: counts orders of the past and imports them page by page in the background."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError


class OmsChannelBackfill(models.Model):
    """A period of the past whose orders are imported."""

    _name = "oms.channel.backfill"
    _description = "History Import"
    _inherit = ["oms.state.mixin"]
    _order = "id desc"
    _check_company_auto = True

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
    date_from = fields.Datetime("Start Date", required=True)
    date_to = fields.Datetime("End Date", required=True, default=lambda self: fields.Datetime.now())
    policy = fields.Selection(related="channel_id.backfill_policy", readonly=False)
    state = fields.Selection(
        [
            ("draft", "Not Started"),
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
    total = fields.Integer("Orders on the Channel", readonly=True, copy=False)
    count_text = fields.Char("Order Count", compute="_compute_count_text")
    done_count = fields.Integer("Orders Imported", readonly=True, copy=False)
    new_count = fields.Integer("New in Odoo", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    cursor = fields.Char(
        readonly=True, copy=False, help="Position up to which orders were imported."
    )
    page = fields.Char(readonly=True, copy=False, help="Digest of the last page.")
    attempts = fields.Integer(readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False)
    next_try_at = fields.Datetime("Retry At", readonly=True, copy=False)
    worked_at = fields.Datetime("Last Run", readonly=True, copy=False)
    started_at = fields.Datetime("Started On", readonly=True, copy=False)
    finished_at = fields.Datetime("Finished On", readonly=True, copy=False)

    _window_order = models.Constraint(
        "CHECK (date_from < date_to)", "The end date must be after the start date."
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
                backfill.count_text = self.env._("Known once all orders are imported.")
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
        """Fetch the number of orders, before any import."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        if self.state != "draft":
            raise UserError(
                self.env._("The import has started. Imported orders are shown as it progresses.")
            )
        self._count()
        return True

    def action_start(self):
        """Start the import, or continue it where it stopped."""
        self.check_access("write")
        self = self.sudo()
        for backfill in self.filtered(lambda b: b.state == "draft" and not b.is_counted):
            backfill._count()
        self._start()
        return True

    def action_retry(self):
        """Continue a failed import where it stopped."""
        self.check_access("write")
        self = self.sudo()
        self._start()
        return True

    def action_stop(self):
        """Stop the import; it can be continued."""
        self.check_access("write")
        self = self.sudo()
        self._set_state("stopped")
        return True

    # === CRUD METHODS === #

    @api.constrains("date_from", "date_to", "channel_id")
    def _check_draft(self):
        if any(backfill.state != "draft" for backfill in self):
            raise UserError(self.env._("A history import that has started cannot be changed."))

    def write(self, vals):
        """Extend: a changed period has to be counted again."""
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to"}:
            self.sudo().is_counted = False
        return result

    # === BUSINESS METHODS === #

    def _window(self):
        """:return: start and end of the period, with time zone"""
        return (
            self.date_from.replace(tzinfo=timezone.utc),
            self.date_to.replace(tzinfo=timezone.utc),
        )

    def _count(self):
        """Store the number of orders that the channel reports."""
        total = self.channel_id._adapter()._count_orders(self.channel_id, *self._window())
        self.write({"is_counted": True, "total": -1 if total is None else total})

    def _start(self):
        """Start the import in the background job."""
        self._set_state("running", error=False, attempts=0, next_try_at=False)
        for backfill in self.filtered(lambda b: not b.started_at):
            backfill.started_at = fields.Datetime.now()
        self.env.ref("oms_addon.oms_lane_backfill").sudo()._wake()

    def _set_state(self, state, **values):
        """Extend: changes of the state are audited."""
        before = {backfill: backfill.state for backfill in self}
        moved = super()._set_state(state, **values)
        for backfill in moved:
            self.env["oms.event"]._log(
                backfill,
                "channel.backfill",
                self.env._(
                    "History import %(name)s: %(state)s",
                    name=backfill.name,
                    state=backfill._state_label(),
                ),
                before=before[backfill],
                after=state,
            )
        return moved


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    backfill_ids = fields.One2many("oms.channel.backfill", "channel_id", "History Imports")
    backfill_policy = fields.Selection(
        [
            ("past", "Process Open Orders, Record the Others"),
            ("record", "Record Only"),
            ("new", "Process as New"),
        ],
        "Imported History",
        default="past",
        required=True,
        help="Record-only orders can be searched and counted: nothing is reserved, shipped, "
        "invoiced or posted for them.",
    )

    def action_new_backfill(self):
        """Open a new history import, by default of the last 90 days."""
        self.ensure_one()
        self.check_access("write")
        now = fields.Datetime.now().replace(second=0)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("History Import"),
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
