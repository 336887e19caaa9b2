"""Moves of warehouses we run: reserved under locks, in the order's priority."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed

from .company_check import doubtful


class StockMove(models.Model):
    _inherit = "stock.move"

    _oms_open_idx = models.Index(
        "(product_id, location_id) WHERE state IN ('confirmed', 'partially_available')"
    )

    def _oms_managed(self):
        """:return: the moves that take from a warehouse we run"""
        return self.filtered(lambda m: m.location_id.warehouse_id.oms_managed)

    def _oms_in_hand(self):
        """:return: the open moves whose goods somebody holds: picked, or carried from the stock
        to where they are packed or leave from
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

    def _check_company(self, fnames=None):
        """Extend `base`: obvious cases need no look."""
        return super(StockMove, doubtful(self, fnames))._check_company(fnames)

    def _action_assign(self, force_qty=False):
        """Extend `stock`: whoever reserves from a warehouse we run takes the locks first.

        Two that reserve the same goods wait for each other; the later one begins again
        with fresh figures. Of kits whole ones are reserved, whoever reserves.
        """
        # stock_locked: the allocator holds the locks already, and looks at kits itself
        if unsealed(self.env, "stock_locked"):
            return super()._action_assign(force_qty=force_qty)
        moves = self._oms_managed().filtered(lambda m: not m._should_bypass_reservation())
        if moves:
            stock = self.env["oms.stock"]
            locations = stock._locations(moves.location_id.warehouse_id)
            stock._lock(locations.keys() | set(moves.location_id.ids), moves.product_id.ids)
        result = super()._action_assign(force_qty=force_qty)
        if not force_qty:
            self.env["oms.kits"]._give_back_parts(
                moves.exists().filtered(lambda m: not m.move_orig_ids)
            )
        return result

    def _oms_lock_places(self):
        """Take the locks of all stock that moves of warehouses we run are about to change.

        Odoo adds a row beside one that another has locked, and so decides on figures that
        are about to change; here the later one waits, or begins again with fresh figures.
        """
        lines = self.move_line_ids
        places = self.location_id | self.location_dest_id
        places = (places | lines.location_id | lines.location_dest_id)._oms_guarded()
        if places:
            self.env["oms.stock"]._lock(places.ids, self.product_id.ids)

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: goods that came in serve those who wait for them."""
        self._oms_lock_places()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._oms_wake_allocator("location_dest_id")
        return moves

    def _action_cancel(self):
        """Extend `stock`: goods that are free again serve those who wait for them."""
        freed = self.filtered("move_line_ids")
        result = super()._action_cancel()
        freed._oms_wake_allocator("location_id")
        return result

    def _skip_push(self):
        """Extend `stock`: no rule is looked for that moves goods on from a customer.

        ``no_push`` in the context says that there is none.
        """
        if (
            unsealed(self.env, "no_push")
            and self.location_dest_id.usage == "customer"
            and not self.move_dest_ids
        ):
            return True
        return super()._skip_push()

    def _update_orderpoints(self):
        """Extend `stock`: moves that go the same way ask about the same orderpoints."""
        ways = {(m.product_id, m.location_id, m.location_dest_id): m.id for m in self}
        return super(StockMove, self.browse(ways.values()))._update_orderpoints()

    def _oms_wake_allocator(self, where):
        """Wake the allocator when goods became free in a warehouse we run.

        :param str where: ``location_dest_id`` for what came, ``location_id`` for what stays
        """
        if any(
            location.warehouse_id.oms_managed and location.usage == "internal"
            for location in self[where].sudo()
        ):
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()

    def _get_new_picking_values(self):
        """Extend `stock`: a delivery is as urgent as its order."""
        values = super()._get_new_picking_values()
        if "1" in self.sale_line_id.order_id.mapped("oms_priority"):
            values["priority"] = "1"
        return values

    def _assign_picking_post_process(self, new=False):
        """Extend `sale_stock`: deliveries of channel orders get no note about their origin,
        which is on them already and costs more than making them.
        """
        quiet = bool(self.sale_line_id.order_id.oms_channel_id)
        return super(
            StockMove, self.with_context(**sealed(quiet=True)) if quiet else self
        )._assign_picking_post_process(new=new)
