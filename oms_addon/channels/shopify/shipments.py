"""Shopify: push shipments."""

from datetime import timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ShipmentOutcome
from odoo.addons.oms_addon.channels.shopify import mutations
from odoo.addons.oms_addon.exceptions import FinalError

from .parse_values import gid, id_of


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: fulfill the units that are still to be fulfilled.

        Shopify accepts no idempotency key here. A fulfillment with the same parcels, or one without
        parcels created after the shipment, counts as an earlier push of this shipment.
        """
        variables = {"id": gid("Order", shipment["order_ref"])}
        order = self._graphql(channel, mutations.TO_SHIP, variables, 160.0)["order"]
        if not order:
            raise FinalError(self.env._("The order no longer exists in Shopify."))
        wanted = {}
        for line in shipment["lines"]:
            of = line["line_ref"] or line["sku"]
            wanted[of] = wanted.get(of, 0) + int(Decimal(line["quantity"]))
        reported = self._extract_fulfilled(channel, order, shipment, wanted)
        refs = [*reported, *self._fulfil(channel, order, shipment, wanted)]
        left = {of: quantity for of, quantity in wanted.items() if quantity > 0}
        if left and not refs:
            raise FinalError(self._why_not_fulfilled(order))
        unmet = left and self.env._(
            "Shopify fulfilled only a part of this shipment: %(count)s items are on hold, "
            "cancelled or already fulfilled in Shopify.",
            count=sum(left.values()),
        )
        return ShipmentOutcome(
            fulfillment_refs=tuple(refs),
            already=not set(refs) - set(reported),
            details={"left": left},
            unmet=unmet or "",
        )

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: on the fulfillments of the shipment."""
        refs = shipment["told"].get("fulfillment_refs") or []
        tracking = self._tracking(shipment["parcels"])
        if not refs:
            raise FinalError(
                self.env._(
                    "Tracking number %(numbers)s could not be matched to a fulfillment in "
                    "Shopify. Enter it in Shopify.",
                    numbers=", ".join(tracking.get("numbers", ())),
                )
            )
        missing = set()
        for ref in refs:
            variables = {"id": gid("Fulfillment", ref), "tracking": tracking}
            answer = self._graphql(channel, mutations.TRACKING, variables)
            answer = answer["fulfillmentTrackingInfoUpdate"]
            self._refuse(answer["userErrors"])
            shown = {info["number"] for info in answer["fulfillment"]["trackingInfo"]}
            missing |= set(tracking.get("numbers", ())) - shown
        unmet = missing and self.env._(
            "Shopify does not show tracking number %(numbers)s. Enter it in Shopify.",
            numbers=", ".join(sorted(missing)),
        )
        return ShipmentOutcome(fulfillment_refs=tuple(refs), unmet=unmet or "")

    @api.model
    def _extract_fulfilled(self, channel, order, shipment, wanted):
        """Deduct the units of existing fulfillments from a shipment.

        :return: the ids of such fulfillments
        """
        numbers = {parcel["number"] for parcel in shipment["parcels"] if parcel["number"]}
        reported = []
        for fulfilment in order["fulfillments"]:
            known = {info["number"] for info in fulfilment["trackingInfo"] if info["number"]}
            is_same = known & numbers if numbers or known else self._is_since(fulfilment, shipment)
            if fulfilment["status"] == "CANCELLED" or not is_same:
                continue
            lines = self._rest(
                channel,
                mutations.SHIPPED_LINES,
                fulfilment["id"],
                lambda data: data["node"]["fulfillmentLineItems"],
            )
            for line in lines:
                of = self._matching_key(wanted, line["lineItem"])
                if of:
                    wanted[of] -= line["quantity"]
            reported.append(id_of(fulfilment["id"]))
        return reported

    @api.model
    def _is_since(self, fulfilment, shipment):
        left_at = shipment.get("shipped_at")
        made_at = self._moment(fulfilment["createdAt"])
        if not left_at:
            return False
        left_at = self._moment(left_at)
        return made_at >= (left_at if left_at.tzinfo else left_at.replace(tzinfo=timezone.utc))

    @api.model
    def _matching_key(self, wanted, line):
        """:return: a line's key in a shipment: its id or its SKU; ``None`` if it is not included"""
        return next((of for of in (id_of(line["id"]), line["sku"]) if of in wanted), None)

    @api.model
    def _fulfil(self, channel, order, shipment, wanted):
        """Fulfill from open fulfillment orders, those of the shipment's location first.

        :return: the ids of the new fulfillments, one for each location
        """
        by_place = {}
        for part in self._open_parts(order, shipment["location_ref"]):
            if not any(quantity > 0 for quantity in wanted.values()):
                break
            lines = self._part_lines(channel, part, wanted)
            if lines and part["status"] == "SCHEDULED":
                answer = self._graphql(channel, mutations.OPEN_SCHEDULED, {"id": part["id"]})
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
            answer = self._graphql(channel, mutations.SHIP, {"fulfillment": values})
            answer = answer["fulfillmentCreate"]
            self._refuse(answer["userErrors"])
            refs.append(id_of(answer["fulfillment"]["id"]))
        return refs

    @api.model
    def _open_parts(self, order, location_ref):
        """:return: the fulfillment orders that can be fulfilled, best first"""
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
        """Select the wanted units of a fulfillment order, and deduct them from ``wanted``.

        :return: its lines in the format of a fulfillment
        """
        lines = []
        found = self._rest(
            channel, mutations.TO_SHIP_LINES, part["id"], lambda data: data["node"]["lineItems"]
        )
        for line in found:
            of = self._matching_key(wanted, line["lineItem"])
            quantity = min(wanted[of], line["remainingQuantity"]) if of else 0
            if quantity > 0:
                wanted[of] -= quantity
                lines.append({"id": line["id"], "quantity": quantity})
        return lines

    @api.model
    def _tracking(self, parcels):
        """:return: the parcels' tracking info in Shopify's format"""
        tracking = {
            "numbers": [parcel["number"] for parcel in parcels if parcel["number"]],
            "urls": [parcel["url"] for parcel in parcels if parcel["url"]],
            "company": next((parcel["carrier"] for parcel in parcels if parcel["carrier"]), ""),
        }
        return {key: value for key, value in tracking.items() if value}

    @api.model
    def _why_not_fulfilled(self, order):
        """:return: the message when nothing of an order could be fulfilled, with what to do"""
        holds = [
            hold["displayReason"]
            for part in order["fulfillmentOrders"]["nodes"]
            for hold in part["fulfillmentHolds"]
        ]
        if holds:
            return self.env._(
                "%(order)s is on hold in Shopify (%(reason)s). Release it in Shopify, then retry.",
                order=order["name"],
                reason=", ".join(dict.fromkeys(holds)),
            )
        return self.env._(
            "%(order)s has nothing left to fulfill in Shopify: it was fulfilled or cancelled "
            "there, or belongs to a fulfillment service.",
            order=order["name"],
        )
