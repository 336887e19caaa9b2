"""Orders of Odoo's own shop join the path when they are confirmed."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        """Extend `sale`: an order of a website joins its channel, and is sourced as any other."""
        joined = self.env["oms.channel.adapter.odoo_shop"]._join(self)
        for company, of_company in joined.grouped("company_id").items():
            # oms_by_hand: what is being confirmed is not queued for a person any more
            sourcing = self.env["oms.sourcing"].sudo().with_company(company)
            sourcing.with_context(oms_by_hand=True)._source(of_company)
        return super()._action_confirm()

    def _action_cancel(self):
        """Extend `sale`: an order that is cancelled in Odoo leaves the path at once."""
        result = super()._action_cancel()
        self.env["oms.order.flow"].sudo()._close_cancelled(self.sudo().filtered("oms_step"))
        return result
