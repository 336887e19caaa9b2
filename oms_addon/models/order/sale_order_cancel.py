"""The Cancel button of Sales, where warehouses we run serve the order."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_served(self):
        """:return: the confirmed orders of these that a warehouse we run delivers"""
        return self.filtered(
            lambda o: (
                o.state == "sale"
                and any(
                    p.state != "cancel"
                    and p.picking_type_code != "incoming"
                    and p.picking_type_id.warehouse_id.oms_managed
                    for p in o.sudo()._oms_pickings()
                )
            )
        )

    def _oms_cancel_by_hand(self):
        """Cancel what a person wants cancelled, as far as the warehouse lets go of it.

        :return: an action that says what was not cancelled at once, or ``None``
        :raise UserError: when all of an order has left
        """
        if not self:
            return None
        self.check_access("write")
        # Whoever validates a delivery right now is waited for: it has left then.
        self.sudo()._oms_pickings()._oms_lock()
        self._oms_refuse_shipped()
        canceller_sudo = self.env["oms.order.canceller"].sudo()
        canceller = canceller_sudo.with_context(**sealed(actor=self.env.user.name))
        reason = self._oms_cancel_reason()
        told = [text for order in self if (text := canceller._cancel_by_hand(order, reason))]
        if not told:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": sentences.join(told),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _oms_cancel_reason(self):
        """:return: who cancels, and why if it was said, for the timeline"""
        note = unsealed(self.env, "cancel_text")
        if note:
            return self.env._("Cancelled by %(user)s: %(note)s", user=self.env.user.name, note=note)
        return self.env._("Cancelled by %(user)s.", user=self.env.user.name)

    def _oms_refuse_shipped(self):
        """:raise UserError: when nothing of some order is left to cancel"""
        gone = self.filtered(lambda o: o._oms_has_shipped() and not o._oms_unshipped())
        if gone:
            raise UserError(
                self.env._(
                    "%(orders)s cannot be cancelled because %(deliveries)s is already shipped. "
                    "Create a return on the delivery, then refund the returned items.",
                    orders=", ".join(gone.mapped("name")),
                    deliveries=", ".join(
                        gone.sudo()
                        ._oms_pickings()
                        .filtered(lambda p: p.state == "done")
                        .mapped("name")
                    ),
                )
            )

    def _oms_has_shipped(self):
        """:return: whether the customer has, or is about to get, some of one order's items"""
        self.ensure_one()
        return any(
            line.product_uom_id.compare(line.qty_delivered, 0) > 0 for line in self._oms_goods()
        )

    def _oms_unshipped(self):
        """:return: the units of one order that did not leave, by order line
        :rtype: dict
        """
        self.ensure_one()
        left = {line: line.product_uom_qty - line.qty_delivered for line in self._oms_goods()}
        return {
            line: quantity
            for line, quantity in left.items()
            if line.product_uom_id.compare(quantity, 0) > 0
        }

    def _oms_goods(self):
        """:return: the order lines about items"""
        return self.order_line.filtered(
            lambda l: not l.display_type and l.product_id.type == "consu"
        )
