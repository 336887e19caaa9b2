"""Refusal of deliveries with items that were not ordered."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _oms_refuse_mismatch(self):
        """Refuse and log deliveries with items that do not match their orders.

        :return: a notification action; ``None`` if everything matches
        :raise UserError: if the order flow ships them
        """
        found = {picking: text for picking in self if (text := picking._oms_mismatch())}
        if not found:
            return None
        message = " ".join(found.values())
        if unsealed(self.env, "from_flow"):
            raise UserError(message)
        for picking, text in found.items():
            # An error would roll back the event.
            self.env["oms.event"]._log(picking._oms_orders(), "pick.mismatch", text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "danger", "sticky": True, "message": message},
        }

    def _oms_mismatch(self):
        """:return: the items of a delivery that were not ordered, as a message; '' for none"""
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
            if (text := self._oms_mismatch_text(move))
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

    def _oms_mismatch_text(self, move):
        """:return: how one move differs from the order, as text; '' if it does not"""
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
