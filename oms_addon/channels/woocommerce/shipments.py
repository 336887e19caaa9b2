"""WooCommerce: push shipments."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ShipmentOutcome
from odoo.addons.oms_addon.tools.paths import segment

from .parse_orders import RANKS
from .parse_refunds import TRACKING, quantities, tracking_items
from .parse_values import SHIPMENTS, UNPAID, ZERO, meta_of

#: statuses of orders to ship
NOT_COMPLETED = ("pending", "on-hold", "processing")


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: add a customer note; complete the order when all is
        shipped.

        Pushed shipments are stored on the order, so that repeated pushes have no effect.
        """
        path = f"/orders/{segment(shipment['order_ref'])}"
        order = self._call(channel, "GET", path).json()
        meta = meta_of(order)
        reported = meta.get(SHIPMENTS) or []
        entry = next((entry for entry in reported if entry["key"] == key), None)
        is_again = entry is not None
        if not is_again:
            entry = {"key": key, "lines": quantities(order, shipment["lines"]), "noted": False}
            reported.append(entry)
            self._write_order(channel, path, {SHIPMENTS: reported})
        if not entry["noted"]:
            self._note_shipment(channel, path, shipment, is_again)
            entry["noted"] = True
        values = {SHIPMENTS: reported, TRACKING: tracking_items(meta.get(TRACKING) or [], shipment)}
        complete = order["status"] in NOT_COMPLETED or order["status"] not in RANKS
        if complete and not self._unshipped(channel, order, reported):
            # The store considers completed orders as paid.
            unpaid = {} if order.get("date_paid_gmt") else {UNPAID: "yes"}
            now = self._write_order(channel, path, values | unpaid, status="completed")
            return self._reached(now["status"], "completed", NOT_COMPLETED)
        self._write_order(channel, path, values)
        return ShipmentOutcome(details={"status": order["status"]})

    @api.model
    def _reached(self, status, wanted, before):
        """:param str status: the order's status after the update
        :param before: statuses that count as failed; custom statuses are accepted
        :return: the status; ``unmet`` where it differs
        :rtype: outcomes.ShipmentOutcome
        """
        if status not in before:
            return ShipmentOutcome(details={"status": status})
        unmet = self.env._(
            "WooCommerce accepted the change, but the order is still “%(status)s” instead of "
            "“%(wanted)s”. Change its status in the store.",
            status=status,
            wanted=wanted,
        )
        return ShipmentOutcome(details={"status": status}, unmet=unmet)

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: for tracking plugins, and in another note."""
        path = f"/orders/{segment(shipment['order_ref'])}"
        order = self._call(channel, "GET", path).json()
        items = [
            item
            for item in meta_of(order).get(TRACKING) or []
            if not isinstance(item, dict) or item.get("tracking_number") not in shipment["replaces"]
        ]
        self._note_shipment(channel, path, shipment, True)
        self._write_order(channel, path, {TRACKING: tracking_items(items, shipment)})
        return ShipmentOutcome(details={"status": order["status"]})

    @api.model
    def _write_order(self, channel, path, meta, **values):
        """Update metadata, and more, of an order.

        :return: the updated order
        """
        rows = [{"key": key, "value": value} for key, value in meta.items()]
        return self._call(channel, "PUT", path, body={"meta_data": rows, **values}).json()

    @api.model
    def _note_shipment(self, channel, path, shipment, is_again):
        """Add a customer note, unless an earlier call whose response was lost did."""
        text = self._shipment_text(channel, shipment)
        if is_again:
            notes = self._call(channel, "GET", f"{path}/notes", params={"type": "customer"}).json()
            if any(note["note"].strip() == text for note in notes):
                return
        self._call(channel, "POST", f"{path}/notes", body={"note": text, "customer_note": True})

    @api.model
    def _shipment_text(self, channel, shipment):
        """:return: the text of the note, in the company's language"""
        env = self.with_context(lang=channel.company_id.partner_id.lang).env
        parcels = [
            " ".join(filter(None, (p.get("carrier"), p.get("number"), p.get("url"))))
            for p in shipment["parcels"]
            if p.get("number")
        ]
        if not parcels:
            return env._("Your order was shipped (%(ref)s).", ref=shipment["shipment_ref"])
        return env._(
            "Your order was shipped (%(ref)s): %(parcels)s",
            ref=shipment["shipment_ref"],
            parcels=", ".join(parcels),
        )

    @api.model
    def _unshipped(self, channel, order, reported):
        """:return: the lines with items left to ship, without virtual ones"""
        left = {str(line["id"]): Decimal(str(line["quantity"])) for line in order["line_items"]}
        for entry in reported:
            for ref, quantity in entry["lines"].items():
                left[ref] = left.get(ref, ZERO) - Decimal(quantity)
        if order.get("refunds") and any(quantity > 0 for quantity in left.values()):
            for refund in self._refunds_of(channel, order["id"]):
                for line in refund.get("line_items", ()):
                    ref = str(meta_of(line).get("_refunded_item_id", ""))
                    left[ref] = left.get(ref, ZERO) - abs(Decimal(str(line["quantity"])))
        return [
            line
            for line in order["line_items"]
            if left[str(line["id"])] > 0 and not self._is_virtual(channel, line)
        ]

    @api.model
    def _is_virtual(self, channel, line):
        """:return: whether a line is never shipped"""
        path = f"/products/{segment(line['product_id'])}"
        if line.get("variation_id"):
            path += f"/variations/{segment(line['variation_id'])}"
        answer = self._call(channel, "GET", path, params={"_fields": "id,virtual"}, accept=(404,))
        return answer.status == 200 and bool(answer.json().get("virtual"))
