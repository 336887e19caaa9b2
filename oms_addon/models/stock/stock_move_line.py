"""Stock rows of a whole batch of deliveries are written once."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed

from .company_check import doubtful
from .quant_batch import QuantBatch


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Open lines only: what a check of the stock reads does not grow with what is done.
    _oms_open_idx = models.Index(
        "(product_id, location_id) WHERE state IS NULL OR state NOT IN ('done', 'cancel')"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: what was counted away or broke is gone, whoever had reserved it.

        Odoo reserves it for the moment until the move is done, and then takes it from those
        who had it.
        """
        moves = self.env["stock.move"].browse(
            vals["move_id"] for vals in vals_list if vals.get("move_id")
        )
        if len(moves) < len(vals_list) or not moves._oms_counts_away():
            return super().create(vals_list)
        lines = self.with_context(**sealed(goods_left=True))
        return super(StockMoveLine, lines).create(vals_list).with_env(self.env)

    def _check_company(self, fnames=None):
        """Extend `base`: obvious cases need no look."""
        return super(StockMoveLine, doubtful(self, fnames))._check_company(fnames)

    def _action_done(self):
        """Extend `stock`: in a batch of ours (``bulk`` in the context) what the lines do
        to the stock rows is added up and written at the end.
        """
        if not unsealed(self.env, "bulk"):
            return super()._action_done()
        batch = QuantBatch(self.env)
        result = super(StockMoveLine, self.with_context(**sealed(quants=batch)))._action_done()
        batch.flush()
        return result

    def _synchronize_quant(
        self, quantity, location, action="available", in_date=False, **quants_value
    ):
        """Extend `stock`: add up what plain lines do to the stock rows.

        ``quants`` in the context is the batch they are added up in.
        """
        if action == "reserved" and self.move_id._oms_counts_away():
            self = self.with_context(**sealed(goods_left=True))
        batch = unsealed(self.env, "quants")
        if batch is None or not self._oms_is_plain(quants_value):
            return super()._synchronize_quant(
                quantity, location, action=action, in_date=in_date, **quants_value
            )
        if self.product_uom_id.is_zero(quantity):
            return 0, False
        if action == "reserved":
            if not self.move_id._should_bypass_reservation(location):
                batch.reserve(self.product_id, location, quantity)
            return 0, in_date
        return batch.move(self.product_id, location, quantity, in_date)

    def _oms_is_plain(self, quants_value):
        """:return: whether the line is about a quantity only: no lot, package or owner"""
        return (
            self.product_id.tracking == "none"
            and self.product_id.is_storable
            and not any(quants_value.values())
            and not (self.lot_id or self.package_id or self.result_package_id or self.owner_id)
        )
