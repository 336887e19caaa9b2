"""Items that nobody ordered, or more of them than were, do not leave with an order."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _oms_refuse_mismatch(self):
        """Refuse deliveries with the wrong items: it is recorded, and said.

        :return: the action that says so; ``None`` where nothing is wrong
        :raise UserError: when the path of orders ships it
        """
        found = {picking: text for picking in self if (text := picking._oms_mismatch())}
        if not found:
            return None
        message = " ".join(found.values())
        if unsealed(self.env, "from_flow"):
            raise UserError(message)
        for picking, text in found.items():
            # An error would take the record of it away.
            self.env["oms.event"]._log(picking._oms_orders(), "pick.mismatch", text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "danger", "sticky": True, "message": message},
        }

    def _oms_mismatch(self):
        """:return: what of a delivery was not ordered, and what to do, in words; '' for nothing"""
        self.ensure_one()
        orders = self._oms_orders()
        if (
            self.picking_type_code == "incoming"
            or not orders.oms_channel_id
            or not self.picking_type_id.warehouse_id.oms_managed
        ):
            return ""
        moves = self.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and m.product_uom.compare(m.quantity, 0) > 0
        )
        wrong = [
            text
            for move in moves.filtered("picked") or moves
            if (text := self._oms_wrong_goods(move))
        ]
        if not wrong:
            return ""
        return self.env._(
            "%(delivery)s was not validated because it contains items that do not match "
            "%(order)s: %(wrong)s. Remove them from the delivery, or add them to the order "
            "first.",
            delivery=self.name,
            order=", ".join(order.oms_order_ref or order.name for order in orders),
            wrong="; ".join(wrong),
        )

    def _oms_wrong_goods(self, move):
        """:return: what is wrong with one move's items, in words; '' when they were ordered"""
        product, quantity = move.product_id.display_name, f"{move.quantity:g}"
        if not (move.sale_line_id or move.move_orig_ids):
            return self.env._(
                "%(quantity)s × %(product)s, not ordered",
                quantity=quantity,
                product=product,
            )
        if move.product_uom.compare(move.quantity, move.product_uom_qty) > 0:
            return self.env._(
                "%(quantity)s × %(product)s, of which %(wanted)s are to ship",
                quantity=quantity,
                product=product,
                wanted=f"{move.product_uom_qty:g}",
            )
        return ""
