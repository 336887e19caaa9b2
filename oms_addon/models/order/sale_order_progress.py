"""Progress of orders, from a channel or created in Sales for a managed warehouse."""

from odoo import api, fields, models

from odoo.addons.oms_addon.models.order.sale_order import STEPS
from odoo.addons.oms_addon.tools.amounts import SALES

_SHIPPING = ("ship", "track", "deliver")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_is_managed = fields.Boolean(
        "Managed by Orders Hub",
        compute="_compute_oms_is_managed",
        compute_sudo=True,
        help="Order of a channel, or order shipped from a warehouse managed by Orders Hub.",
    )
    oms_shown_step = fields.Selection(
        STEPS, "Step", compute="_compute_oms_progress", search="_search_oms_shown_step"
    )
    oms_shown_status = fields.Selection(
        lambda self: self._fields["oms_status"].selection,
        "Progress",
        compute="_compute_oms_progress",
        search="_search_oms_shown_status",
    )
    oms_shown_reason = fields.Char("Waiting Reason", compute="_compute_oms_progress")
    oms_made_steps = fields.Json(
        "Completed Steps",
        compute="_compute_oms_progress",
        help="Steps of an order created in Sales, with their names and completion dates.",
    )
    oms_expected_at = fields.Datetime(
        "Estimated Delivery Date",
        compute="_compute_oms_expected_at",
        help="Promised delivery date; before confirmation, the date that would be promised now.",
    )

    @api.depends("oms_step", "warehouse_id.oms_managed")
    def _compute_oms_is_managed(self):
        for order in self:
            order.oms_is_managed = bool(order.oms_step or order.warehouse_id.oms_managed)

    @api.depends(
        "oms_step",
        "oms_status",
        "oms_wait_reason",
        "state",
        "oms_held",
        "picking_ids.state",
        "warehouse_id.oms_managed",
    )
    @api.depends_context("uid")
    def _compute_oms_progress(self):
        for order in self:
            if order.oms_step or not order.oms_is_managed:
                order.oms_shown_step = order.oms_step
                order.oms_shown_status = order.oms_status
                # The former waiting reason does not apply while the order is running.
                is_running = order.oms_status == "running"
                # Users without access to Sales see no amounts.
                reason = not is_running and order.sudo().oms_wait_reason
                order.oms_shown_reason = order._oms_visible_reason(
                    order.oms_step, order.oms_status, reason
                )
                order.oms_made_steps = False
            else:
                # Progress is visible to all who can read the order.
                step, status, reason = order.sudo()._oms_own_progress()
                order.oms_shown_step = step
                order.oms_shown_status = status
                order.oms_shown_reason = order._oms_visible_reason(step, status, reason)
                order.oms_made_steps = order.sudo()._oms_prepare_steps(step)

    def _oms_visible_reason(self, step, status, reason):
        """:return: the waiting reason, without amounts for users who must not see them"""
        if not reason or self.env.user._oms_is_shown(SALES):
            return reason
        if status in ("held", "failed"):
            return self.env._("On hold: resolve the exception.")
        if step == "collect":
            return self.env._("Waiting for payment.")
        return reason if status == "cancelled" or step in ("allocate", *_SHIPPING) else False

    def _oms_own_progress(self):
        """Compute the progress of one order created in Sales.

        :return: its step, status and waiting reason
        :rtype: tuple[str, str, str | bool]
        """
        self.ensure_one()
        pickings = self._oms_pickings().filtered(lambda p: p.state != "cancel")
        waiting = pickings.filtered(lambda p: p.state != "done")
        if self.state == "cancel":
            return "confirm", "cancelled", self.env._("Cancelled.")
        if self.state != "sale":
            return "confirm", "waiting", self.env._("Waiting for confirmation.")
        if pickings and not waiting:
            return "done", "done", False
        if self.oms_held:
            holds = self.oms_hold_ids.filtered(lambda h: h.state == "open" and h.is_blocking)
            return "ship", "held", holds[:1].detail
        if not waiting:
            if self._oms_unshipped():
                return "ship", "waiting", self.env._("Waiting for a delivery to be created.")
            return "done", "done", False
        first = waiting.filtered(lambda p: p.state != "waiting") or waiting
        moves = first.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        if any(move.state != "assigned" for move in moves):
            return "allocate", "waiting", self.env._("Waiting for stock.")
        return "ship", "waiting", self.env._("Waiting for shipment.")

    def _oms_prepare_steps(self, step):
        """:return: the steps for the progress widget of an order created in Sales
        :rtype: list[dict]
        """
        self.ensure_one()
        done = self._oms_pickings().filtered(lambda p: p.state == "done")
        shipped = step == "done" and max(filter(None, done.mapped("date_done")), default=None)
        confirmed = self.date_order if self.state == "sale" else None
        reached = [
            ("captured", self.create_date, True),
            ("confirm", confirmed, bool(confirmed)),
            ("allocate", None, step in ("ship", "done") and bool(confirmed)),
            ("ship", shipped or None, step == "done"),
        ]
        return [
            {"name": name, "at": fields.Datetime.to_string(at) if at else "", "done": is_done}
            for name, at, is_done in reached
        ]

    @api.depends("oms_promised_at", "state", "order_line.product_uom_qty", "warehouse_id")
    def _compute_oms_expected_at(self):
        drafts = self.filtered(
            lambda o: (
                o.state in ("draft", "sent")
                and not o.oms_promised_at
                and o.warehouse_id.oms_managed
            )
        )
        found = self.env["oms.promise"].sudo()._compute_dates(drafts.sudo().order_line)
        for order in self:
            dates = [found[line].arrive_before for line in order.sudo().order_line if line in found]
            order.oms_expected_at = order.oms_promised_at or max(dates, default=False)
