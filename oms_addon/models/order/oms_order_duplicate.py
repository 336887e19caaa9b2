"""One order of a customer that two channels report: shipped once."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderDuplicate(models.AbstractModel):
    """Finds orders that a shop imported from a marketplace which is connected here as well.

    Each channel keeps its own order; the copy is held, or the original where the copy has left.
    """

    _name = "oms.order.duplicate"
    _description = "Duplicate Orders"

    @api.model
    def _hold_duplicates(self, channel, orders):
        """Hold what two channels report, so that it is shipped once.

        :param channel: the channel of the orders
        :param orders: new ``sale.order`` records
        """
        others = self._find(channel, orders)
        if not others:
            return
        problems = []
        for order in orders:
            for other in others:
                if not self._is_same(order, other):
                    continue
                copy, original = self._as_copy(order, other)
                held, kept = (original, copy) if copy._oms_has_shipped() else (copy, original)
                if held._oms_has_shipped():
                    continue
                problems.append((held, self._prepare_problem(held, kept)))
        self.env["oms.hold"]._open_many(problems)

    @api.model
    def _find(self, channel, orders):
        """:return: the orders of other channels that may be among these orders"""
        channels = self.env["oms.channel"].search(
            [("company_id", "=", channel.company_id.id), ("id", "!=", channel.id)]
        )
        if not channels:
            return orders.browse()
        foreign = [ref for ref in orders.mapped("oms_foreign_ref") if ref]
        named = [*orders.mapped("oms_order_ref"), *foreign]
        return self.env["sale.order"].search(
            [
                ("oms_channel_id", "in", channels.ids),
                ("oms_is_recorded", "=", False),
                ("state", "!=", "cancel"),
                "|",
                ("oms_foreign_ref", "in", named),
                ("oms_order_ref", "in", foreign),
            ]
        )

    @api.model
    def _is_same(self, order, other):
        """:return: whether one of two orders names the other, or both name a third"""
        return bool(
            order.oms_foreign_ref in (other.oms_order_ref, other.oms_foreign_ref or None)
            or other.oms_foreign_ref == order.oms_order_ref
        )

    @api.model
    def _as_copy(self, order, other):
        """:return: of two orders that are one, the imported one and the original"""
        if other.oms_foreign_ref == order.oms_order_ref:
            return other, order
        return order, other

    @api.model
    def _prepare_problem(self, held, kept):
        """:return: the problem of an order that is another channel's as well"""
        return HoldReason(
            code="DUPLICATE_ORDER",
            message=self.env._(
                "%(channel)s also reports this order as %(order)s. Cancel one of the two in "
                "Odoo, or release this one if it is a different order.",
                channel=kept.oms_channel_id.name,
                order=kept.oms_order_number or kept.name,
            ),
        )
