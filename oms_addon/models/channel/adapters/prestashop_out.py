"""PrestaShop: what it is told, of stock, prices, deliveries, cancellations and refunds."""

import re
from datetime import datetime, timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import get_zone
from odoo.addons.oms_addon.tools.prestashop import (
    combination_of,
    is_same_slip,
    listing_ref,
    money,
    net_of,
    number_of,
    slip_row,
    text,
)

#: how much of tracking numbers PrestaShop keeps, and what it does not take in them
TRACKING_SIZE = 64
NOT_TRACKING = re.compile(r"[^~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]")
ZERO = Decimal(0)
HUNDRED = Decimal(100)
MICRO = Decimal("0.000001")


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    # === OUT: STOCK AND PRICES === #

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: rows as they are, with other quantities.

        PrestaShop takes many in one call, and stops in the middle where it refuses one; then
        they are told one by one. A row that is not as it was last seen is left alone: the
        shop sold some meanwhile.
        """
        rows = {}
        for row in self._stocks(channel, {item["ref"].partition("-")[0] for item in items}):
            place = listing_ref(text(row, "id_product"), combination_of(row))
            rows.setdefault(place, []).append(row)
        answer, writes = {"failed": {}, "stale": {}}, {}
        for position, item in enumerate(items):
            row, why = self._stock_row(item, rows.get(item["ref"], []))
            there = int(money(row, "quantity")) if row else 0
            if why:
                answer["failed"][str(position)] = why
            elif there == item["quantity"]:
                continue
            elif item.get("seen") is not None and there != item["seen"]:
                answer["stale"][str(position)] = there
            else:
                writes[str(position)] = {**row, "quantity": item["quantity"]}
        answer["failed"].update(self._write_each(channel, "PUT", "stock_availables", writes))
        return answer

    @api.model
    def _stock_row(self, item, rows):
        """:return: the row of an item's stock, or why it cannot be told"""
        location = item.get("location")
        if location:
            rows = [row for row in rows if text(row, "id_shop") in ("", "0", location)]
        if not rows:
            return None, self.env._(
                "PrestaShop has no stock of %(ref)s: read the offers again.", ref=item["ref"]
            )
        if len(rows) > 1:
            return None, self.env._(
                "%(ref)s has a stock in several shops: say which shop a warehouse serves.",
                ref=item["ref"],
            )
        if text(rows[0], "depends_on_stock") == "1":
            return None, self.env._(
                "PrestaShop counts %(ref)s by its own warehouses: switch its advanced stock "
                "management off.",
                ref=item["ref"],
            )
        return rows[0], ""

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: PrestaShop keeps prices without tax, and those
        of combinations as a difference to their product's.
        """
        currency = self._default_currency(channel)
        products = {
            text(row, "id"): row
            for row in self._get_all(
                channel,
                "products",
                "id",
                {item["ref"].partition("-")[0] for item in items},
                "[id,price,id_tax_rules_group]",
            )
        }
        rates = self._rates_by_group(channel)
        failed, writes = {}, {"products": {}, "combinations": {}}
        for position, item in enumerate(items):
            product_id, _dash, combination_id = item["ref"].partition("-")
            product = products.get(product_id)
            if not product:
                failed[str(position)] = self.env._(
                    "PrestaShop has no product %(ref)s: read the offers again.", ref=item["ref"]
                )
            elif item["currency"] != currency:
                failed[str(position)] = self.env._(
                    "The shop's prices are in %(theirs)s, not in %(ours)s.",
                    theirs=currency,
                    ours=item["currency"],
                )
            else:
                rate = rates.get(text(product, "id_tax_rules_group"), ZERO)
                net = Decimal(item["price"]) / (1 + rate / HUNDRED)
                base = money(product, "price") if combination_id else ZERO
                writes["combinations" if combination_id else "products"][str(position)] = {
                    "id": combination_id or product_id,
                    "price": f"{(net - base).quantize(MICRO):f}",
                }
        for resource, records in writes.items():
            failed.update(self._write_each(channel, "PATCH", resource, records))
        return {"failed": failed, "stale": {}}

    @api.model
    def _write_each(self, channel, method, resource, records):
        """Write records with one call; one by one when PrestaShop refuses that.

        :param dict records: by position
        :return: why some were refused, by position
        :rtype: dict
        """
        if not records:
            return {}
        try:
            self._write(channel, method, resource, list(records.values()))
            return {}
        except FinalError as error:
            if len(records) == 1:
                return dict.fromkeys(records, str(error))
        refused = {}
        for position, record in records.items():
            refused.update(self._write_each(channel, method, resource, {position: record}))
        return refused

    # === OUT: ORDERS === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: tracking numbers, and the state of a whole order.

        PrestaShop knows no partial shipment: the state follows when all pieces have left.
        """
        order = self._one_order(channel, shipment["order_ref"])
        self._write_tracking(channel, order, [p.get("number", "") for p in shipment["parcels"]])
        shop = self._shop(channel)
        state = shop["states"].get(text(order, "current_state"), {})
        if text(state, "shipped") == "1":
            return {"state": text(state, "id")}
        if text(order, "current_state") == shop["roles"]["cancelled"]:
            raise FinalError(
                self.env._("The order is cancelled in the shop: stop the parcel, or reopen it.")
            )
        if not self._is_complete(channel, key, order, shipment):
            return {"state": text(state, "id")}
        return self._set_state(channel, order, shop["roles"]["shipping"])

    @api.model
    def _write_tracking(self, channel, order, numbers):
        """Add tracking numbers to the order's carrier, as far as there is room."""
        rows = self._get_all(channel, "order_carriers", "id_order", [text(order, "id")])
        numbers = [NOT_TRACKING.sub("", one).strip() for one in numbers if one]
        if not rows or not numbers:
            return
        row = max(rows, key=number_of)
        known = [one.strip() for one in text(row, "tracking_number").split(",") if one.strip()]
        wanted = list(dict.fromkeys([*known, *numbers]))
        while len(", ".join(wanted)) > TRACKING_SIZE and len(wanted) > 1:
            wanted.pop()
        if wanted != known:
            values = {"id": text(row, "id"), "tracking_number": ", ".join(wanted)[:TRACKING_SIZE]}
            self._write(channel, "PATCH", "order_carriers", [values])

    @api.model
    def _is_complete(self, channel, key, order, shipment):
        """:return: whether with this shipment all pieces of an order have left"""
        if not shipment.get("lines"):
            return True
        left = {}
        earlier = self._told(channel, key, "shipment", text(order, "id"))
        for line in [*shipment["lines"], *(ln for told in earlier for ln in told["lines"])]:
            left[line["line_ref"]] = left.get(line["line_ref"], ZERO) + Decimal(
                str(line["quantity"])
            )
        details = self._get_all(channel, "order_details", "id_order", [text(order, "id")])
        return all(
            left.get(text(row, "id"), ZERO)
            >= money(row, "product_quantity") - money(row, "product_quantity_refunded")
            for row in details
            # Downloads leave by themselves.
            if not text(row, "download_hash")
        )

    @api.model
    def _told(self, channel, key, topic, order_ref):
        """:return: the contents of what else we told of an order"""
        messages = self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("topic", "=", topic),
                ("order_ref", "=", order_ref),
                ("event_ref", "!=", key),
                ("state", "=", "done"),
            ]
        )
        return [loads(message._raw_payload()) for message in messages]

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: a whole order by its state, pieces by a slip."""
        order = self._one_order(channel, cancellation["order_ref"])
        shop = self._shop(channel)
        if cancellation.get("lines"):
            details = self._details(channel, order)
            lines = [
                {
                    **line,
                    "amount": money(details.get(line["line_ref"], {}), "unit_price_tax_incl")
                    * Decimal(str(line["quantity"]))
                    if cancellation.get("refund")
                    else ZERO,
                }
                for line in cancellation["lines"]
            ]
            return self._give_back(channel, key, order, lines, None, ZERO)
        if text(order, "current_state") in (shop["roles"]["cancelled"], shop["roles"]["refunded"]):
            return {"state": text(order, "current_state")}
        state = shop["states"].get(text(order, "current_state"), {})
        if text(state, "shipped") == "1":
            raise FinalError(
                self.env._("The order has left by the shop's word: it can only be returned.")
            )
        return self._set_state(channel, order, shop["roles"]["cancelled"])

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: a credit slip; a payment module that listens to
        slips gives the money back.
        """
        order = self._one_order(channel, refund["order_ref"])
        return self._give_back(
            channel,
            key,
            order,
            refund.get("lines") or [],
            Decimal(refund["amount"]),
            Decimal(refund.get("shipping") or 0),
        )

    @api.model
    def _give_back(self, channel, key, order, lines, amount, shipping):
        """Make a credit slip, unless this one is there already.

        :param list lines: as of a refund
        :param Decimal amount: all that is given back; ``None`` for what the lines say
        :param Decimal shipping: the part of it that is shipping
        :return: the slip's number
        """
        details = self._details(channel, order)
        gone = [line for line in lines if line["line_ref"] not in details]
        if any(line["line_ref"].isdecimal() for line in gone):
            raise FinalError(
                self.env._(
                    "Order %(order)s has no such line in the shop any more, it was changed there: "
                    "give the money back there.",
                    order=text(order, "id"),
                )
            )
        # Of what is charged besides, such as wrapping, a slip holds the money alone.
        rows = [slip_row(line, details[line["line_ref"]]) for line in lines if line not in gone]
        goods = sum((row["amount_tax_incl"] for row in rows), ZERO)
        gross = goods if amount is None else amount - shipping
        net = sum((row["amount_tax_excl"] for row in rows), ZERO) + net_of(order, gross - goods)
        slip = {
            "id_customer": text(order, "id_customer"),
            "id_order": text(order, "id"),
            "conversion_rate": text(order, "conversion_rate"),
            "total_products_tax_excl": f"{net:.6f}",
            "total_products_tax_incl": f"{gross:.6f}",
            "total_shipping_tax_excl": f"{net_of(order, shipping):.6f}",
            "total_shipping_tax_incl": f"{shipping:.6f}",
            "amount": f"{gross:.6f}",
            "shipping_cost": int(bool(shipping)),
            "shipping_cost_amount": f"{shipping:.6f}",
            "partial": 1,
            "order_slip_type": 0,
        }
        found = self._find_slip(channel, key, order, slip, rows)
        if found:
            return {"refund_ref": found}
        if rows:
            slip["order_slip_details"] = rows
        root = self._write(channel, "POST", "order_slip", [slip])
        return {"refund_ref": root.findtext(".//id") or ""}

    @api.model
    def _find_slip(self, channel, key, order, slip, rows):
        """Look for the slip of a call whose answer was lost.

        PrestaShop keeps no key of ours: it is the one with the same content that no other
        call of ours made, and that is not older than this call's message.

        :return: its number, '' when there is none
        """
        messages = self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("order_ref", "=", text(order, "id")),
                ("topic", "in", ("refund", "cancellation")),
            ]
        )
        own = messages.filtered(lambda m: m.event_ref == key)
        others = {str((m.result or {}).get("refund_ref")) for m in messages - own}
        zone = get_zone(self._shop(channel)["zone"])
        for one in self._get_all(channel, "order_slip", "id_order", [text(order, "id")]):
            if text(one, "id") in others or not is_same_slip(one, slip, rows):
                continue
            made = datetime.fromisoformat(text(one, "date_add")).replace(tzinfo=zone)
            if own and made.astimezone(timezone.utc).replace(tzinfo=None) < own[:1].create_date:
                continue
            return text(one, "id")
        return ""

    @api.model
    def _set_state(self, channel, order, state):
        """Move an order to a state; its customer is told where the state says so."""
        if state in ("", "0"):
            raise FinalError(self.env._("The shop names no state for this: look at its settings."))
        values = {"id_order": text(order, "id"), "id_order_state": state}
        self._write(channel, "POST", "order_histories", [values], sendemail="1")
        return {"state": state}

    @api.model
    def _one_order(self, channel, ref):
        """:return: one order as it is now
        :raise FinalError: when the shop has none of this number
        """
        orders, _now = self._get_orders(channel, [ref])
        if not orders:
            raise FinalError(self.env._("The shop has no order %(ref)s.", ref=ref))
        return orders[0]

    @api.model
    def _details(self, channel, order):
        """:return: the rows of an order by their ids"""
        rows = self._get_all(channel, "order_details", "id_order", [text(order, "id")])
        return {text(row, "id"): row for row in rows}
