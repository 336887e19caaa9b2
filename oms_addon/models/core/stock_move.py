"""Overrides of stock.move, calling the services in a fixed order."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed

#: fields that change Available to Sell
MOVE_FIELDS = {"state", "product_uom_qty", "date"}


class StockMove(models.Model):
    _inherit = "stock.move"

    # === COMPUTE METHODS === #

    def _compute_forecast_information(self):
        """Extend `stock`: do not forecast items that were short picked in the same warehouse."""
        super()._compute_forecast_information()
        self._oms_forecast_rejected()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: update Available to Sell."""
        moves = super().create(vals_list)
        moves._oms_touch_stock()
        return moves

    def write(self, vals):
        """Extend `stock`: update Available to Sell for changed demand or incoming quantities."""
        result = super().write(vals)
        if not MOVE_FIELDS.isdisjoint(vals):
            self._oms_touch_stock()
        return result

    def unlink(self):
        """Extend `stock`: update Available to Sell for deleted moves."""
        self._oms_touch_stock()
        return super().unlink()

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Extend: sort the queue place by its criteria, see ``_oms_serving_order``."""
        if field_name == "oms_queue_place":
            return self._oms_queue_place_to_sql(alias, direction, query)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # === CONFIRM === #

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Extend `stock`: create the deliveries of new orders in bulk, and review promises for
        incoming items.

        ``new_deliveries`` in the context means that the orders are confirmed for the first time,
        so that there is no existing delivery to search for.
        """
        if unsealed(self.env, "new_deliveries"):
            self._oms_create_deliveries()
        # Needs access to prices to buy from the best vendor.
        moves = super(StockMove, self._oms_reckoning())._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )
        moves._oms_review_promises(self.env._("more items are incoming"))
        return moves.with_env(self.env)

    def _merge_moves(self, merge_into=False):
        """Extend `stock`: merge moves with access to their prices."""
        moves = super(StockMove, self._oms_reckoning())._merge_moves(merge_into=merge_into)
        return moves.with_env(self.env)

    def _search_picking_for_assignation(self):
        """Extend `stock`: keep items together that were picked together."""
        return self._oms_picking_of_companions() or super()._search_picking_for_assignation()

    def _get_new_picking_values(self):
        """Extend `stock`: mark deliveries of urgent orders as urgent."""
        values = super()._get_new_picking_values()
        if "1" in self.sale_line_id.order_id.mapped("oms_priority"):
            values["priority"] = "1"
        return values

    # === RESERVE === #

    def _action_assign(self, force_qty=False):
        """Extend `stock`: lock the stock of managed warehouses before reserving, take a slot of the
        allocation day even if it is full, which is logged, and reserve complete kits only.

        Concurrent reservations of the same stock wait for each other; the later one is retried.
        """
        # stock_locked: the allocator has locked, and handles slots and kits itself
        if unsealed(self.env, "stock_locked"):
            return super()._action_assign(force_qty=force_qty)
        before = self._oms_slots_before()
        reserving = self._oms_reserving()
        reserving._oms_lock_stock()
        result = super()._action_assign(force_qty=force_qty)
        if not force_qty:
            self.env["oms.kits"]._release_parts(
                reserving.exists().filtered(lambda m: not m.move_orig_ids)
            )
        self._oms_reserve_slots(before)
        return result

    def _trigger_scheduler(self):
        """Extend `stock`: skip the search for reordering rules of products that have none."""
        return super(StockMove, self._oms_reordered())._trigger_scheduler()

    # === DONE AND CANCELLED === #

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: trigger the allocator for received items, and review the promises that
        depend on them.
        """
        self._oms_lock_places()
        # The backorder keeps the price.
        moves = super(StockMove, self._oms_reckoning())._action_done(
            cancel_backorder=cancel_backorder
        )
        moves._oms_wake_allocator("location_dest_id")
        moves._oms_review_promises(self.env._("items were received"))
        return moves.with_env(self.env)

    def _set_value(self, correction_quantity=None):
        """Extend `stock_account`: value moves even if the user may not see costs."""
        return super(StockMove, self._oms_reckoning())._set_value(
            correction_quantity=correction_quantity
        )

    def _action_cancel(self):
        """Extend `stock`: trigger the allocator for released items, review the promises on incoming
        ones, restock picked ones, and remove orders without items from combined shipments.
        """
        shared = self.picking_id.filtered("oms_shared_order_ids")
        carried = self._oms_carried_parts()
        coming = self.filtered(lambda m: m.state not in ("done", "cancel", "draft"))
        freed = self.filtered("move_line_ids")
        result = super()._action_cancel()
        freed._oms_wake_allocator("location_id")
        coming._oms_review_promises(self.env._("incoming items were cancelled"))
        if carried:
            self.env["oms.restock"]._create_transfers(carried)
        if shared:
            self.env["oms.shared.delivery"]._drop_cancelled(shared)
        return result

    def _skip_push(self):
        """Extend `stock`: skip the search for push rules from customer locations."""
        return self._oms_is_never_pushed() or super()._skip_push()

    def _update_orderpoints(self):
        """Extend `stock`: check orderpoints once per product and pair of locations."""
        ways = {(m.product_id, m.location_id, m.location_dest_id): m.id for m in self}
        return super(StockMove, self.browse(ways.values()))._update_orderpoints()
