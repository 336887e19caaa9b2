"""Orders of Odoo's own shop join the path when they are confirmed."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        """Extend `sale`: an order of a website joins its channel; what is confirmed by hand is
        sourced as any other.
        """
        self.env["oms.channel.adapter.odoo_shop"]._join(self)
        self._oms_source_by_hand()
        # has_warehouse: what is procured now was sourced, see oms.sourcing
        return super(SaleOrder, self.with_context(**sealed(has_warehouse=True)))._action_confirm()

    def _action_cancel(self):
        """Extend `sale`: an order that is cancelled in Odoo leaves the path at once."""
        result = super()._action_cancel()
        self.env["oms.order.flow"].sudo()._close_cancelled(self.sudo().filtered("oms_step"))
        return result
