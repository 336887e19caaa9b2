"""Changes of promised dates: stored, and notified once to customer and channel."""

from odoo import api, models

KINDS = ("made", "earlier", "later", "withdrawn")


class OmsPromiseNotifier(models.AbstractModel):
    _name = "oms.promise.notifier"
    _description = "Changed Promised Dates"

    @api.model
    def _promise_again(self, changes, reasons):
        """Write changed promised dates and notify customers and channels.

        :param dict changes: ``(before, after)`` by order line, each a ``promise.Promise`` or
            ``None``
        :param dict reasons: reason for display, by order line
        """
        if not changes:
            return
        lines = self.env["sale.order.line"].concat(*changes)
        orders = lines.order_id
        before = {order: order.oms_promised_at for order in orders}
        self.env["oms.promise"]._write({line: after for line, (_b, after) in changes.items()})
        for order, of_order in lines.grouped("order_id").items():
            self._log(order, of_order, changes, reasons)
            order.oms_promise_count += 1
        self._notify_customers(orders, changes, reasons, before)
        self._send_dates(orders, changes, reasons)

    @api.model
    def _kind(self, before, after):
        """:return: the kind of change of a promised date"""
        if after is None:
            return "withdrawn"
        if before is None:
            return "made"
        return "later" if after.arrive_before > before.arrive_before else "earlier"

    @api.model
    def _log(self, order, lines, changes, reasons):
        """Log one event per line of an order: previous and new date, and the reason."""
        for line in lines:
            before, after = changes[line]
            self.env["oms.event"]._log(
                order,
                f"promise.{self._kind(before, after)}",
                self.env._(
                    "New promised delivery date for %(product)s: %(reason)s",
                    product=line.product_id.display_name,
                    reason=reasons[line],
                ),
                before=order._oms_day_text(before and before.arrive_before),
                after=order._oms_day_text(after and after.arrive_before) or self.env._("no date"),
            )

    @api.model
    def _notify_customers(self, orders, changes, reasons, before):
        """Mail each customer the new dates, in their language.

        :param dict before: the previous promised date of each order
        """
        template = self.env.ref("oms_addon.mail_template_promise", raise_if_not_found=False)
        reported = orders.filtered(
            lambda o: o.partner_id.email and (not o.oms_channel_id or o._oms_policy("tell_promise"))
        )
        if not template or not reported:
            return
        for order in reported:
            lang = order.partner_id.lang
            rows = [
                self._prepare_row(order.with_context(lang=lang), line, *changes[line])
                for line in order.order_line
                if line in changes
            ]
            # oms_promise_rows, oms_promise_kind: used by the mail template
            kinds = {row["kind"] for row in rows}
            template.sudo().with_context(
                oms_promise_rows=rows,
                oms_promise_kind=next(k for k in reversed(KINDS) if k in kinds),
            ).send_mail(order.id, force_send=False)

    @api.model
    def _prepare_row(self, order, line, before, after):
        """:return: the mail's data of a line"""
        return {
            "name": line.with_context(lang=order.env.context.get("lang")).product_id.display_name,
            "quantity": f"{line.product_uom_qty - line.qty_delivered:g}",
            "before": order._oms_day_text(before and before.arrive_before),
            "after": order._oms_day_text(after and after.arrive_before),
            "kind": self._kind(before, after),
        }

    @api.model
    def _send_dates(self, orders, changes, reasons):
        """Queue messages to the channels that accept promised dates."""
        rows = []
        for order in orders:
            channel = order.oms_channel_id
            if not (
                channel
                and order._oms_policy("tell_promise")
                and channel._adapter()._can_push_promise
            ):
                continue
            rows.append(
                (
                    channel,
                    "promise",
                    f"promise:{order.id}:{order.oms_promise_count}",
                    order,
                    self._prepare_date_message(order, changes, reasons),
                )
            )
        if rows:
            self.env["oms.channel.message"]._send_later(rows)

    @api.model
    def _prepare_date_message(self, order, changes, reasons):
        """:return: the message to the channel of an order"""
        lines = order.order_line.filtered(lambda line: line in changes)
        return {
            "order_ref": order.oms_order_ref,
            "ship_by": self._iso(order.oms_ship_before),
            "deliver_by": self._iso(order.oms_promised_at),
            "reason": "; ".join(dict.fromkeys(reasons[line] for line in lines)),
            "lines": [
                {
                    "line_ref": line.oms_line_ref or "",
                    "sku": line.oms_sku or line.product_id.default_code or "",
                    "ship_by": self._iso(line.oms_ship_before),
                    "deliver_by": self._iso(line.oms_promised_at),
                }
                for line in lines
            ],
        }

    @api.model
    def _iso(self, moment):
        """:return: a stored time in ISO format with "Z", '' if empty"""
        return f"{moment.isoformat()}Z" if moment else ""
