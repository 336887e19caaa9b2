"""What Odoo does with a stock move, and what of ours takes part, in its order."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed

#: what decides how many can be sold
MOVE_FIELDS = {"state", "product_uom_qty", "date"}


class StockMove(models.Model):
    _inherit = "stock.move"

    # === COMPUTE METHODS === #

    def _compute_forecast_information(self):
        """Extend `stock`: items that were rejected here are not available here."""
        super()._compute_forecast_information()
        self._oms_forecast_rejected()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: what a move brings or takes changes the Available to Sell."""
        moves = super().create(vals_list)
        moves._oms_touch_stock()
        return moves

    def write(self, vals):
        """Extend `stock`: what a confirmed move still is to reserve can no longer be sold, and
        what another brings can be, from some day on.
        """
        result = super().write(vals)
        if not MOVE_FIELDS.isdisjoint(vals):
            self._oms_touch_stock()
        return result

    def unlink(self):
        """Extend `stock`: what a move was to bring or take is not to come any more."""
        self._oms_touch_stock()
        return super().unlink()

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Extend: the place in a queue is sorted by what decides it, see ``_oms_serving_order``."""
        if field_name == "oms_queue_place":
            return self._oms_queue_place_to_sql(alias, direction, query)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # === CONFIRM === #

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Extend `stock`: the deliveries of orders that had none are made in one go; what is to
        come now can be promised.

        ``new_deliveries`` in the context says that the orders are being confirmed for
        the first time, so that no delivery of theirs has to be looked for.
        """
        if unsealed(self.env, "new_deliveries"):
            self._oms_create_deliveries()
        # What is missing is bought at the best price.
        moves = super(StockMove, self._oms_reckoning())._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )
        moves._oms_review_promises(self.env._("more items are incoming"))
        return moves.with_env(self.env)

    def _merge_moves(self, merge_into=False):
        """Extend `stock`: moves of the same price are merged."""
        moves = super(StockMove, self._oms_reckoning())._merge_moves(merge_into=merge_into)
        return moves.with_env(self.env)

    def _search_picking_for_assignation(self):
        """Extend `stock`: what was picked together is packed and shipped together."""
        return self._oms_picking_of_companions() or super()._search_picking_for_assignation()

    def _get_new_picking_values(self):
        """Extend `stock`: a delivery is as urgent as its order."""
        values = super()._get_new_picking_values()
        if "1" in self.sale_line_id.order_id.mapped("oms_priority"):
            values["priority"] = "1"
        return values

    # === RESERVE === #

    def _action_assign(self, force_qty=False):
        """Extend `stock`: whoever reserves from a warehouse we run takes the locks first, and of
        today's work a place, even of a full day, which is said. Of kits whole ones are reserved.

        Two that reserve the same stock wait for each other; the later one begins again
        with fresh figures.
        """
        # stock_locked: the allocator holds the locks, and looks at places and kits itself
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

    # === DONE AND CANCELLED === #

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: items that came in serve those who wait for them; what came, and what
        of it is short, may change promises.
        """
        self._oms_lock_places()
        # What is left for a backorder keeps its price.
        moves = super(StockMove, self._oms_reckoning())._action_done(
            cancel_backorder=cancel_backorder
        )
        moves._oms_wake_allocator("location_dest_id")
        moves._oms_review_promises(self.env._("items were received"))
        return moves.with_env(self.env)

    def _set_value(self, correction_quantity=None):
        """Extend `stock_account`: what was moved is valued, whoever moves it."""
        return super(StockMove, self._oms_reckoning())._set_value(
            correction_quantity=correction_quantity
        )

    def _action_cancel(self):
        """Extend `stock`: items that are free again serve those who wait for them; what does not
        come was promised in vain; what was carried for it is put back; an order nothing of which
        leaves in a shared delivery is not in it.
        """
        shared = self.picking_id.filtered("oms_shared_order_ids")
        carried = self._oms_carried_parts()
        coming = self.filtered(lambda m: m.state not in ("done", "cancel", "draft"))
        freed = self.filtered("move_line_ids")
        result = super()._action_cancel()
        freed._oms_wake_allocator("location_id")
        coming._oms_review_promises(self.env._("incoming items were cancelled"))
        if carried:
            self.env["oms.put.back"]._make(carried)
        if shared:
            self.env["oms.shared.delivery"]._drop_cancelled(shared)
        return result

    def _skip_push(self):
        """Extend `stock`: no rule is looked for that moves items on from a customer."""
        return self._oms_is_never_pushed() or super()._skip_push()

    def _update_orderpoints(self):
        """Extend `stock`: moves that go the same way ask about the same orderpoints."""
        ways = {(m.product_id, m.location_id, m.location_dest_id): m.id for m in self}
        return super(StockMove, self.browse(ways.values()))._update_orderpoints()
