"""PrestaShop: telling cancellations and refunds."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.document_values import get_zone
from odoo.addons.oms_addon.tools.prestashop import is_same_slip, money, net_of, slip_row, text

ZERO = Decimal(0)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

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
    def _details(self, channel, order):
        """:return: the rows of an order by their ids"""
        rows = self._get_all(channel, "order_details", "id_order", [text(order, "id")])
        return {text(row, "id"): row for row in rows}
