"""Restock transfers of an order."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_put_back_ids = fields.One2many(
        "stock.picking", "oms_put_back_order_id", "To Restock", readonly=True, copy=False
    )
    oms_put_back_text = fields.Char(
        "Restock Summary", compute="_compute_oms_put_back_text", compute_sudo=True
    )

    @api.depends("oms_put_back_ids.state", "oms_put_back_ids.move_ids.quantity")
    def _compute_oms_put_back_text(self):
        for order in self:
            todo = order.oms_put_back_ids._oms_todo()
            order.oms_put_back_text = (
                self.env._(
                    "To restock by the warehouse: %(goods)s.",
                    goods="; ".join(
                        f"{self.env['oms.restock']._items_text(picking)} ({picking.name})"
                        for picking in todo
                    ),
                )
                if todo
                else False
            )

    def action_oms_restocks(self):
        """Open the restock transfers of the order."""
        self.ensure_one()
        self.check_access("read")
        self.env["stock.picking"].check_access("read")
        return self._get_action_view_picking(self.oms_put_back_ids)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_restock_fewer(self, before):
        """Restock the picked items of lines whose quantity was reduced.

        :param dict before: the former quantities by line id
        """
        for line in self.filtered(lambda l: l.product_uom_qty < before.get(l.id, 0.0)):
            self.env["oms.restock"]._restock_fewer(line, before)
