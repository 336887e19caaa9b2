"""Comparison of imported orders with the channel: quantities, refunds, states."""

import logging
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.oms_addon.exceptions import RateLimited
from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)

#: maximum number of unshipped orders one check compares, the latest first
MAX_COMPARED = 500
MAX_NAMED = 10
#: days after a refund in which its order is compared: channels may delete a refund without notice
REFUND_DAYS = 30


class OmsChannelGap(models.Model):
    _inherit = "oms.channel.gap"

    def _compare_content(self, refs):
        """Fetch unshipped orders again and import those that differ on the channel.

        A channel may remove items without updating an order's modification date: polling does
        not find these orders.

        :param list refs: the channel's ids of the orders of the window
        :return: the ids of the orders with new content
        :rtype: list[str]
        """
        self.ensure_one()
        return self.channel_id._refresh_orders(self.channel_id._unshipped_refs(refs))

    def _with_changed(self, text, refs):
        """:return: the result of a check for display, with the updated orders"""
        if not refs:
            return text
        orders = self.env["sale.order"].search(
            [("oms_channel_id", "=", self.channel_id.id), ("oms_order_ref", "in", refs)]
        )
        names = ", ".join(orders[:MAX_NAMED].mapped("name"))
        return self.env._(
            "%(result)s Different on the channel and updated: %(names)s (%(count)s in total).",
            result=text,
            names=names,
            count=len(refs),
        )


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _unshipped_refs(self, refs=None):
        """:return: the channel's ids of orders with items still to ship, the latest first
        :param list refs: limit to these ids; ``None`` for all
        """
        self.ensure_one()
        self.env["sale.order"].flush_model(["oms_channel_id", "oms_order_ref", "oms_status"])
        rows = self.env.execute_query(
            SQL(
                """SELECT oms_order_ref FROM sale_order
                   WHERE oms_channel_id = %(channel)s AND state IN ('draft', 'sent', 'sale')
                     AND oms_status NOT IN ('done', 'cancelled') AND oms_shipped_at IS NULL
                     AND oms_order_ref IS NOT NULL %(only)s
                   ORDER BY id DESC LIMIT %(limit)s""",
                channel=self.id,
                only=SQL("AND oms_order_ref = ANY(%s)", list(refs)) if refs is not None else SQL(),
                limit=MAX_COMPARED,
            )
        )
        return [ref for (ref,) in rows]

    def _refunded_refs(self):
        """:return: the channel's ids of other orders with recent refunds, the latest first, if the
        channel's data would show the deletion of a refund
        """
        self.ensure_one()
        if not self._adapter()._tells_all_refunds:
            return []
        refunds = self.env["oms.order.refund"].search(
            [
                ("channel_id", "=", self.id),
                ("ref", "!=", False),
                ("is_withdrawn", "=", False),
                ("refunded_at", ">=", fields.Datetime.now() - timedelta(days=REFUND_DAYS)),
                ("order_id.state", "=", "sale"),
            ],
            order="refunded_at desc, id desc",
            limit=MAX_COMPARED,
        )
        others = set(self._unshipped_refs())
        return [ref for ref in refunds.order_id.mapped("oms_order_ref") if ref not in others]

    def _refresh_orders(self, refs):
        """Fetch orders again; store changed content in the inbox and hold orders that were deleted.

        :param list refs: the channel's ids
        :return: the ids of orders with new content
        :rtype: list[str]
        """
        self.ensure_one()
        adapter, changed, found = self._adapter(), [], set()
        size = adapter._compare_size
        for position in range(0, len(refs) if size else 0, size or 1):
            with self.env.cr.savepoint():
                events = adapter._fetch_orders(self, refs[position : position + size])
                fresh = self._without_known(events)
                if fresh:
                    self.with_context(**sealed(via="gap"))._receive_many(fresh)
            changed += [event[3] for event in fresh]
            found.update(event[3] for event in events)
        if size:
            self._hold_deleted_orders(set(refs) - found, len(refs))
        return changed

    def _check_last_days(self):
        """Extend: also compare all unshipped orders, whatever their date, and other orders with
        recent refunds.
        """
        is_new = not self.next_gap_at
        result = super()._check_last_days()
        if not is_new:
            try:
                self._refresh_orders(self._unshipped_refs())
                self._refresh_orders(self._refunded_refs())
            except psycopg2.Error:
                raise
            except RateLimited:
                _logger.info("%s: the rest is compared in the next night", self.name)
            except UserError as error:
                # A failing channel has an alert from the checks themselves.
                _logger.warning("%s: orders were not compared: %s", self.name, error)
        return result
