"""Comparison of imported orders with the channel's totals and taxes."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.order import (
    Address,
)
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.shares import rounded


class OmsOrderImporter(models.AbstractModel):
    _inherit = "oms.order.importer"

    @api.model
    def _open_proofs(self, problems):
        """Open exceptions for the problems of orders; for record-only orders they are logged.

        :param list problems: tuples (``sale.order``, problem)
        """
        self.env["oms.hold"]._open_many(
            [(order, problem) for order, problem in problems if not order.oms_is_recorded]
        )
        for order, problem in problems:
            if order.oms_is_recorded:
                self.env["oms.event"]._log(order, "order.noted", problem.message[:500])

    # === TOTALS === #

    @api.model
    def _prove(self, channel, order, document, known=None):
        """Compare the total and taxes of an order with the channel's.

        A difference within the channel's rounding limit becomes a rounding line. A larger one,
        taxes that differ by more than rounding, an invalid charge or an undeliverable address
        is a problem.

        :param known: the return value of the builder's ``_find_referenced``, if available
        :return: problems for ``oms.hold._open``
        :rtype: list[HoldReason]
        """
        problems = [
            HoldReason(code=problem.code, message=problem.message)
            for problem in self._held_problems(channel, document, order.partner_id)
        ]
        problems += self.env["oms.customer.address"]._rejected_problems(order)
        problems += self.env["oms.order.builder"]._tax_difference(channel, order, document, known)
        if document.total is None:
            return problems
        ours, slack = self.env["oms.order.difference"]._reported_total(order)
        rounding = order.currency_id.rounding
        # The channel may use more decimals than the currency has in Odoo.
        reported = rounded(document.total, Decimal(str(rounding)).normalize())
        difference = reported - Decimal(str(ours))
        if abs(difference) < Decimal(str(rounding)) / 2 + Decimal(str(slack)):
            return problems
        if abs(difference) <= self._rounding_limit(channel, order, document):
            self._add_rounding_line(order, difference)
            return problems
        return [
            *problems,
            HoldReason(
                code="TOTAL_MISMATCH",
                message=self.env._(
                    "The channel reports a total of %(channel)s, the lines add up to %(ours)s. "
                    "Correct the lines, or release the order to continue with the total of the "
                    "lines.",
                    channel=order.currency_id.format(float(document.total)),
                    ours=order.currency_id.format(ours),
                ),
            ),
        ]

    @api.model
    def _rounding_limit(self, channel, order, document):
        """:return: the tolerated rounding difference: the channel's limit, or if the document adds
            up, at least the smallest coin per tax of each line
        :rtype: Decimal
        """
        limit = Decimal(str(channel.rounding_limit))
        if document.expected_total() != document.total:
            return limit
        coin = Decimal(str(order.currency_id.rounding))
        roundings = sum(
            len(line.taxes or ()) + (line.subtotal % coin != 0) for line in document.lines
        )
        return max(limit, coin * roundings)

    @api.model
    def _held_problems(self, channel, document, customer=None):
        """:param customer: the customer, if known
        :return: the problems that put the order on hold without preventing its creation
        """
        from_document = [p for p in document.problems() if p.code == "BAD_CHARGE"]
        if document.status == "pending" and document.shipping == Address():
            # Channels do not send the address of a pending order.
            return from_document
        address = self.env["oms.order.builder"]._address_problems(channel, document, customer)
        return [*from_document, *address]

    @api.model
    def _add_rounding_line(self, order, difference):
        """Add a line that brings the order to the channel's total."""
        product = self.env.ref("oms_addon.product_rounding")
        order.order_line = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_id": product.uom_id.id,
                    "name": product.display_name,
                    "product_uom_qty": 1.0,
                    "price_unit": float(difference),
                    "technical_price_unit": -1,
                    "tax_ids": [Command.clear()],
                    "oms_kind": "rounding",
                    "sequence": 9999,
                }
            )
        ]
