"""Canonical API, inbound: cancellations and returns of one order."""

from datetime import datetime, timezone

from odoo import api, models

from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.api.requests import CancelRequest, ReturnRequest
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    CancelledLine,
    Refund,
    RefundDocument,
    RefundLine,
)

from .oms_api import TOPICS


class OmsApi(models.AbstractModel):
    _inherit = "oms.api"

    # === REQUESTS === #

    @api.model
    def _cancel(self, channel, ref, body, key):
        """Receive the cancellation of an order or of some of its items."""
        self._check_key(key)
        wanted = CancelRequest.from_dict(self._json(body))
        order = self._known_order(channel, ref)
        own = wanted.ref or self._digest(ref, body)
        name = self._event_ref(key) if key else f"cancel:{ref}:{own}"
        return self._once(
            channel,
            name,
            body,
            f"cancel {ref}",
            lambda: self._events_of(name, self._prepare_cancellation(ref, order, wanted, own)),
        )

    @api.model
    def _prepare_cancellation(self, ref, order, wanted, own):
        """:return: the cancellation document of a request
        :raise Problem: when the items cannot be cancelled any more
        """
        self._check_cancel(order, wanted)
        of_line = self._lines_by_name(order)
        return CancellationDocument(
            ref=own,
            order_ref=ref,
            at=wanted.at or datetime.now(timezone.utc),
            source_zone=wanted.source_zone,
            reason=wanted.reason,
            lines=tuple(
                CancelledLine(quantity=pieces.quantity, **self._line_values(order, of_line, pieces))
                for pieces in wanted.lines
            ),
            extra=wanted.extra,
        )

    @api.model
    def _announce_return(self, channel, ref, body, key):
        """Receive a return of items or a refund of an order."""
        self._check_key(key)
        wanted = ReturnRequest.from_dict(self._json(body))
        order = self._known_order(channel, ref)
        name = self._event_ref(key) if key else f"return:{ref}:{wanted.ref}"
        return self._once(
            channel,
            name,
            body,
            f"return {ref}",
            lambda: self._events_of(name, self._prepare_refund(ref, order, wanted)),
        )

    @api.model
    def _prepare_refund(self, ref, order, wanted):
        """:return: the refund document of a return request"""
        self._check_return(order, wanted)
        of_line = self._lines_by_name(order)
        lines = tuple(
            RefundLine(
                line_ref=self._line_of(of_line, pieces).oms_line_ref or pieces.line_ref,
                sku=self._line_of(of_line, pieces).oms_sku or pieces.sku,
                quantity=pieces.quantity,
                amount=pieces.amount,
                returned=pieces.returned and bool(pieces.quantity),
            )
            for pieces in wanted.lines
        )
        refund = Refund(
            ref=wanted.ref,
            at=wanted.at or datetime.now(timezone.utc),
            lines=lines,
            amount=wanted.amount,
            reason=wanted.reason,
        )
        return RefundDocument(
            order_ref=ref, refunds=(refund,), charges=wanted.charges, extra=wanted.extra
        )

    @api.model
    def _events_of(self, name, document):
        """:return: the list with the one event of a document"""
        payload = document.to_json().encode()
        return [((TOPICS[type(document)], name, payload, document.order_ref), document)]

    @api.model
    def _known_order(self, channel, ref):
        """:return: the order with a channel's id; empty while it is still in the inbox
        :raise Problem: when it is unknown
        """
        order = self._find_order(channel, ref)
        if not order and not self._messages(channel, ref, limit=1):
            raise Problem(404, "unknown-order", f"No order {ref!r} was received from the channel.")
        return order

    # === LINES AND QUANTITIES === #

    @api.model
    def _lines_by_name(self, order):
        """:return: the order's lines by the channel's id and by SKU, the first of each"""
        key_of = self.env["oms.channel.listing"]._normalize_sku
        found = {}
        for line in order.order_line.filtered("oms_kind"):
            found.setdefault(("ref", line.oms_line_ref), line)
            found.setdefault(("sku", key_of(line.oms_sku)), line)
        return found

    @api.model
    def _line_of(self, of_line, pieces):
        """:return: the line that a requested item refers to; empty if there is none"""
        key_of = self.env["oms.channel.listing"]._normalize_sku
        none = self.env["sale.order.line"]
        if pieces.line_ref:
            return of_line.get(("ref", pieces.line_ref), none)
        return of_line.get(("sku", key_of(pieces.sku)), none)

    @api.model
    def _line_values(self, order, of_line, pieces):
        """:return: the values that identify a line when the cancellation is applied"""
        line = self._line_of(of_line, pieces)
        if not line:
            return {"line_ref": pieces.line_ref, "sku": pieces.sku}
        units = self._units(order.oms_channel_id, line)[line]
        return {
            "line_ref": line.oms_line_ref or "",
            "sku": line.oms_sku or "",
            "name": line.name,
            "unit_price": self._quantity(line.price_unit * units),
        }

    @api.model
    def _check_cancel(self, order, wanted):
        """:raise Problem: when items match no line, or exceed the quantity left to cancel"""
        if not order:
            return
        left = {
            line: self._quantity(line.product_uom_qty / units) - status.shipped
            for line, status, units in self._status_lines(order)
            if line.oms_kind == "product"
        }
        if not wanted.lines and left and not any(count > 0 for count in left.values()):
            # Repeating the cancellation of an order is no error.
            if order.state != "cancel":
                raise Problem(
                    409,
                    "nothing-left",
                    "All items of the order are shipped or cancelled. Report returned items as "
                    "a return.",
                )
        self._check_units(
            order,
            wanted,
            left,
            "{left} units of {name!r} can be cancelled, {wanted} were requested",
        )

    @api.model
    def _check_return(self, order, wanted):
        """:raise Problem: when items match no line, or exceed the shipped quantity"""
        if not order:
            return
        shipped = {
            # Items cancelled after shipping are on their way back already.
            line: status.shipped - status.cancelled + self._quantity(line.oms_reduced_qty / units)
            for line, status, units in self._status_lines(order)
        }
        self._check_units(
            order,
            wanted,
            shipped,
            "{left} units of {name!r} were shipped, {wanted} were reported as returned",
            lambda units: units.returned and bool(units.quantity),
        )

    @api.model
    def _check_units(self, order, wanted, left, template, concerns=lambda units: True):
        """:raise Problem: listing every unknown line and, by a template, every exceeded quantity"""
        of_line = self._lines_by_name(order)
        unknown, many, taken = [], [], {}
        for place, units in enumerate(wanted.lines):
            line = self._line_of(of_line, units)
            name = units.line_ref or units.sku
            if not line:
                error = {"field": f"lines[{place}]", "message": f"the order has no line {name!r}"}
                unknown.append(error)
            elif concerns(units):
                taken[line] = taken.get(line, 0) + units.quantity
                if line in left and taken[line] > left[line]:
                    message = template.format(
                        left=f"{max(left[line], 0):f}", name=name, wanted=f"{taken[line]:f}"
                    )
                    many.append({"field": f"lines[{place}].quantity", "message": message})
        if unknown:
            raise Problem(422, "unknown-line", "The order does not have this line.", unknown)
        if many:
            raise Problem(
                409, "too-many-pieces", "The quantity exceeds the quantity of the line.", many
            )
