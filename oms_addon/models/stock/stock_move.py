"""Moves of managed warehouses: reserved under locks, by the priority of their orders."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockMove(models.Model):
    _inherit = "stock.move"

    _oms_open_idx = models.Index(
        "(product_id, location_id) WHERE state IN ('confirmed', 'partially_available')"
    )

    def _oms_touch_stock(self):
        """Queue the products for recomputation of Available to Sell."""
        self.env["oms.channel.stock"]._touch(self.product_id.ids)

    def _oms_managed(self):
        """:return: the moves that take items from a managed warehouse"""
        return self.filtered(lambda m: m.location_id.warehouse_id.oms_managed)

    def _oms_being_picked(self):
        """:return: the open moves whose items have been picked, or moved from stock towards packing
        or shipping
        """
        return self.filtered(
            lambda m: (
                m.state not in ("done", "cancel")
                and not m.picking_id.oms_put_back_order_id
                and (any(m.move_line_ids.mapped("picked")) or m._oms_is_carried())
            )
        )

    def _oms_counts_away(self):
        """:return: whether all of these moves correct the stock: counts and scrap"""
        return bool(self) and set(self.mapped("location_dest_id.usage")) == {"inventory"}

    def _oms_reserving(self):
        """:return: the moves that reserve from a managed warehouse"""
        return self._oms_managed().filtered(lambda m: not m._should_bypass_reservation())

    def _oms_lock_stock(self):
        """Lock all stock in the warehouses that moves are about to reserve from."""
        if self:
            stock = self.env["oms.stock"]
            locations = stock._locations(self.location_id.warehouse_id)
            stock._lock(locations.keys() | set(self.location_id.ids), self.product_id.ids)

    def _oms_lock_places(self):
        """Lock all stock that moves of managed warehouses are about to change.

        Odoo adds a row if another transaction has locked the existing one, and so decides on
        outdated figures; here the later transaction waits, or is retried with current figures.
        """
        lines = self.move_line_ids
        places = self.location_id | self.location_dest_id
        places = (places | lines.location_id | lines.location_dest_id)._oms_guarded()
        if places:
            self.env["oms.stock"]._lock(places.ids, self.product_id.ids)

    def _oms_is_never_pushed(self):
        """:return: whether a move goes to a customer and no push rule applies there

        ``no_push`` in the context states that there is none.
        """
        return bool(
            unsealed(self.env, "no_push")
            and self.location_dest_id.usage == "customer"
            and not self.move_dest_ids
        )

    def _oms_reordered(self):
        """:return: the moves whose product has an automatic reordering rule"""
        groups = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            ._read_group(
                [("product_id", "in", self.product_id.ids), ("trigger", "=", "auto")],
                ["product_id"],
            )
        )
        product_ids = {product.id for (product,) in groups}
        return self.filtered(lambda m: m.product_id.id in product_ids)

    def _oms_wake_allocator(self, where):
        """Run the allocator if items become free in a managed warehouse.

        :param str where: ``location_dest_id`` for received items, ``location_id`` for released ones
        """
        if any(
            location.warehouse_id.oms_managed and location.usage == "internal"
            for location in self[where].sudo()
        ):
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
