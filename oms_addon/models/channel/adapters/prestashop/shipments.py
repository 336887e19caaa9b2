"""PrestaShop: telling deliveries."""

import re
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.prestashop import money, number_of, text

#: how much of tracking numbers PrestaShop keeps, and what it does not take in them
TRACKING_SIZE = 64
NOT_TRACKING = re.compile(r"[^~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]")
ZERO = Decimal(0)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

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
    def _set_state(self, channel, order, state):
        """Move an order to a state; its customer is told where the state says so."""
        if state in ("", "0"):
            raise FinalError(self.env._("The shop names no state for this: look at its settings."))
        values = {"id_order": text(order, "id"), "id_order_state": state}
        self._write(channel, "POST", "order_histories", [values], sendemail="1")
        return {"state": state}
