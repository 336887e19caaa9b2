"""Shopify: what goes out."""

import json
import uuid
from datetime import timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.shopify import queries
from odoo.addons.oms_addon.tools.shopify.values import gid, id_of

CANCEL_REASONS = {
    "customer": "CUSTOMER",
    "inventory": "INVENTORY",
    "fraud": "FRAUD",
    "unpaid": "DECLINED",
}


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    # === OUT: STOCK AND PRICES === #

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: compare and set, all or nothing at Shopify.

        What Shopify refuses is left out and the rest is set again.
        """
        waiting, failed = self._stock_inputs(channel, items)
        stale = {}
        while waiting:
            refused = self._set_stock(channel, key, waiting)
            if not refused:
                break
            for position, (code, message) in refused.items():
                given = waiting.pop(position)
                if code == "CHANGE_FROM_QUANTITY_STALE":
                    stale[position] = given
                else:
                    failed[position] = message
        known = self._levels(channel, stale.values()) if stale else {}
        for position, given in list(stale.items()):
            level = known.get((given["inventoryItemId"], given["locationId"]))
            if level is None:
                failed[position] = self.env._("It is not kept at this location at Shopify.")
        return {
            "failed": {str(position): message for position, message in failed.items()},
            "stale": {
                str(position): known[given["inventoryItemId"], given["locationId"]]
                for position, given in stale.items()
                if position not in failed
            },
        }

    @api.model
    def _stock_inputs(self, channel, items):
        """:return: what is to be set by position, and why what is not"""
        waiting, failed, last = {}, {}, {}
        only = self._only_location(channel) if any(not i.get("location") for i in items) else ""
        for position, item in enumerate(items):
            location = item.get("location") or only
            if not location:
                failed[position] = self.env._("Map a location of Shopify to a warehouse.")
            elif not item.get("item_ref"):
                failed[position] = self.env._("Read the listings of the store again.")
            else:
                # Of two numbers for one place the last holds; Shopify takes no two.
                waiting.pop(last.get((item["item_ref"], location)), None)
                last[item["item_ref"], location] = position
                waiting[position] = {
                    "inventoryItemId": gid("InventoryItem", item["item_ref"]),
                    "locationId": gid("Location", location),
                    "quantity": item["quantity"],
                    "changeFromQuantity": item.get("seen"),
                }
        return waiting, failed

    @api.model
    def _only_location(self, channel):
        """:return: the place of stock of a store that has one only, else ''"""
        places = [place["ref"] for place in self._fetch_locations(channel) if place["fulfils"]]
        return places[0] if len(places) == 1 else ""

    @api.model
    def _set_stock(self, channel, key, waiting):
        """Set quantities once.

        :return: (code, message) by position of what Shopify refused; nothing was set then
        """
        positions, quantities = list(waiting), list(waiting.values())
        values = {
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": f"gid://oms-addon/Message/{key}",
            "quantities": quantities,
        }
        for attempt in range(3):
            # The content is part of the key: the same key takes the same content only.
            once = self._once(key, json.dumps(quantities), str(attempt))
            data = self._graphql(channel, queries.SET_STOCK, {"input": values, "key": once})
            errors = data["inventorySetQuantities"]["userErrors"]
            codes = {error["code"] for error in errors}
            if "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
                raise RetryableError(self.env._("Shopify is still at it."), seconds=5.0)
            if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" not in codes:
                break
        refused = {}
        for error in errors:
            index = next((int(part) for part in error["field"] or () if part.isdigit()), None)
            of = positions if index is None else positions[index : index + 1]
            refused |= {position: (error["code"], error["message"]) for position in of}
        return refused

    @api.model
    def _once(self, *parts):
        """:return: an idempotency key, the same for the same parts"""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join(parts)))

    @api.model
    def _levels(self, channel, places):
        """:return: what Shopify has, by (item, location)"""
        by_location = {}
        for place in places:
            by_location.setdefault(place["locationId"], set()).add(place["inventoryItemId"])
        levels = {}
        for location, items in by_location.items():
            variables = {"ids": sorted(items), "location": location}
            for node in self._graphql(channel, queries.LEVELS, variables, 50.0)["nodes"]:
                if node and node["inventoryLevel"]:
                    [quantity] = node["inventoryLevel"]["quantities"]
                    levels[node["id"], location] = quantity["quantity"]
        return levels

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: product by product, in the store's currency."""
        ids = [gid("ProductVariant", item["ref"]) for item in items]
        data = self._graphql(channel, queries.VARIANTS, {"ids": ids}, 2.0 * len(ids))
        parents = {node["id"]: node["product"]["id"] for node in data["nodes"] if node}
        currency = data["shop"]["currencyCode"]
        failed, by_product = {}, {}
        for position, (variant, item) in enumerate(zip(ids, items, strict=True)):
            if variant not in parents:
                failed[position] = self.env._("Shopify has no such variant any more.")
            elif item["currency"] != currency:
                failed[position] = self.env._(
                    "The store's prices are in %(theirs)s, this one is in %(ours)s.",
                    theirs=currency,
                    ours=item["currency"],
                )
            else:
                by_product.setdefault(parents[variant], {})[position] = {
                    "id": variant,
                    "price": item["price"],
                }
        for product, variants in by_product.items():
            failed |= self._set_prices(channel, product, variants)
        return {"failed": {str(position): why for position, why in failed.items()}, "stale": {}}

    @api.model
    def _set_prices(self, channel, product, variants):
        """:return: why prices were refused, by position"""
        variables = {"product": product, "variants": list(variants.values())}
        data = self._graphql(channel, queries.SET_PRICES, variables)
        failed, positions = {}, list(variants)
        for error in data["productVariantsBulkUpdate"]["userErrors"]:
            index = next((int(part) for part in error["field"] or () if part.isdigit()), None)
            of = positions if index is None else positions[index : index + 1]
            failed |= dict.fromkeys(of, error["message"])
        return failed

    # === OUT: SHIPMENTS === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: fulfil what of it is still to be fulfilled.

        Shopify takes no key here. What a fulfilment of the same parcels, or of none made
        since the goods left, holds already is taken for this shipment told before.
        """
        variables = {"id": gid("Order", shipment["order_ref"])}
        order = self._graphql(channel, queries.TO_SHIP, variables, 160.0)["order"]
        if not order:
            raise FinalError(self.env._("Shopify has no such order any more."))
        wanted = {}
        for line in shipment["lines"]:
            of = line["line_ref"] or line["sku"]
            wanted[of] = wanted.get(of, 0) + int(Decimal(line["quantity"]))
        told = self._told_before(channel, order, shipment, wanted)
        refs = [*told, *self._fulfil(channel, order, shipment, wanted)]
        left = {of: quantity for of, quantity in wanted.items() if quantity > 0}
        if left and not refs:
            raise FinalError(self._why_not_fulfilled(order))
        return {"fulfillment_refs": refs, "already": not set(refs) - set(told), "left": left}

    @api.model
    def _told_before(self, channel, order, shipment, wanted):
        """Take off what a fulfilment made before holds of a shipment.

        :return: the ids of such fulfilments
        """
        numbers = {parcel["number"] for parcel in shipment["parcels"] if parcel["number"]}
        told = []
        for fulfilment in order["fulfillments"]:
            known = {info["number"] for info in fulfilment["trackingInfo"] if info["number"]}
            is_same = known & numbers if numbers or known else self._is_since(fulfilment, shipment)
            if fulfilment["status"] == "CANCELLED" or not is_same:
                continue
            lines = self._rest(
                channel,
                queries.SHIPPED_LINES,
                fulfilment["id"],
                lambda data: data["node"]["fulfillmentLineItems"],
            )
            for line in lines:
                of = self._wanted_key(wanted, line["lineItem"])
                if of:
                    wanted[of] -= line["quantity"]
            told.append(id_of(fulfilment["id"]))
        return told

    @api.model
    def _is_since(self, fulfilment, shipment):
        left_at = shipment.get("shipped_at")
        made_at = self._moment(fulfilment["createdAt"])
        if not left_at:
            return False
        left_at = self._moment(left_at)
        return made_at >= (left_at if left_at.tzinfo else left_at.replace(tzinfo=timezone.utc))

    @api.model
    def _wanted_key(self, wanted, line):
        """:return: how a shipment names a line: by its id or its SKU; ``None`` if it does not"""
        return next((of for of in (id_of(line["id"]), line["sku"]) if of in wanted), None)

    @api.model
    def _fulfil(self, channel, order, shipment, wanted):
        """Fulfil from the open fulfilment orders, those of the shipment's place first.

        :return: the ids of the new fulfilments, one for each place
        """
        by_place = {}
        for part in self._open_parts(order, shipment["location_ref"]):
            if not any(quantity > 0 for quantity in wanted.values()):
                break
            lines = self._part_lines(channel, part, wanted)
            if lines and part["status"] == "SCHEDULED":
                answer = self._graphql(channel, queries.OPEN_SCHEDULED, {"id": part["id"]})
                self._refuse(answer["fulfillmentOrderOpen"]["userErrors"])
            if lines:
                by_place.setdefault(self._place_of(part), []).append(
                    {"fulfillmentOrderId": part["id"], "fulfillmentOrderLineItems": lines}
                )
        refs = []
        for parts in by_place.values():
            values = {"lineItemsByFulfillmentOrder": parts, "notifyCustomer": True}
            if tracking := self._tracking(shipment["parcels"]):
                values["trackingInfo"] = tracking
            answer = self._graphql(channel, queries.SHIP, {"fulfillment": values})
            answer = answer["fulfillmentCreate"]
            self._refuse(answer["userErrors"])
            refs.append(id_of(answer["fulfillment"]["id"]))
        return refs

    @api.model
    def _open_parts(self, order, location_ref):
        """:return: the fulfilment orders that can be fulfilled, best first"""
        parts = [
            part
            for part in order["fulfillmentOrders"]["nodes"]
            if part["status"] in ("OPEN", "IN_PROGRESS", "SCHEDULED")
        ]
        return sorted(
            parts, key=lambda p: (self._place_of(p) != location_ref, p["status"] == "SCHEDULED")
        )

    @api.model
    def _place_of(self, part):
        location = part["assignedLocation"]["location"]
        return id_of(location["id"]) if location else ""

    @api.model
    def _part_lines(self, channel, part, wanted):
        """Take what is wanted out of a fulfilment order.

        :return: its lines as the fulfilment names them; ``wanted`` is less by them
        """
        lines = []
        found = self._rest(
            channel, queries.TO_SHIP_LINES, part["id"], lambda data: data["node"]["lineItems"]
        )
        for line in found:
            of = self._wanted_key(wanted, line["lineItem"])
            quantity = min(wanted[of], line["remainingQuantity"]) if of else 0
            if quantity > 0:
                wanted[of] -= quantity
                lines.append({"id": line["id"], "quantity": quantity})
        return lines

    @api.model
    def _tracking(self, parcels):
        """:return: what Shopify shows the customer of the parcels"""
        tracking = {
            "numbers": [parcel["number"] for parcel in parcels if parcel["number"]],
            "urls": [parcel["url"] for parcel in parcels if parcel["url"]],
            "company": next((parcel["carrier"] for parcel in parcels if parcel["carrier"]), ""),
        }
        return {key: value for key, value in tracking.items() if value}

    @api.model
    def _why_not_fulfilled(self, order):
        """:return: why nothing of an order could be fulfilled, and what to do"""
        holds = [
            hold["displayReason"]
            for part in order["fulfillmentOrders"]["nodes"]
            for hold in part["fulfillmentHolds"]
        ]
        if holds:
            return self.env._(
                "Shopify holds %(order)s (%(reason)s): release it there, then retry.",
                order=order["name"],
                reason=", ".join(dict.fromkeys(holds)),
            )
        return self.env._(
            "Shopify has nothing of this left to fulfil on %(order)s: it was fulfilled there, "
            "cancelled, or belongs to a fulfilment service.",
            order=order["name"],
        )

    # === OUT: CANCELLATIONS AND REFUNDS === #

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: pieces are cancelled by a refund that removes them."""
        if cancellation["lines"]:
            return self._cancel_pieces(channel, key, cancellation)
        order_id = gid("Order", cancellation["order_ref"])
        if self._is_cancelled(channel, order_id):
            return {"already": True}
        variables = {
            "id": order_id,
            "reason": CANCEL_REASONS.get(cancellation["reason"], "OTHER"),
            "restock": bool(cancellation["restock"]),
            "text": cancellation["text"] or None,
            "refund": {"originalPaymentMethodsRefund": True} if cancellation["refund"] else None,
        }
        answer = self._graphql(channel, queries.CANCEL, variables)["orderCancel"]
        if answer["orderCancelUserErrors"] and self._is_cancelled(channel, order_id):
            return {"already": True}
        self._refuse(answer["orderCancelUserErrors"])
        return {"job": answer["job"] and answer["job"]["id"]}

    @api.model
    def _is_cancelled(self, channel, order_id):
        order = self._graphql(channel, queries.CANCELLED, {"id": order_id})["order"]
        return bool(order and order["cancelledAt"])

    @api.model
    def _cancel_pieces(self, channel, key, cancellation):
        """Take pieces off an order, with their money where that is wanted."""
        order = self._refundable_order(channel, cancellation["order_ref"])
        if known := self._refund_made(order, key):
            return {"refund_ref": known, "already": True}
        kind = "CANCEL" if cancellation["restock"] else "NO_RESTOCK"
        lines = self._refund_lines(channel, order, cancellation["lines"], lambda _line: kind)
        transactions = []
        if cancellation["refund"]:
            variables = {"id": order["id"], "lines": lines}
            suggested = self._graphql(channel, queries.SUGGESTED_REFUND, variables, 20.0)
            transactions = [
                self._refund_transaction(
                    order, part, part["parentTransaction"], part["amountSet"]["presentmentMoney"]
                )
                for part in suggested["order"]["suggestedRefund"]["suggestedTransactions"]
            ]
        return self._refund(channel, key, order, cancellation["text"], lines, transactions)

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`."""
        order = self._refundable_order(channel, refund["order_ref"])
        if known := self._refund_made(order, key):
            return {"refund_ref": known, "already": True}
        lines = self._refund_lines(
            channel,
            order,
            refund["lines"],
            lambda line: "RETURN" if line.get("restock") else "NO_RESTOCK",
        )
        amount = Decimal(refund["amount"])
        transactions = self._spread(order, amount, refund["charge_ref"])
        shipping = Decimal(refund.get("shipping") or 0)
        values = {"shipping": {"amount": f"{shipping:f}"}} if shipping else {}
        return self._refund(channel, key, order, refund["text"], lines, transactions, **values)

    @api.model
    def _refundable_order(self, channel, order_ref):
        variables = {"id": gid("Order", order_ref)}
        order = self._graphql(channel, queries.TO_REFUND, variables, 60.0)["order"]
        if not order:
            raise FinalError(self.env._("Shopify has no such order any more."))
        return order

    @api.model
    def _refund_made(self, order, key):
        """:return: the refund that was made for a key before, however long ago; '' if none"""
        mark = self._mark(key)
        made = (r["id"] for r in order["refunds"] if mark in (r["note"] or ""))
        return id_of(next(made, ""))

    @api.model
    def _mark(self, key):
        """:return: by what a refund's note tells which call made it"""
        return f"[{self._once(key)[:13]}]"

    @api.model
    def _refund_lines(self, channel, order, lines, restock_type):
        """:return: the lines of a refund as Shopify takes them

        Of what is charged besides, such as a tip or duties, Shopify takes the money alone.
        """
        lines = [
            line
            for line in lines
            if int(Decimal(line["quantity"])) and (line["line_ref"] or "0").isdecimal()
        ]
        refs = {}
        if any(not line["line_ref"] for line in lines):
            found = self._rest(
                channel, queries.ORDER_LINES, order["id"], lambda data: data["order"]["lineItems"]
            )
            refs = {line["sku"]: line["id"] for line in reversed(found)}
        values = []
        for line in lines:
            ref = line["line_ref"] or refs.get(line["sku"])
            if not ref:
                raise FinalError(self.env._("The order has no line with SKU %s.", line["sku"]))
            value = {
                "lineItemId": gid("LineItem", ref),
                "quantity": int(Decimal(line["quantity"])),
                "restockType": restock_type(line),
            }
            if value["restockType"] != "NO_RESTOCK":
                value["locationId"] = self._restock_place(order)
            values.append(value)
        return values

    @api.model
    def _restock_place(self, order):
        """:return: where pieces are put back: where they were taken from"""
        for part in order["fulfillmentOrders"]["nodes"]:
            if part["assignedLocation"]["location"]:
                return part["assignedLocation"]["location"]["id"]
        return None

    @api.model
    def _spread(self, order, amount, charge_ref):
        """Spread an amount over the payments it can be given back on.

        :return: the transactions of a refund
        """
        transactions, left = [], amount
        for payment, available in self._refundable(order, charge_ref):
            part = min(left, available)
            if part > 0:
                money = {"amount": f"{part:f}"}
                transactions.append(self._refund_transaction(order, payment, payment, money))
                left -= part
        if left > 0:
            raise FinalError(
                self.env._(
                    "Only %(possible)s of %(amount)s can still be given back at Shopify.",
                    possible=f"{amount - left:f}",
                    amount=f"{amount:f}",
                )
            )
        return transactions

    @api.model
    def _refundable(self, order, charge_ref):
        """:return: pairs (payment, what of it was not given back yet), the wanted one first
        where it is named
        """
        refunded, payments = {}, []
        for transaction in order["transactions"]:
            parent, status = transaction["parentTransaction"], transaction["status"]
            if transaction["kind"] == "REFUND" and status in ("SUCCESS", "PENDING"):
                ref = parent and parent["id"]
                refunded[ref] = refunded.get(ref, 0) + self._presented(transaction)
            elif transaction["kind"] in ("SALE", "CAPTURE") and status == "SUCCESS":
                names = {id_of(transaction["id"]), id_of(parent["id"]) if parent else None}
                payments.append((charge_ref not in names, transaction))
        payments.sort(key=lambda payment: payment[0])
        return [
            (payment, self._presented(payment) - refunded.get(payment["id"], 0))
            for _is_other, payment in payments
        ]

    @api.model
    def _presented(self, transaction):
        """:return: the amount of a transaction, in the currency the customer pays in"""
        return Decimal(transaction["amountSet"]["presentmentMoney"]["amount"])

    @api.model
    def _refund_transaction(self, order, payment, parent, money):
        return {
            "orderId": order["id"],
            "parentId": parent and parent["id"],
            "gateway": payment["gateway"],
            "kind": "REFUND",
            "amount": money["amount"],
        }

    @api.model
    def _refund(self, channel, key, order, text, lines, transactions, **values):
        """Make a refund, once."""
        values |= {
            "orderId": order["id"],
            "currency": order["presentmentCurrencyCode"],
            "note": " ".join(filter(None, (text, self._mark(key)))),
            "notify": bool(transactions),
            "refundLineItems": lines,
            "transactions": transactions,
        }
        variables = {"input": values, "key": self._once(key)}
        answer = self._graphql(channel, queries.REFUND, variables)["refundCreate"]
        self._refuse(answer["userErrors"])
        return {"refund_ref": id_of(answer["refund"]["id"])}
