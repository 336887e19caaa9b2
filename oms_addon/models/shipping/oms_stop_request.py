"""Requests to the warehouse to stop picking an order."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class OmsStopRequest(models.Model):
    _name = "oms.stop.request"
    _description = "Picking Stop Request"
    _inherit = ["oms.state.mixin"]
    _order = "id desc"
    _rec_name = "order_id"

    _TRANSITIONS = {"asked": ("stopped", "late", "void"), "stopped": (), "late": (), "void": ()}

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    picking_ids = fields.Many2many("stock.picking", string="Deliveries", readonly=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    hold_id = fields.Many2one("oms.hold", readonly=True, index="btree_not_null")
    reason = fields.Char(required=True, readonly=True)
    units = fields.Json(
        readonly=True, help="Units to cancel by order line. Leave empty to cancel the whole order."
    )
    what = fields.Char("To Restock", readonly=True)
    is_ours = fields.Boolean(
        "Cancelled in Odoo",
        readonly=True,
        help="The channel is notified once the items are restocked.",
    )
    state = fields.Selection(
        [
            ("asked", "Requested"),
            ("stopped", "Stopped"),
            ("late", "Too Late"),
            ("void", "Obsolete"),
        ],
        default="asked",
        required=True,
        readonly=True,
    )
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_at = fields.Datetime(readonly=True)

    _asked_idx = models.Index("(order_id) WHERE state = 'asked'")

    def _set_state(self, state, **values):
        """Extend: record who answered the request and when."""
        answer = {"answered_by_id": self.env.uid, "answered_at": fields.Datetime.now()}
        return super()._set_state(state, **answer, **values)

    # === REQUESTS === #

    @api.model
    def _request(self, order, pickings, reason, units=None):
        """Request the warehouse to stop, unless a request for the whole order is already open.

        :param order: one ``sale.order``
        :param pickings: the deliveries being picked
        :param str reason: the reason, as text
        :param dict units: units to cancel by order line; ``None`` for the whole order
        :return: the request
        """
        reported = {str(line.id): quantity for line, quantity in (units or {}).items()}
        asked = self._get_open(order)
        is_ours = bool(unsealed(self.env, "cancelled_here"))
        whole = asked.filtered(lambda r: not r.units)[:1]
        if whole:
            # A cancellation from the channel need not be sent to it.
            whole.is_ours = whole.is_ours and is_ours
            return whole
        hold = self._hold(order, pickings, reason, units)
        return self.create(
            [
                {
                    "order_id": order.id,
                    "picking_ids": [fields.Command.set(pickings.ids)],
                    "hold_id": hold.id,
                    "reason": reason,
                    "units": reported,
                    "what": self._what(order, pickings, units),
                    "is_ours": is_ours,
                }
            ]
        )

    @api.model
    def _get_open(self, order):
        """:return: the open requests of an order"""
        return order.with_env(self.env).oms_stop_request_ids.filtered(lambda r: r.state == "asked")

    @api.model
    def _get_stop_units(self, line):
        """:return: the units of an order line in open stop requests"""
        asked = self._get_open(line.order_id)
        return sum((request.units or {}).get(str(line.id), 0.0) for request in asked)

    @api.model
    def _what(self, order, pickings, units):
        """:return: the items to restock, as text; if combined, those of the order only"""
        is_shared = bool(pickings.oms_shared_order_ids)
        if not units and not is_shared:
            return self.env._("Everything")
        if not units:
            moves = order._oms_moves(pickings).filtered(lambda m: m.state != "cancel")
            units = {
                line: sum(of_line.mapped("product_uom_qty"))
                for line, of_line in moves.grouped("sale_line_id").items()
            }
        goods = ", ".join(
            f"{quantity:g} × {line.product_id.display_name}" for line, quantity in units.items()
        )
        return f"{order.name}: {goods}" if is_shared else goods

    @api.model
    def _hold(self, order, pickings, reason, units):
        """:return: the exception that blocks the order until the request is answered"""
        code = "STOP_REQUESTED" if units else "CANCEL_REQUESTED"
        message = (
            self.env._(
                "%(reason)s The items are being picked (%(deliveries)s): restock %(units)s, or "
                "ship them if they already left.",
                reason=sentences.join([reason]),
                deliveries=", ".join(pickings.mapped("name")),
                units=self._what(order, pickings, units),
            )
            if units or pickings.oms_shared_order_ids
            else self.env._(
                "%(reason)s The items are being picked (%(deliveries)s): restock them and "
                "cancel the order, or ship it if they already left.",
                reason=sentences.join([reason]),
                deliveries=", ".join(pickings.mapped("name")),
            )
        )
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code=code,
                    message=message,
                    **self.env["oms.order.signals"]._deadline("CANCEL_REQUESTED"),
                )
            ],
        )
        return order.oms_hold_ids.filtered(lambda h: h.state == "open" and h.reason_code == code)[
            :1
        ]

    # === ANSWERS === #

    def _answer(self, is_stopped):
        """Process the warehouse's answer.

        If stopped, the requested items are restocked and cancelled. If too late, they are
        shipped and an exception is opened.

        :param bool is_stopped: whether the items were restocked
        """
        for request in self._advance_to("stopped" if is_stopped else "late"):
            order = request.order_id
            text = (
                self.env._("The warehouse stopped picking: %(what)s to restock.", what=request.what)
                if is_stopped
                else self.env._("Too late to stop: %(what)s was shipped.", what=request.what)
            )
            self.env["oms.event"]._log(order, f"stop.{request.state}", text)
            request.hold_id._close(text, state="released")
            if is_stopped:
                request._cancel()
            else:
                request._hold_for_late_tracking()
            order._oms_run()

    def _cancel(self):
        """Unpick the items and cancel the requested units or order."""
        order = self.order_id
        canceller = self.env["oms.order.canceller"].with_context(**sealed(stopped=True))
        if not self.units:
            order._oms_moves(order._oms_pickings()._oms_todo()).picked = False
            if self.is_ours:
                canceller._cancel_manually(order, self.reason)
            else:
                canceller._cancel_whole(order, self.reason)
            order._oms_cancel_unwanted()
            return
        units = {
            self.env["sale.order.line"].browse(int(line_id)): quantity
            for line_id, quantity in self.units.items()
        }
        lines = self.env["sale.order.line"].concat(*units)
        lines.move_ids._oms_to_customer().picked = False
        if self.is_ours:
            canceller._cancel_and_send(order, units, self.reason)
        else:
            canceller._cancel_units(units, self.reason)
        order._oms_cancel_unwanted()

    def _hold_for_late_tracking(self):
        """Open an exception for items that are shipped although they were cancelled."""
        self.env["oms.hold"]._open(
            self.order_id,
            [
                HoldReason(
                    code="STOP_TOO_LATE",
                    message=self._late_text(),
                )
            ],
        )

    def _late_text(self):
        """:return: the message of a request answered as too late"""
        self.ensure_one()
        if self.is_ours:
            return self.env._(
                "%(reason)s The warehouse could not stop %(what)s. Have the carrier return it, "
                "or release the order and inform the customer.",
                reason=sentences.join([self.reason]),
                what=self.what,
            )
        return self.env._(
            "%(reason)s The warehouse could not stop %(what)s. Have the carrier return it, "
            "or refuse the cancellation on the channel.",
            reason=sentences.join([self.reason]),
            what=self.what,
        )

    @api.model
    def _resolve_for(self, holds):
        """Void the requests whose exception was resolved by a user."""
        self.search([("hold_id", "in", holds.ids), ("state", "=", "asked")])._set_state("void")
