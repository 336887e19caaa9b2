"""Refunds that a channel deleted again."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderRefund(models.Model):
    """Where a channel reports all refunds of an order, one that is missing was deleted there: what
    was credited and taken off the order for it may have to come back, which a person decides.
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
        told = {refund.ref for refund in document.refunds}
        return order.oms_refund_ids.filtered(
            lambda r: r.ref and r.kind == "refund" and not r.is_withdrawn and r.ref not in told
        )

    @api.model
    def _hold_for_withdrawn(self, order, document):
        """Hold an order of which the channel deleted a refund, once for each."""
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
