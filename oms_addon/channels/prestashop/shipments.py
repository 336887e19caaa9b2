"""PrestaShop: push shipments."""

import re
from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ShipmentOutcome
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.exceptions import FinalError

from .parse_values import money, number_of, text

#: maximum length of PrestaShop's tracking numbers, and characters it rejects
TRACKING_SIZE = 64
NOT_TRACKING = re.compile(r"[^~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]")
ZERO = Decimal(0)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: tracking numbers, and the state of a shipped order.

        PrestaShop has no partial shipments: the state changes when all units are shipped.
        """
        order = self._one_order(channel, shipment["order_ref"])
        numbers = [p.get("number", "") for p in shipment["parcels"]]
        unmet = self._write_tracking(channel, order, numbers)
        shop, state = self._shop(channel), text(order, "current_state")
        if state == shop["roles"]["cancelled"]:
            raise FinalError(
                self.env._(
                    "The order is cancelled in the store. Stop the parcel, or reopen the order."
                )
            )
        result = ShipmentOutcome(details={"state": state})
        if self._is_complete(channel, key, order, shipment):
            result = self._reach(channel, order, "shipping")
        return replace(result, unmet=result.unmet or unmet)

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: on the order's carrier, replacing wrong numbers."""
        order = self._one_order(channel, shipment["order_ref"])
        numbers = [p.get("number", "") for p in shipment["parcels"]]
        unmet = self._write_tracking(channel, order, numbers, shipment["replaces"])
        return ShipmentOutcome(unmet=unmet)

    @api.model
    def _write_tracking(self, channel, order, numbers, replaced=()):
        """Add tracking numbers to the order's carrier, as far as the field's length allows.

        :param replaced: wrong numbers to remove
        :return: the numbers the shop does not show, for people; '' when it shows all
        """
        numbers = [NOT_TRACKING.sub("", one).strip() for one in numbers if one]
        if not numbers:
            return ""
        row = self._order_carrier(channel, order)
        if not row:
            return self.env._(
                "The order has no carrier in the store, so tracking number %(number)s cannot be "
                "shown there. Set a carrier in the store.",
                number=", ".join(numbers),
            )
        known = [one.strip() for one in text(row, "tracking_number").split(",") if one.strip()]
        wrong = {NOT_TRACKING.sub("", one).strip() for one in replaced}
        wanted = list(dict.fromkeys([*(one for one in known if one not in wrong), *numbers]))
        while len(", ".join(wanted)) > TRACKING_SIZE and len(wanted) > 1:
            wanted.pop()
        if wanted != known:
            reported = ", ".join(wanted)[:TRACKING_SIZE]
            values = {"id": text(row, "id"), "tracking_number": reported}
            self._write(channel, "PATCH", "order_carriers", [values])
            shown = text(self._order_carrier(channel, order) or {}, "tracking_number")
            if shown != reported:
                return self.env._(
                    "The store shows tracking number “%(shown)s” instead of “%(number)s”.",
                    shown=shown,
                    number=reported,
                )
        return ""

    @api.model
    def _order_carrier(self, channel, order):
        """:return: the newest carrier row of an order; ``None`` when there is none"""
        rows = self._get_all(channel, "order_carriers", "id_order", [text(order, "id")])
        return max(rows, key=number_of, default=None)

    @api.model
    def _is_complete(self, channel, key, order, shipment):
        """:return: whether all items of an order are shipped with this shipment"""
        if not shipment.get("lines"):
            return True
        if ours := self._order_here(channel, order):
            others = self._others(channel, key, "shipment", text(order, "id"), ("pending",))
            return not ours._oms_unshipped() and not others
        return not self._left_at_shop(channel, key, order, shipment)

    @api.model
    def _left_at_shop(self, channel, key, order, shipment):
        """:return: the rows of an order that are still to ship according to the shop; credit slips
        of the webservice are in no other row
        """
        left = {}
        earlier = self._sent(channel, key, "shipment", text(order, "id"))
        for line in [*shipment["lines"], *(ln for reported in earlier for ln in reported["lines"])]:
            left[line["line_ref"]] = left.get(line["line_ref"], ZERO) + Decimal(
                str(line["quantity"])
            )
        slipped = {}
        for slip in self._slips(channel, order):
            for row in (slip.get("associations") or {}).get("order_slip_details") or ():
                ref = text(row, "id_order_detail")
                slipped[ref] = slipped.get(ref, ZERO) + money(row, "product_quantity")
        rows = [
            row
            for ref, row in self._details(channel, order).items()
            if left.get(ref, ZERO)
            < money(row, "product_quantity")
            - max(money(row, "product_quantity_refunded"), slipped.get(ref, ZERO))
            # Downloads are not shipped.
            and not text(row, "download_hash")
        ]
        if not rows:
            return rows
        virtual = self._virtual(channel, {text(row, "product_id") for row in rows})
        return [row for row in rows if text(row, "product_id") not in virtual]

    @api.model
    def _virtual(self, channel, products):
        """:return: the ids of the products that are never shipped"""
        found = self._get_all(channel, "products", "id", products, "[id,is_virtual]")
        return {text(row, "id") for row in found if text(row, "is_virtual") == "1"}

    @api.model
    def _sent(self, channel, key, topic, order_ref):
        """:return: the contents of our other messages of an order"""
        messages = self._others(channel, key, topic, order_ref, ("done", "failed"))
        return [loads(m._raw_payload()) for m in messages if m.state == "done" or m.result]

    @api.model
    def _others(self, channel, key, topic, order_ref, states):
        """:return: our other messages of an order, in some states"""
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("topic", "=", topic),
                ("order_ref", "=", order_ref),
                ("event_ref", "!=", key),
                ("state", "in", states),
            ]
        )

    # === STATES === #

    @api.model
    def _reach(self, channel, order, role):
        """Move an order to a state that means *shipping* or *refunded*, unless it is later.

        :return: the state; ``unmet`` where it differs
        :rtype: outcomes.ShipmentOutcome
        """
        if self._is_reached(channel, order, role):
            return ShipmentOutcome(details={"state": text(order, "current_state")})
        return self._set_state(channel, order, role)

    @api.model
    def _is_reached(self, channel, order, role):
        """:return: whether the state of an order is the wanted or a later one"""
        shop, state = self._shop(channel), text(order, "current_state")
        ended = {shop["roles"]["cancelled"], shop["roles"]["refunded"]} - {"", "0"}
        if role == "shipping":
            flag = text(shop["states"].get(state, {}), "shipped")
            return flag == "1" or state in ended
        return state in ended

    @api.model
    def _set_state(self, channel, order, role, notify=True):
        """Move an order to a state; the customer is mailed where the state is set up so.

        :param bool notify: whether the customer may get the state's mail
        :return: the resulting state; ``unmet`` where it differs
        :rtype: outcomes.ShipmentOutcome
        """
        shop = self._shop(channel)
        state = shop["roles"].get(role, "")
        if state in ("", "0"):
            raise FinalError(
                self.env._("The store defines no order state for this. Check its settings.")
            )
        values = {"id_order": text(order, "id"), "id_order_state": state}
        mail = {"sendemail": "1"} if notify else {}
        self._write(channel, "POST", "order_histories", [values], **mail)
        now = self._one_order(channel, text(order, "id"))
        reached, unmet = text(now, "current_state"), ""
        if not self._is_reached(channel, now, role):
            names = shop["state_names"]
            unmet = self.env._(
                "PrestaShop accepted the change, but the order is still “%(state)s” instead of "
                "“%(wanted)s”. Change its state in the store.",
                state=names.get(reached) or reached,
                wanted=names.get(state) or state,
            )
        return ShipmentOutcome(details={"state": reached}, unmet=unmet)
