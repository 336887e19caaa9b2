"""The steps of an order, processed in bulk."""

import logging
import traceback

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.batches import in_halves
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed

_logger = logging.getLogger(__name__)

#: maximum number of parallel jobs of one kind, used to search enough unlocked orders
MAX_JOBS = 8


class OmsOrderFlow(models.AbstractModel):
    """Runs orders through their steps, from captured to closed.

    ``_step_<name>(orders)`` is idempotent, processes a recordset and returns
    ``{order: sentence}`` for the orders that wait. An order whose wait does not block
    continues with the next steps; ``oms_step`` stays at the first incomplete step, so that
    it is retried.
    """

    _name = "oms.order.flow"
    _description = "Order Flow"

    #: completion date field of each step
    _STAMPS = {
        "screen": "oms_screened_at",
        "confirm": "oms_confirmed_at",
        "allocate": "oms_allocated_at",
        "collect": "oms_paid_at",
        "invoice": "oms_invoiced_at",
        "ship": "oms_shipped_at",
        "track": "oms_tracked_at",
        "deliver": "oms_delivered_at",
        "close": "oms_closed_at",
    }

    @api.model
    def _steps(self):
        """:return: the names of the steps, in sequence"""
        return [
            "screen",
            "confirm",
            "allocate",
            "collect",
            "invoice",
            "ship",
            "track",
            "deliver",
            "close",
        ]

    @api.model
    def _lanes(self):
        """:return: the background job of each step: screening and confirming run in parallel, the
        other steps in one job, the single writer of reservations and journal entries
        """
        return {
            step: "orders" if step in ("screen", "confirm") else "fulfilment"
            for step in self._steps()
        }

    # === RUNNING === #

    @api.model
    def _wake(self, steps):
        """Trigger the background jobs of these steps.

        :param set steps: names of steps
        """
        lanes = self._lanes()
        for lane in {lanes[step] for step in steps if step in lanes}:
            self.env.ref(f"oms_addon.oms_lane_{lane}").sudo()._wake()

    @api.model
    def _process(self, lane, limit=50):
        """Process a batch of running orders of a background job, oldest first.

        :param str lane: ``orders`` or ``fulfilment``
        :param int limit: maximum number of orders
        :return: number of orders processed
        :rtype: int
        """
        steps = [step for step, of_step in self._lanes().items() if of_step == lane]
        # Search more than the limit, as parallel jobs may have locked some.
        orders = self.env["sale.order"].search(
            [("oms_cursor", "in", steps), ("oms_status", "=", "running")],
            order="id",
            limit=limit * MAX_JOBS,
        )
        orders = orders.try_lock_for_update(limit=limit).filtered(
            lambda o: o.oms_status == "running"
        )
        self._run(orders, steps)
        self._wake(
            set(orders.filtered(lambda o: o.oms_status == "running").mapped("oms_cursor"))
            - set(steps)
        )
        return len(orders)

    @api.model
    def _run(self, orders, steps=None):
        """Run orders through their steps as far as possible.

        :param orders: ``sale.order`` records; those without a step are ignored
        :param list steps: only these steps; ``None`` for all
        """
        flow = self.with_context(
            tracking_disable=True,
            mail_notrack=True,
            mail_activity_automation_skip=True,
            **sealed(actor=unsealed(self.env, "actor") or self.env._("Order Flow")),
        )
        orders = orders.with_env(flow.env).filtered("oms_step")
        while orders:
            flow._start(orders)
            progress = set()
            for company, of_company in orders.grouped("company_id").items():
                for name in steps or self._steps():
                    here = flow._at(of_company.with_company(company), name)
                    if here:
                        progress |= flow.with_company(company)._run_step(name, here)
            # A later step may have completed what a waiting step depends on.
            orders = orders.filtered(
                lambda o, ids=progress: o.id in ids and o.oms_status == "waiting"
            )

    @api.model
    def _at(self, orders, name):
        """:return: the orders whose next step is ``name``, without those on hold"""
        here = orders.filtered(lambda o: o.oms_cursor == name and o.oms_status == "running")
        held = self._hold(here)
        return here - held

    @api.model
    def _start(self, orders):
        """Set waiting orders to running, from their first incomplete step."""
        self._close_cancelled(orders)
        waiting = orders.filtered(lambda o: o.oms_status in ("waiting", "held", "failed"))
        for step, of_step in waiting.grouped("oms_step").items():
            of_step.write({"oms_status": "running", "oms_cursor": step, "oms_wait_reason": False})

    @api.model
    def _close_cancelled(self, orders):
        """Set the status of cancelled orders."""
        cancelled = orders.filtered(lambda o: o.state == "cancel" and o.oms_status != "cancelled")
        if cancelled:
            cancelled.write(
                {"oms_status": "cancelled", "oms_wait_reason": self.env._("Cancelled.")}
            )

    @api.model
    def _hold(self, orders):
        """Set orders with an open blocking exception on hold, with the reasons.

        :return: the orders on hold
        """
        if not orders:
            return orders
        reasons = {}
        stopping = [
            ("order_id", "in", orders.ids),
            ("state", "=", "open"),
            ("is_blocking", "=", True),
        ]
        for hold in self.env["oms.hold"].sudo().search(stopping):
            reasons.setdefault(hold.order_id.id, []).append(hold.detail)
        held = orders.filtered(lambda o: o.id in reasons)
        for order in held:
            order.write({"oms_status": "held", "oms_wait_reason": "; ".join(reasons[order.id])})
        return held

    @api.model
    def _run_step(self, name, orders):
        """Run one step; orders that fail get an exception, the others continue.

        :return: ids of the orders that completed it while an earlier step waits
        :rtype: set
        """
        step, progress = getattr(self, f"_step_{name}"), set()
        for taken, waits, error in in_halves(self.env, orders, step):
            if error:
                self._fail(name, taken, error)
            else:
                progress |= self._advance(name, taken, waits or {})
        return progress

    @api.model
    def _fail(self, name, order, error):
        """Open an exception for an order whose step failed, and log the error."""
        _logger.warning("Step %s of order %s failed", name, order.id, exc_info=error)
        text = self.env["oms.channel.message"]._error_text(error)
        steps = dict(order._fields["oms_step"]._description_selection(self.env))
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="STEP_FAILED",
                    message=self.env._(
                        "Step %(step)s failed: %(error)s",
                        step=steps[name],
                        error=text,
                    ),
                )
            ],
        )
        order.write({"oms_status": "failed", "oms_wait_reason": text})
        self.env["oms.event"]._log(
            order,
            "order.failed",
            text[:500],
            after=traceback.format_exception_only(error)[-1][:500],
        )

    @api.model
    def _advance(self, name, orders, waits):
        """Advance orders that completed a step and store the reasons of those that wait.

        :param dict waits: sentence by waiting order
        :return: see ``_run_step``
        """
        self._close_cancelled(orders)
        orders = orders.filtered(lambda o: o.oms_status == "running")
        done = orders.filtered(lambda o: o not in waits)
        blocked = orders.filtered(lambda o: o in waits and self._blocks(name, o))
        behind = orders - done - blocked
        progress = self._advance_done(name, done)
        for order in blocked + behind:
            if order.oms_step == name and order.oms_wait_reason != waits[order]:
                order.oms_wait_reason = waits[order]
        blocked.write({"oms_status": "waiting"})
        self._move_cursor(name, done + behind)
        return progress

    @api.model
    def _advance_done(self, name, done):
        """Set the completion date of a step and advance ``oms_step``.

        :return: see ``_run_step``
        """
        stamp = self._STAMPS[name]
        fresh = done.filtered(lambda o: not o[stamp])
        if name == "collect":
            # Orders paid on delivery or later complete the step without being paid.
            fresh = fresh.filtered(lambda o: o._oms_is_paid())
        if fresh:
            fresh.write({stamp: fields.Datetime.now()})
            self.env["oms.event"]._log(fresh, f"step.{name}", self._done_text(name))
        progress = set(fresh.filtered(lambda o: o.oms_step != name).ids)
        first = done.filtered(lambda o: o.oms_step == name)
        if first:
            first.write({"oms_step": self._next(name), "oms_wait_reason": False})
        return progress

    @api.model
    def _move_cursor(self, name, orders):
        """Set the next step to try; after the last one orders are done, or waiting."""
        if not orders:
            return
        following = self._next(name)
        orders.write({"oms_cursor": following})
        if following == "done":
            done = orders.filtered(lambda o: o.oms_step == "done")
            done.write({"oms_status": "done"})
            (orders - done).write({"oms_status": "waiting"})

    @api.model
    def _next(self, name):
        """:return: the step after ``name``; ``done`` after the last"""
        steps = [*self._steps(), "done"]
        return steps[steps.index(name) + 1]
