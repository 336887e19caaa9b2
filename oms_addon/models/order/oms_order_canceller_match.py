"""Matching of cancellations without an order reference."""

from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.documents.order import normalise_email
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.contact_keys import Person, plain_words


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    # === WITHOUT ORDER REFERENCE === #

    @api.model
    def _cancel_matched(self, channel, message, document):
        """Cancel units of the customer's earlier orders, the latest first."""
        message.write({"customer_ref": document.customer.ref or False, "waits_for": "customer"})
        orders = self._earlier_orders(channel, document)
        matched, missing = self._match_lines(document.lines, orders)
        if missing or not matched:
            message._park(
                [
                    replace(
                        self._unmatched(missing or document.lines),
                        customer=document.customer.name,
                        amount=self.env["oms.hold"]._plain_amount(
                            document.total, document.currency
                        ),
                    )
                ]
            )
            return
        self._cancel_units(matched, document.reason or self.env._("Cancelled on the channel."))
        message.write({"order_id": next(iter(matched)).order_id.id})
        message._set_state("done", self.env._("Matched to an earlier order of the customer."))

    @api.model
    def _earlier_orders(self, channel, document, limit=50):
        """:return: the latest orders of the document's customer that were placed before it"""
        matcher, customer = self.env["oms.customer.matcher"], document.customer
        keys = matcher._get_keys(channel, customer)
        found = self.env["oms.customer.key"]._find(channel.company_id, keys)
        person = Person(plain_words(customer.name), email=normalise_email(customer.email))
        partner = matcher._recognise(keys, found, person)
        if not partner:
            return self.env["sale.order"]
        domain = [("oms_channel_id", "=", channel.id), ("partner_id", "=", partner.id)]
        if document.at:
            domain.append(
                ("oms_placed_at", "<=", self.env["oms.order.builder"]._naive(document.at))
            )
        return self.env["sale.order"].search(
            domain, order="oms_placed_at desc, id desc", limit=limit
        )

    @api.model
    def _match_lines(self, cancelled_lines, orders):
        """Match cancelled units to order lines: by the channel's line id, else by SKU and, if
        given, price. The channel counts units of its listings, the result units of our lines.

        :param cancelled_lines: ``CancelledLine`` or ``RefundLine`` tuple
        :param orders: orders to search, best match first
        :return: units by order line, and the cancelled lines that were not found
        :rtype: tuple[dict, list]
        """
        matched, missing = {}, []
        for cancelled in cancelled_lines:
            units, left = self._find_units(
                orders,
                cancelled.line_ref,
                cancelled.sku,
                cancelled.quantity,
                price=getattr(cancelled, "unit_price", None),
                taken=matched,
            )
            if left > 0:
                missing.append(cancelled)
                continue
            for line, quantity in units.items():
                matched[line] = matched.get(line, 0) + quantity
        return matched, missing

    @api.model
    def _unmatched(self, lines):
        """:return: the problem of cancelled lines that match no order"""
        return HoldReason(
            code="CANCEL_UNMATCHED",
            message=self.env._(
                "No earlier order of this customer contains %(lines)s. Find the order and "
                "cancel it manually, or dismiss the message.",
                lines=", ".join(f"{line.quantity:f} × {line.sku}" for line in lines[:5]),
            ),
        )
