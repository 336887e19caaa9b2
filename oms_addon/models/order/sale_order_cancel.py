"""The Cancel button of Sales for orders of managed warehouses."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_served(self):
        """:return: the confirmed orders that have a delivery from a managed warehouse"""
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

    def _oms_cancel_manually(self):
        """Cancel the orders for the user, as far as the warehouse can stop them.

        :return: a notification action for what was not cancelled, or ``None``
        :raise UserError: if an order is completely shipped
        """
        if not self:
            return None
        self.check_access("write")
        # Wait for concurrent validations of the deliveries, which count as shipped then.
        self.sudo()._oms_pickings()._oms_lock()
        self._oms_refuse_shipped()
        canceller_sudo = self.env["oms.order.canceller"].sudo()
        canceller = canceller_sudo.with_context(**sealed(actor=self.env.user.name))
        reason = self._oms_cancel_reason()
        reported = [text for order in self if (text := canceller._cancel_manually(order, reason))]
        if not reported:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": sentences.join(reported),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _oms_cancel_reason(self):
        """:return: the timeline text with the user and the note, if any"""
        note = unsealed(self.env, "cancel_text")
        if note:
            return self.env._("Cancelled by %(user)s: %(note)s", user=self.env.user.name, note=note)
        return self.env._("Cancelled by %(user)s.", user=self.env.user.name)

    def _oms_refuse_shipped(self):
        """:raise UserError: if some order has nothing left to cancel"""
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
        """:return: whether items of the order were delivered"""
        self.ensure_one()
        return any(
            line.product_uom_id.compare(line.qty_delivered, 0) > 0
            for line in self._oms_physical_lines()
        )

    def _oms_unshipped(self):
        """:return: the undelivered units of one order, by order line
        :rtype: dict
        """
        self.ensure_one()
        left = {
            line: line.product_uom_qty - line.qty_delivered for line in self._oms_physical_lines()
        }
        return {
            line: quantity
            for line, quantity in left.items()
            if line.product_uom_id.compare(quantity, 0) > 0
        }

    def _oms_physical_lines(self):
        """:return: the order lines of physical products"""
        return self.order_line.filtered(
            lambda l: not l.display_type and l.product_id.type == "consu"
        )
