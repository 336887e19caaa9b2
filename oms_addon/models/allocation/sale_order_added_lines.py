"""Joint sourcing of all items added to a confirmed order in one write."""

from odoo import models
from odoo.fields import Command


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_ordered_before(self, vals):
        """:return: the quantity of each line, by id, before a write that adds items to confirmed
        orders; ``None`` for any other write
        """
        if not self._oms_adds_items(vals.get("order_line")) or "state" in vals:
            return None
        return {line.id: line.product_uom_qty for line in self.order_line}

    def _oms_procure_added(self, before):
        """Procure the quantities added to orders, all lines together.

        :param dict before: see ``_oms_ordered_before``
        """
        changed = self.order_line.filtered(
            lambda line: line.product_uom_qty != before.get(line.id, 0.0)
        )
        changed._action_launch_stock_rule(
            previous_product_uom_qty={line.id: before.get(line.id, 0.0) for line in changed}
        )

    def _oms_adds_items(self, commands):
        """:return: whether the commands on lines add items to confirmed, sourced orders"""
        if not commands or self.env.context.get("skip_procurement"):
            return False
        if not all(
            order.state == "sale" and (order.oms_channel_id or order.warehouse_id.oms_managed)
            for order in self
        ):
            return False
        quantities = {line.id: line.product_uom_qty for line in self.order_line}
        return any(
            command[0] == Command.CREATE
            or command[0] == Command.UPDATE
            and command[2].get("product_uom_qty", 0.0) > quantities.get(command[1], 0.0)
            for command in commands
        )
