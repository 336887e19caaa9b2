"""Refunds deleted on the channel."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderRefund(models.Model):
    """On channels that report all refunds of an order, a missing one was deleted. A user decides
    whether its credit note and cancelled units have to be reversed.
    """

    _inherit = "oms.order.refund"

    is_withdrawn = fields.Boolean(
        "Deleted on the Channel",
        readonly=True,
        help="The channel no longer reports this refund.",
    )

    @api.model
    def _find_withdrawn(self, order, document):
        """:return: the refunds of an order that its channel no longer reports"""
        if not order.oms_channel_id._adapter()._tells_all_refunds:
            return self.browse()
        reported = {refund.ref for refund in document.refunds}
        return order.oms_refund_ids.filtered(
            lambda r: r.ref and r.kind == "refund" and not r.is_withdrawn and r.ref not in reported
        )

    @api.model
    def _hold_for_withdrawn(self, order, document):
        """Open an exception for each refund deleted on the channel, once."""
        withdrawn = self._find_withdrawn(order, document)
        withdrawn.is_withdrawn = True
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="REFUND_UNMATCHED",
                    message=self.env._(
                        "Refund %(ref)s of %(amount)s was deleted on the channel. If the amount "
                        "was "
                        "not refunded, reverse its credit note and add the items to ship again, "
                        "then "
                        "release the order.",
                        ref=refund.ref,
                        amount=order.currency_id.format(refund.amount),
                    ),
                )
                for refund in withdrawn
            ],
        )
