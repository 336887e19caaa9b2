"""Batched stock row changes of many deliveries."""

from odoo import api, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Open lines only, so that the cost of the stock check does not grow with finished ones.
    _oms_open_idx = models.Index(
        "(product_id, location_id) WHERE state IS NULL OR state NOT IN ('done', 'cancel')"
    )

    @api.model
    def _oms_are_counted_away(self, vals_list):
        """:return: whether all lines to create belong to moves that correct the stock"""
        moves = self.env["stock.move"].browse(
            vals["move_id"] for vals in vals_list if vals.get("move_id")
        )
        return len(moves) == len(vals_list) and moves._oms_counts_away()

    def _oms_add_to_batch(self, batch, quantity, location, action, in_date):
        """Add the stock changes of one line without lot, package or owner to the batch.

        :return: like ``_synchronize_quant``
        """
        if self.product_uom_id.is_zero(quantity):
            return 0, False
        if action == "reserved":
            if not self.move_id._should_bypass_reservation(location):
                batch.reserve(self.product_id, location, quantity)
            return 0, in_date
        return batch.move(self.product_id, location, quantity, in_date)

    def _oms_is_plain(self, quants_value):
        """:return: whether the line has no lot, package or owner"""
        return (
            self.product_id.tracking == "none"
            and self.product_id.is_storable
            and not any(quants_value.values())
            and not (self.lot_id or self.package_id or self.result_package_id or self.owner_id)
        )
