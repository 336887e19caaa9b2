"""What Odoo does with the lines of a stock move, and what of ours takes part."""

from odoo import api, models

from odoo.addons.oms_addon.models.stock.quant_batch import QuantBatch
from odoo.addons.oms_addon.tools.runs import current, running
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: what was counted away or broke is gone, whoever had reserved it.

        Odoo reserves it for the moment until the move is done, and then takes it from those
        who had it.
        """
        lines = self
        if self._oms_are_counted_away(vals_list):
            lines = self.with_context(**sealed(goods_left=True))
        return super(StockMoveLine, lines).create(vals_list).with_env(self.env)

    def _action_done(self):
        """Extend `stock`: in a batch of ours (``bulk`` in the context) what the lines do
        to the stock rows is added up and written at the end.
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
        """Extend `stock`: add up what plain lines do to the stock rows.

        See ``RUNS``: the batch they are added up in.
        """
        if action == "reserved" and self.move_id._oms_counts_away():
            self = self.with_context(**sealed(goods_left=True))
        batch = current(self.env, "quants")
        if batch is None or not self._oms_is_plain(quants_value):
            return super()._synchronize_quant(
                quantity, location, action=action, in_date=in_date, **quants_value
            )
        return self._oms_add_to_batch(batch, quantity, location, action, in_date)
