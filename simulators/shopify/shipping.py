"""Fulfillment orders: shipped by others, moved, on hold, delivered."""

from . import rest
from .graph_values import gid


class Shipping:
    """Fulfillment orders: shipped by others, moved, on hold, delivered."""

    def ship_there(self, ref, sku, quantity):
        """Override: fulfill some units in the admin."""
        with self.lock:
            order = self.by_id[int(ref)]
            part, entry = next(
                (part, entry)
                for part in order.parts
                if part.status in ("open", "in_progress")
                for entry in part.lines
                if entry[1].sku == sku
            )
            item = {"id": gid("FulfillmentOrderLineItem", entry[0]), "quantity": quantity}
            given = {
                "fulfillmentOrderId": gid("FulfillmentOrder", part.id),
                "fulfillmentOrderLineItems": [item],
            }
            self.fulfil(None, {"lineItemsByFulfillmentOrder": [given]})
            self.shipments.clear()

    def change_location(self, ref, location):
        """Move the rest of an order to another location, in the admin."""
        with self.lock:
            for part in self.by_id[int(ref)].parts:
                if part.status in ("open", "in_progress"):
                    part.location, part.updated = location, self.stamp()

    def send_all(self, ref):
        """Fulfill the rest of an order in the admin, without tracking number."""
        with self.lock:
            order = self.by_id[int(ref)]
            for part in order.parts:
                if part.status == "open":
                    given = {"fulfillmentOrderId": gid("FulfillmentOrder", part.id)}
                    self.fulfil(None, {"lineItemsByFulfillmentOrder": [given]})
            self.shipments.clear()

    def hold(self, ref, words="Check the address", reason="incorrect_address"):
        """Put the fulfillment orders on hold."""
        with self.lock:
            order = self.by_id[int(ref)]
            part = order.parts[0]
            part.status, part.updated = "on_hold", self.stamp()
            part.holds.append((reason, words))
            self._notify_part(part, "fulfillment_orders/placed_on_hold")

    def release(self, ref):
        with self.lock:
            part = self.by_id[int(ref)].parts[0]
            part.status, part.holds, part.updated = "open", [], self.stamp()
            self._notify_part(part, "fulfillment_orders/hold_released")

    def _notify_part(self, part, topic):
        body = {"id": gid("FulfillmentOrder", part.id), "status": part.status}
        self.notify({topic: {"fulfillment_order": body}})

    def deliver_parcels(self, ref):
        """Mark all fulfillments as delivered by the carrier."""
        with self.lock:
            order = self.by_id[int(ref)]
            for made in order.fulfilments:
                made.delivered = True
            body = rest.fulfilment(order, order.fulfilments[-1])
            self._changed(order, None, {"fulfillments/update": body})
