"""PrestaShop: fetch orders."""

import json
from datetime import datetime, timedelta, timezone

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.documents.values import get_zone
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError
from odoo.addons.oms_addon.tools.paging import Pages

from .parse_cursor import Cursor
from .parse_values import END_OF_TIME, any_of, event_ref, is_late, number_of, text
from .values import PAGE, shop_ids

#: orders of this many days are checked for units refunded without a slip
WATCHED_DAYS = 30


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: by time of change; credit slips and customer messages
        by id; units refunded without a slip by the order's rows.

        None of these changes the time of its order. Times are in whole seconds, so a page may end
        within a second: the next starts with it. ``seen`` recognizes what is returned again.
        """
        cursor = Cursor.loads(channel.cursor)
        if cursor.slip is None:
            cursor.slip = self._last_id(channel, "order_slip")
        if cursor.message is None:
            cursor.message = self._last_message(channel)
        fresh, now = self._next_page(channel, cursor, max(1, min(limit or PAGE, PAGE)))
        if cursor.ended:
            fresh += self._slipped(channel, cursor, {text(order, "id") for order in fresh})
            fresh += self._fetch_refunded(
                channel, cursor, {text(order, "id") for order in fresh}, now
            )
            fresh += self._written(channel, cursor, {text(order, "id") for order in fresh})
        return self._events(channel, fresh, now), cursor.dumps()

    @api.model
    def _next_page(self, channel, cursor, count):
        """Fetch pages until one contains changes, moving the cursor.

        :return: its changed orders, and the server's time
        """
        pages = Pages()
        while True:
            start = cursor.start(self._shop(channel)["zone"], self._overlap_seconds)
            orders, now = self._get_dated(
                channel,
                "orders",
                **{
                    **self._order_filter(channel),
                    "display": "full",
                    "filter[date_upd]": f"[{start},{END_OF_TIME}]",
                    "sort": "[date_upd_ASC,id_ASC]",
                    "limit": f"{cursor.offset},{count}",
                },
            )
            fresh = cursor.advance(orders, start, len(orders) == count, self._overlap_seconds)
            if fresh or cursor.ended:
                return fresh, now
            self._turn(channel, pages, (start, cursor.offset))

    @api.model
    def _slipped(self, channel, cursor, known):
        """:return: the orders of new credit slips, without those in ``known``"""
        slips = self._get_after(channel, "order_slip", cursor.slip, "[id,id_order]")
        if not slips:
            return []
        cursor.slip = number_of(slips[-1])
        refs = {text(slip, "id_order") for slip in slips} - known
        return self._get_orders(channel, refs)[0]

    @api.model
    def _fetch_refunded(self, channel, cursor, known, now):
        """:return: the orders whose refunded units changed since the last fetch, without those in
        ``known``
        """
        day = f"{now:%Y-%m-%d}"
        if cursor.floor_day != day:
            cursor.floor_day, cursor.floor = day, self._floor(channel, now)
        rows = self._get(
            channel,
            "order_details",
            **{
                "display": "[id,id_order,product_quantity_refunded]",
                "filter[id_order]": f">[{cursor.floor - 1}]",
                "filter[product_quantity_refunded]": ">[0]",
            },
        )
        reported = {text(row, "id"): number_of(row, "product_quantity_refunded") for row in rows}
        refs = {
            text(row, "id_order")
            for row in rows
            if cursor.refunded.get(text(row, "id")) != reported[text(row, "id")]
        }
        cursor.refunded = reported
        orders = []
        for start in range(0, len(refs - known), PAGE):
            orders += self._get_orders(channel, sorted(refs - known)[start : start + PAGE])[0]
        return orders

    @api.model
    def _floor(self, channel, now):
        """:return: the id of the oldest order checked for refunded units; older ones are compared
        at night until they are shipped
        """
        since = (now - timedelta(days=WATCHED_DAYS)).astimezone(
            get_zone(self._shop(channel)["zone"])
        )
        rows = self._get(
            channel,
            "orders",
            **{
                **self._order_filter(channel),
                "display": "[id]",
                "filter[date_add]": f"[{since:%Y-%m-%d %H:%M:%S},{END_OF_TIME}]",
                "sort": "[id_ASC]",
                "limit": "1",
            },
        )
        return number_of(rows[0]) if rows else 1

    @api.model
    def _written(self, channel, cursor, known):
        """:return: the orders with new customer messages, without those in ``known``"""
        if cursor.message is None:
            return []
        rows = self._get_after(
            channel, "customer_messages", cursor.message, "[id,id_customer_thread,id_employee]"
        )
        if not rows:
            return []
        cursor.message = number_of(rows[-1])
        threads = {
            text(row, "id_customer_thread") for row in rows if number_of(row, "id_employee") == 0
        }
        found = self._get_all(channel, "customer_threads", "id", threads, "[id,id_order]")
        refs = {text(row, "id_order") for row in found} - known - {"", "0"}
        return self._get_orders(channel, refs)[0]

    @api.model
    def _get_after(self, channel, resource, number, display):
        """:return: a page of the rows of a resource after an id, oldest first"""
        query = {"filter[id]": f">[{number}]", "sort": "[id_ASC]", "limit": str(PAGE)}
        return self._get(channel, resource, display=display, **query)

    @api.model
    def _last_message(self, channel):
        """:return: the id of the newest customer message; ``None`` where the key lacks the
        permission, which *Test Connection* reports
        """
        try:
            return self._last_id(channel, "customer_messages")
        except CredentialsError:
            return None

    @api.model
    def _last_id(self, channel, resource):
        """:return: the id of the newest row of a resource, 0 when there is none"""
        rows = self._get(channel, resource, display="[id]", sort="[id_DESC]", limit="1")
        return number_of(rows[0]) if rows else 0

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: one page of ids."""
        events = []
        for start in range(0, len(refs), PAGE):
            orders, now = self._get_orders(channel, refs[start : start + PAGE])
            events += self._events(channel, orders, now)
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: by order date, in the shop's local time.

        In the hour by which the clock is set back, local times occur twice: there the window is
        wider than requested. The list ends with an empty page.
        """
        last = int(cursor or 0)
        rows = self._get(
            channel,
            "orders",
            **self._window_filter(channel, start, end),
            **{"filter[id]": f">[{last}]", "sort": "[id_ASC]", "limit": str(PAGE)},
        )
        refs = [text(row, "id") for row in rows]
        return refs, refs[-1] if refs else None

    @api.model
    def _count_orders(self, channel, start, end):
        """Override of `oms.channel.adapter`: the webservice can count only by listing ids."""
        return len(self._get(channel, "orders", **self._window_filter(channel, start, end)))

    @api.model
    def _window_filter(self, channel, start, end):
        """:return: the query for the ids of the orders placed in a window"""
        zone = get_zone(self._shop(channel)["zone"])
        first, last = start.astimezone(zone), (end - timedelta(seconds=1)).astimezone(zone)
        back = max(first.utcoffset() - last.utcoffset(), timedelta(0))
        times = [
            f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"
            for moment in (first - back, last + back)
        ]
        return {
            **self._order_filter(channel),
            "display": "[id]",
            "filter[date_add]": f"[{times[0]},{times[1]}]",
        }

    @api.model
    def _get_orders(self, channel, refs):
        """:return: some orders in their current state, and the server's time"""
        if not refs:
            return [], datetime.now(timezone.utc)
        return self._get_dated(
            channel,
            "orders",
            **{
                **self._order_filter(channel),
                "display": "full",
                "filter[id]": any_of(refs),
                "sort": "[id_ASC]",
            },
        )

    @api.model
    def _order_filter(self, channel):
        """:return: the filter for the orders of the channel's shops"""
        shops = shop_ids(channel)
        return {"filter[id_shop]": any_of(shops)} if len(shops) > 1 else {}

    @api.model
    def _events(self, channel, orders, now):
        """:return: the events of orders, in the order of their changes"""
        events, zone = [], self._shop(channel)["zone"] if orders else ""
        for composed in self._compose(channel, orders):
            if is_late(composed["order"], zone, now):
                composed["late"] = True
            payload = json.dumps(
                composed, ensure_ascii=False, separators=(",", ":"), sort_keys=True
            ).encode()
            ref = text(composed["order"], "id")
            events.append(Event("orders", event_ref(ref, payload), payload, ref))
        return events

    @api.model
    def _one_order(self, channel, ref):
        """:return: one order in its current state
        :raise FinalError: when the shop has no such order
        """
        orders, _now = self._get_orders(channel, [ref])
        if not orders:
            raise FinalError(self.env._("The store has no order %(ref)s.", ref=ref))
        return orders[0]
