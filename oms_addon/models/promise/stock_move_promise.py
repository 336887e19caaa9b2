"""Goods that are to come, came or do not come change what was promised of them."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Extend `stock`: what is to come now can be promised."""
        moves = super()._action_confirm(merge=merge, merge_into=merge_into, create_proc=create_proc)
        moves._oms_review_promises(self.env._("more goods are on their way"))
        return moves

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: what came, and what of it is short, may change promises."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._oms_review_promises(self.env._("goods came in"))
        return moves

    def _action_cancel(self):
        """Extend `stock`: what does not come any more was promised in vain."""
        open_moves = self.filtered(lambda m: m.state not in ("done", "cancel", "draft"))
        result = super()._action_cancel()
        open_moves._oms_review_promises(self.env._("the goods do not come any more"))
        return result

    def _oms_review_promises(self, reason):
        """Have the promises looked at that hang on those of these moves that come in.

        :param str reason: why, in words
        """
        incoming = self.filtered(
            lambda m: (
                (not m.sale_line_id or m.location_id.usage == "customer")
                and m.product_id.is_storable
                and m.location_dest_id.warehouse_id.oms_managed
                and m.location_dest_id.usage in ("internal", "transit")
                and m.location_id.warehouse_id != m.location_dest_id.warehouse_id
            )
        )
        self.env["oms.promise.review"]._ask(
            [(move.product_id, move.company_id, reason) for move in incoming]
        )
