"""PrestaShop: credit slips, which document refunds and cancelled units."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.documents.values import get_zone
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.shares import rounded

from .parse_slips import is_same_slip, net_of, slip_row, slip_total
from .parse_values import money, text

ZERO = Decimal(0)
#: maximum time by which the shop's clock may be behind ours
CLOCK = timedelta(minutes=2)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _push_slip(self, channel, key, order, lines, amount, shipping):
        """Create a credit slip, unless it exists already.

        :param list lines: as for a refund
        :param Decimal amount: the total refund; ``None`` for the sum of the lines
        :param Decimal shipping: the part of it that is shipping
        :return: with the slip's id
        :rtype: outcomes.RefundOutcome
        """
        details = self._details(channel, order)
        gone = [line for line in lines if line["line_ref"] not in details]
        if any(line["line_ref"].isdecimal() for line in gone):
            raise FinalError(
                self.env._(
                    "Order %(order)s no longer has this line in the store because it was "
                    "changed there. Refund it in the store.",
                    order=text(order, "id"),
                )
            )
        coin = self._coin(channel, order)
        rows = [
            slip_row(line, details[line["line_ref"]], coin) for line in lines if line not in gone
        ]
        items = sum((row["amount_tax_incl"] for row in rows), ZERO)
        gross = items if amount is None else amount - shipping
        slip = self._prepare_slip(order, rows, gone, gross, shipping, coin)
        slips = self._slips(channel, order)
        found = self._find_slip(channel, key, order, slips, slip, rows)
        if found:
            return RefundOutcome(refund_ref=found)
        self._refuse_excess(order, slips, gross + shipping, coin, len(rows))
        if rows:
            slip["order_slip_details"] = rows
        made = self._write(channel, "POST", "order_slip", [slip]).findtext(".//id") or ""
        if not any(text(one, "id") == made for one in self._slips(channel, order)):
            raise RetryableError(
                self.env._("The credit slip is not yet visible in the store. It is checked again.")
            )
        return RefundOutcome(refund_ref=made)

    @api.model
    def _prepare_slip(self, order, rows, charges, gross, shipping, coin):
        """:param list rows: the rows of the items
        :param list charges: the other refunded lines
        :param Decimal gross: the amount of the slip without shipping
        :return: the values of a credit slip, without its rows
        """
        # Charges besides items, such as wrapping, are in the slip's amount only.
        items = sum((row["amount_tax_incl"] for row in rows), ZERO)
        wraps = [line for line in charges if line["line_ref"] == "wrapping"]
        wrapping = sum((Decimal(line.get("amount") or 0) for line in wraps), ZERO)
        wrapping = min(wrapping, max(gross - items, ZERO))
        net = (
            sum((row["amount_tax_excl"] for row in rows), ZERO)
            + rounded(net_of(order, wrapping, "total_wrapping"), coin)
            + rounded(net_of(order, gross - items - wrapping), coin)
        )
        shipping_net = rounded(net_of(order, shipping, "total_shipping"), coin)
        return {
            "id_customer": text(order, "id_customer"),
            "id_order": text(order, "id"),
            "conversion_rate": text(order, "conversion_rate"),
            "total_products_tax_excl": f"{net:.6f}",
            "total_products_tax_incl": f"{gross:.6f}",
            "total_shipping_tax_excl": f"{shipping_net:.6f}",
            "total_shipping_tax_incl": f"{shipping:.6f}",
            "amount": f"{gross:.6f}",
            "shipping_cost": int(bool(shipping)),
            "shipping_cost_amount": f"{shipping:.6f}",
            "partial": 1,
            "order_slip_type": 0,
        }

    @api.model
    def _refuse_excess(self, order, slips, amount, coin, rows):
        """:param int rows: number of rows of the slip, each of which is rounded
        :raise FinalError: when the refundable amount in the shop is lower than requested"""
        given = sum((slip_total(slip, coin) for slip in slips), ZERO)
        left = money(order, "total_paid_tax_incl") - given
        if amount - left > coin * rows:
            raise FinalError(
                self.env._(
                    "Only %(left)s of %(amount)s can still be refunded in PrestaShop: the rest "
                    "is already covered by credit slips.",
                    left=f"{rounded(max(left, ZERO), coin):f}",
                    amount=f"{rounded(amount, coin):f}",
                )
            )

    @api.model
    def _find_slip(self, channel, key, order, slips, slip, rows):
        """Find the credit slip of a call whose response was lost.

        PrestaShop stores no key of ours: it is the slip with the same content that belongs to no
        other call of ours and is not older than this call's message.

        :param list slips: the slips of the order
        :return: its id, '' when there is none
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
        since = own[:1].create_date - CLOCK if own else datetime.min
        for one in slips:
            is_other = text(one, "id") in others or self._created_at(channel, one) < since
            if not is_other and is_same_slip(one, slip, rows):
                return text(one, "id")
        return ""

    @api.model
    def _created_at(self, channel, slip):
        """:return: when a slip was created, in naive UTC; the later of two possible times when the
        shop's clock was set back
        """
        local = datetime.fromisoformat(text(slip, "date_add"))
        zone = get_zone(self._shop(channel)["zone"])
        moments = [local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        return max(m.astimezone(timezone.utc) for m in moments).replace(tzinfo=None)

    @api.model
    def _details(self, channel, order):
        """:return: the rows of an order by id"""
        rows = self._get_all(channel, "order_details", "id_order", [text(order, "id")])
        return {text(row, "id"): row for row in rows}

    @api.model
    def _slips(self, channel, order):
        """:return: the credit slips of an order"""
        return self._get_all(channel, "order_slip", "id_order", [text(order, "id")])
