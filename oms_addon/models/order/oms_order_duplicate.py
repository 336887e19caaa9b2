"""Detection of orders reported by two channels."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderDuplicate(models.AbstractModel):
    """Finds orders that a shop imported from a marketplace that is also connected.

    Both orders are kept; the imported one is put on hold, or the original if the imported one
    is already shipped.
    """

    _name = "oms.order.duplicate"
    _description = "Duplicate Orders"

    @api.model
    def _hold_duplicates(self, channel, orders):
        """Put orders reported by two channels on hold, so that only one is shipped.

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
        """:return: the orders of other channels that may duplicate these orders"""
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
        """:return: whether one order references the other, or both reference a third"""
        return bool(
            order.oms_foreign_ref in (other.oms_order_ref, other.oms_foreign_ref or None)
            or other.oms_foreign_ref == order.oms_order_ref
        )

    @api.model
    def _as_copy(self, order, other):
        """:return: the imported order and the original, of two duplicates"""
        if other.oms_foreign_ref == order.oms_order_ref:
            return other, order
        return order, other

    @api.model
    def _prepare_problem(self, held, kept):
        """:return: the problem of a duplicate order"""
        return HoldReason(
            code="DUPLICATE_ORDER",
            message=self.env._(
                "%(channel)s also reports this order as %(order)s. Cancel one of the two in "
                "Odoo, or release this one if it is a different order.",
                channel=kept.oms_channel_id.name,
                order=kept.oms_order_number or kept.name,
            ),
        )
