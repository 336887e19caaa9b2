"""Exceptions for refunds that need a user's review."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

    @api.model
    def _hold_for_unmatched(self, order, line):
        """Open an exception for a refund line that matches no order line."""
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="REFUND_UNMATCHED",
                    message=self.env._(
                        "The channel refunded %(quantity)s × %(sku)s, which is not on any order "
                        "line. "
                        "Credit it manually, then release the order.",
                        quantity=f"{line.quantity:f}",
                        sku=self._name_of(order, line),
                    ),
                )
            ],
        )

    @api.model
    def _name_of(self, order, line):
        """:return: the name of a refund line: its SKU, product or channel line id"""
        if line.sku:
            return line.sku
        named = self._named_line(order, line)
        if named:
            return named.oms_sku or named.product_id.display_name
        return self.env._("channel line %(ref)s", ref=line.line_ref)

    def _hold_for_retained(self, order, kept):
        """Open an exception if the channel refunded less than the items' price."""
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="REFUND_UNMATCHED",
                    message=self.env._(
                        "The channel retained %(kept)s of the price of the items in refund "
                        "%(ref)s. "
                        "Make sure it is invoiced or refund the rest on the channel, then release "
                        "the "
                        "order.",
                        kept=order.currency_id.format(kept),
                        ref=self.ref,
                    ),
                )
            ],
        )
