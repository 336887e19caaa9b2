"""PrestaShop: push cancellations and refunds."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import Outcome, RefundOutcome
from odoo.addons.oms_addon.documents.values import get_zone
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.shares import rounded

from .parse_orders import read_order
from .parse_slips import is_same_slip, net_of, slip_row, slip_total
from .parse_values import money, text

ZERO = Decimal(0)
#: maximum time by which the shop's clock may be behind ours
CLOCK = timedelta(minutes=2)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: a whole order by its state, units by a credit slip."""
        order = self._one_order(channel, cancellation["order_ref"])
        shop = self._shop(channel)
        if cancellation.get("lines"):
            lines = self._priced(channel, order, cancellation)
            result = self._push_slip(channel, key, order, lines, None, ZERO)
            return self._with_state(result, self._move_on(channel, order, ()))
        if text(order, "current_state") in (shop["roles"]["cancelled"], shop["roles"]["refunded"]):
            return RefundOutcome(details={"state": text(order, "current_state")})
        state = shop["states"].get(text(order, "current_state"), {})
        if text(state, "shipped") == "1":
            raise FinalError(
                self.env._("The store reports the order as shipped. It can only be returned.")
            )
        notify = bool(cancellation.get("notify", True))
        return self._with_state(
            RefundOutcome(), self._set_state(channel, order, "cancelled", notify)
        )

    @api.model
    def _with_state(self, outcome, reached):
        """:return: the outcome of a refund, with the state of its order"""
        return replace(outcome, details=reached.details, unmet=reached.unmet)

    @api.model
    def _priced(self, channel, order, cancellation):
        """:return: the lines of a cancellation with the amount refunded for each: the amount
        credited in Odoo, else its share of the charged amount less discounts
        """
        lines = cancellation["lines"]
        if not cancellation.get("refund"):
            return [{**line, "amount": ZERO} for line in lines]
        if any(line.get("amount") is None for line in lines):
            shares = self._shares(channel, order, lines)
            return [{**line, "amount": shares[line["line_ref"]]} for line in lines]
        return lines

    @api.model
    def _shares(self, channel, order, lines):
        """:return: the price of units in whole coins, by line id; the last units of a line get the
        amount that credit slips left of it
        """
        [composed] = self._compose(channel, [order])
        document = read_order(composed)
        back = {}
        for refund in document.refunds:
            for part in refund.lines:
                quantity, amount = back.get(part.line_ref, (ZERO, ZERO))
                back[part.line_ref] = quantity + part.quantity, amount + (part.amount or ZERO)
        coin, shares = self._coin(channel, order), {}
        costs = {line.ref: line for line in document.lines if line.kind == "product"}
        for line in lines:
            ref, quantity = line["line_ref"], Decimal(str(line["quantity"]))
            of_order = costs.get(ref)
            gone, paid_back = back.get(ref, (ZERO, ZERO))
            if not of_order or not of_order.quantity:
                shares[ref] = ZERO
            elif gone + quantity >= of_order.quantity:
                shares[ref] = max(of_order.subtotal - paid_back, ZERO)
            else:
                shares[ref] = rounded(of_order.subtotal * quantity / of_order.quantity, coin)
        return shares

    @api.model
    def _coin(self, channel, order):
        """:return: the smallest unit of an order's currency"""
        row = self._shop(channel)["currencies"].get(text(order, "id_currency"), {})
        precision = text(row, "precision")
        return Decimal(1).scaleb(-int(precision if precision.isdigit() else 2))

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: create a credit slip. It is only a document: the
        webservice makes no payment module refund the money.
        """
        order = self._one_order(channel, refund["order_ref"])
        lines = refund.get("lines") or []
        result = self._push_slip(
            channel,
            key,
            order,
            lines,
            Decimal(refund["amount"]),
            Decimal(refund.get("shipping") or 0),
        )
        kept = [line for line in lines if not line.get("returned")]
        return self._with_state(result, self._move_on(channel, order, kept))

    @api.model
    def _charge_of_refund(self, ref):
        """Override of `oms.channel.adapter`: derived from the id of the credit slip."""
        return f"slip-{ref}"

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
        # Charges besides items, such as wrapping, are in the slip's amount only.
        coin = self._coin(channel, order)
        rows = [
            slip_row(line, details[line["line_ref"]], coin) for line in lines if line not in gone
        ]
        goods = sum((row["amount_tax_incl"] for row in rows), ZERO)
        gross = goods if amount is None else amount - shipping
        wrapping = sum(
            (Decimal(line.get("amount") or 0) for line in gone if line["line_ref"] == "wrapping"),
            ZERO,
        )
        wrapping = min(wrapping, max(gross - goods, ZERO))
        net = (
            sum((row["amount_tax_excl"] for row in rows), ZERO)
            + rounded(net_of(order, wrapping, "total_wrapping"), coin)
            + rounded(net_of(order, gross - goods - wrapping), coin)
        )
        shipping_net = rounded(net_of(order, shipping, "total_shipping"), coin)
        slip = {
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

    # === ORDER STATE === #

    @api.model
    def _move_on(self, channel, order, lines):
        """Update the state of an order when a credit slip leaves nothing to ship: to *Shipped* when
        items were shipped before, to *Refunded* when none were and all money was refunded.

        Slips created by the webservice do not change the order.

        :param lines: lines refunded just now, not deducted in Odoo yet
        :return: see ``_reach``; empty when the state is not changed
        :rtype: outcomes.Outcome
        """
        ours = self._order_here(channel, order)
        if not ours or self._unshipped(ours, lines):
            return Outcome()
        role = "shipping" if ours._oms_has_shipped() else "refunded"
        coin = self._coin(channel, order)
        given = sum((slip_total(slip, coin) for slip in self._slips(channel, order)), ZERO)
        if role == "refunded" and given < money(order, "total_paid_tax_incl"):
            return Outcome()
        try:
            return self._reach(channel, order, role)
        except FinalError as error:
            # The slip exists, even if the state cannot be changed.
            return Outcome(unmet=str(error))

    @api.model
    def _unshipped(self, ours, lines):
        """:return: whether items of an order are still to ship, apart from some lines"""
        left = ours._oms_unshipped()
        for line in lines:
            units = self.env["oms.order.canceller"]._oms_units_of(
                ours, line["line_ref"], line.get("sku") or "", float(line["quantity"])
            )
            for order_line, quantity in units.items():
                if order_line in left:
                    left[order_line] -= quantity
        return any(line.product_uom_id.compare(quantity, 0) > 0 for line, quantity in left.items())

    @api.model
    def _order_here(self, channel, order):
        """:return: the sales order of an order in the shop"""
        return self.env["sale.order"].search(
            [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", text(order, "id"))]
        )
