"""Canonical API, outbound: the status of orders for their channel."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, float_repr

from odoo.addons.oms_addon.api.documents import (
    OrderPage,
    OrderStatus,
    StatusInvoice,
    StatusLine,
    StatusMessage,
    StatusParcel,
    StatusProblem,
)
from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.documents.codec import write_part
from odoo.addons.oms_addon.documents.values import DocumentError, to_moment, to_text

#: long transactions may commit changes dated before the previous page
OVERLAP = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_OPEN_STATES = ("pending", "parked", "failed")


class OmsApi(models.AbstractModel):
    _inherit = "oms.api"

    # === ORDERS === #

    @api.model
    def _read_order(self, channel, ref):
        """:return: (status, content, headers) with the status of one order"""
        order = self._known_order(channel, ref)
        messages = self._open_messages(channel, [ref])
        status = self._status(order, messages) if order else self._inbox_status(channel, ref)
        return 200, write_part(status), {}

    @api.model
    def _list_orders(self, channel, updated_after, cursor, limit):
        """:return: (status, content, headers) with a page of changed orders"""
        started = self.env.cr.now()
        since = self._moment(updated_after)
        orders = self._changed_orders(channel, since, cursor, limit + 1)
        shown = orders[:limit]
        messages = self._open_messages(channel, shown.mapped("oms_order_ref"))
        of_order = messages.grouped("order_ref")
        none = self.env["oms.channel.message"]
        units = self._units(channel, shown.order_line)
        page = OrderPage(
            orders=tuple(
                self._status(order, of_order.get(order.oms_order_ref, none), units)
                for order in shown
            ),
            next_cursor=self._cursor_of(shown[-1]) if len(orders) > limit else None,
            next_updated_after=self._aware(max(started - OVERLAP, since or _EPOCH)),
        )
        return 200, write_part(page), {}

    @api.model
    def _changed_orders(self, channel, since, cursor, limit):
        """:return: the orders of a channel after a cursor, the longest unchanged first"""
        self.env["sale.order"].flush_model(["oms_channel_id", "write_date"])
        conditions = [SQL("oms_channel_id = %s", channel.id)]
        if since:
            conditions.append(SQL("write_date > %s", since))
        if cursor:
            moment, order_id = (int(part) for part in cursor.split("-"))
            conditions.append(
                SQL("(write_date, id) > (%s, %s)", _EPOCH + moment * _MICROSECOND, order_id)
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM sale_order WHERE %s ORDER BY write_date, id LIMIT %s",
                SQL(" AND ").join(conditions),
                limit,
            )
        )
        return self.env["sale.order"].sudo().browse(row[0] for row in rows)

    @api.model
    def _cursor_of(self, order):
        return f"{(order.write_date - _EPOCH) // _MICROSECOND}-{order.id}"

    @api.model
    def _moment(self, text):
        """:return: the time in a parameter, as Odoo stores it; ``None`` without one"""
        if text is None:
            return None
        try:
            return to_moment(text, "UTC", "updated_after").replace(tzinfo=None)
        except DocumentError as error:
            raise Problem(
                422,
                "bad-parameter",
                str(error),
                [{"field": error.path, "message": error.message}],
            ) from error

    @api.model
    def _find_order(self, channel, ref):
        """:return: the order with a channel's id, or an empty recordset"""
        domain = [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", to_text(ref))]
        return self.env["sale.order"].sudo().search(domain)

    @api.model
    def _messages(self, channel, ref, limit=None):
        """:return: the inbox rows about an order"""
        return self._inbox(channel, [("order_ref", "=", to_text(ref))], order="id", limit=limit)

    @api.model
    def _open_messages(self, channel, refs):
        """:return: the inbox rows of orders that are not processed yet, oldest first"""
        of_orders = [
            ("order_ref", "in", [to_text(ref) for ref in refs if ref]),
            ("state", "in", _OPEN_STATES),
        ]
        return self._inbox(channel, of_orders, order="id")

    # === ONE STATUS === #

    @api.model
    def _status(self, order, messages, units=None):
        """:return: the status of one order, see ``OrderStatus``"""
        money = order.currency_id.decimal_places
        return OrderStatus(
            ref=order.oms_order_ref,
            number=order.oms_order_number or order.oms_order_ref,
            state=order.oms_status or "running",
            step=order.oms_step or "",
            waits_for=order.oms_wait_reason or "",
            payment=order.oms_payment_state or "",
            currency=order.currency_id.name,
            total=self._decimal(order.amount_total, money),
            paid=self._decimal(order.oms_amount_paid, money),
            refunded=self._decimal(order.oms_amount_refunded, money),
            placed_at=self._aware(order.oms_placed_at),
            updated_at=self._aware(order.write_date),
            lines=tuple(status for _line, status, _units in self._status_lines(order, units)),
            parcels=tuple(map(self._status_parcel, order.oms_parcel_ids)),
            invoices=tuple(map(self._status_invoice, self._posted_invoices(order))),
            problems=self._status_problems(order),
            messages=tuple(map(self._status_message, messages)),
        )

    @api.model
    def _inbox_status(self, channel, ref):
        """:return: the status of an order that is only in the inbox so far"""
        messages = self._messages(channel, ref)
        todo = messages.filtered(lambda m: m.state in _OPEN_STATES)
        stuck = todo.filtered(lambda m: m.state != "pending")
        return OrderStatus(
            ref=to_text(ref),
            number=to_text(ref),
            state="parked" if stuck else "received",
            step="",
            waits_for="; ".join(filter(None, stuck.mapped("error"))),
            payment="",
            currency="",
            total=None,
            paid=Decimal(0),
            refunded=Decimal(0),
            placed_at=None,
            updated_at=self._aware(max(messages.mapped("write_date"))),
            lines=(),
            parcels=(),
            invoices=(),
            problems=(),
            messages=tuple(map(self._status_message, todo)),
        )

    @api.model
    def _status_lines(self, order, units=None):
        """Prepare the status of the lines of an order.

        :param dict units: Odoo units per unit of the channel, by line; ``None`` to look them up
        :return: (line, ``StatusLine``, Odoo units per unit of the channel)
        """
        lines = order.order_line.filtered("oms_kind").sorted(lambda l: (l.sequence, l.id))
        if units is None:
            units = self._units(order.oms_channel_id, lines)
        return [(line, self._status_line(line, units[line]), units[line]) for line in lines]

    @api.model
    def _status_line(self, line, units):
        ordered = line.product_uom_qty + line.oms_reduced_qty
        return StatusLine(
            ref=line.oms_line_ref or "",
            sku=line.oms_sku or "",
            name=line.name,
            kind=line.oms_kind,
            ordered=self._quantity(ordered / units),
            shipped=self._quantity(self._shipped_of(line) / units),
            cancelled=self._quantity(line.oms_cancelled_qty / units),
        )

    @api.model
    def _shipped_of(self, line):
        """:return: the shipped quantity of a line; 0 for services"""
        return line.qty_delivered if line.product_id.type == "consu" else 0.0

    @api.model
    def _units(self, channel, lines):
        """:return: the number of Odoo units per unit of the channel, by line"""
        Listing = self.env["oms.channel.listing"].sudo()
        keys = {line: Listing._normalize_sku(line.oms_sku) for line in lines}
        found = {
            (listing.sku_key, listing.product_id): listing.multiplier
            for listing in Listing.search(
                [("channel_id", "=", channel.id), ("sku_key", "in", list(set(keys.values())))]
            )
        }
        return {line: found.get((keys[line], line.product_id)) or 1.0 for line in lines}

    @api.model
    def _status_parcel(self, parcel):
        return StatusParcel(
            carrier=parcel.carrier_id.name or "",
            number=parcel.name or "",
            url=parcel.tracking_url or "",
            state=parcel.state,
            shipped_at=self._aware(parcel.shipped_at),
        )

    @api.model
    def _posted_invoices(self, order):
        """:return: the posted invoices and credit notes of an order"""
        return order.invoice_ids.filtered(
            lambda m: m.state == "posted" and m.move_type in ("out_invoice", "out_refund")
        ).sorted(lambda m: (m.invoice_date, m.id))

    @api.model
    def _status_invoice(self, move):
        return StatusInvoice(
            number=move.name,
            kind="invoice" if move.move_type == "out_invoice" else "credit_note",
            date=fields.Date.to_string(move.invoice_date),
            total=self._decimal(move.amount_total, move.currency_id.decimal_places),
            currency=move.currency_id.name,
        )

    @api.model
    def _status_problems(self, record):
        """:return: the open exceptions of an order or message"""
        return tuple(
            StatusProblem(code=hold.reason_code, message=hold.detail or hold.reason_id.name)
            for hold in record[
                "oms_hold_ids" if record._name == "sale.order" else "hold_ids"
            ].filtered(lambda h: h.state == "open")
        )

    @api.model
    def _status_message(self, message):
        problems = self._status_problems(message)
        if not problems and message.error:
            code = "FAILED" if message.state == "failed" else "WAITING"
            problems = (StatusProblem(code=code, message=message.error),)
        return StatusMessage(
            event=message.event_ref,
            topic=message.topic,
            state=message.state,
            received_at=self._aware(message.create_date),
            problems=problems,
        )

    # === VALUES === #

    @api.model
    def _decimal(self, amount, digits=6):
        """:return: an amount with its stored precision, as a decimal"""
        return Decimal(float_repr(amount or 0.0, digits))

    @api.model
    def _quantity(self, quantity):
        """:return: a quantity without trailing zeros"""
        number = self._decimal(quantity).normalize()
        return number if number.as_tuple().exponent <= 0 else number.quantize(Decimal(1))

    @api.model
    def _aware(self, moment):
        """:return: a stored time with the UTC time zone"""
        return moment.replace(tzinfo=timezone.utc) if moment else None
