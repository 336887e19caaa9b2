"""Overrides of stock.move.line."""

from odoo import api, models

from odoo.addons.oms_addon.models.stock.quant_batch import QuantBatch
from odoo.addons.oms_addon.tools.runs import current, running
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: allow removing counted-away or scrapped units that others had reserved.

        Odoo reserves them for the move and then unreserves them from the others.
        """
        lines = self
        if self._oms_are_counted_away(vals_list):
            lines = self.with_context(**sealed(goods_left=True))
        return super(StockMoveLine, lines).create(vals_list).with_env(self.env)

    def _action_done(self):
        """Extend `stock`: in a batch (``bulk`` in the context) sum the changes of quants and write
        them at the end.
        """
        may = self.env["oms.own.writes"]._may
        if not unsealed(self.env, "bulk") or not may("stock.quant"):
            return super()._action_done()
        with running(self.env, "quants", QuantBatch(self.env)) as batch:
            result = super()._action_done()
            batch.flush()
        return result

    def _synchronize_quant(
        self, quantity, location, action="available", in_date=False, **quants_value
    ):
        """Extend `stock`: add the quant changes of plain lines to the batch.

        See ``RUNS`` for the batch.
        """
        if action == "reserved" and self.move_id._oms_counts_away():
            self = self.with_context(**sealed(goods_left=True))
        batch = current(self.env, "quants")
        if batch is None or not self._oms_is_plain(quants_value):
            return super()._synchronize_quant(
                quantity, location, action=action, in_date=in_date, **quants_value
            )
        return self._oms_add_to_batch(batch, quantity, location, action, in_date)
