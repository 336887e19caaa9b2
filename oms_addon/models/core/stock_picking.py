"""Overrides of stock.picking, calling the services in a fixed order."""

from odoo import api, models
from odoo.tools.sql import table_exists

from odoo.addons.oms_addon.tools.sealed_context import sealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _auto_init(self):
        """Extend `stock`: fill the combined orders of existing deliveries in one statement, not
        one by one.
        """
        if not table_exists(self.env.cr, "oms_shared_delivery_rel"):
            self._fields["oms_shared_order_ids"].update_db(self, {})
        result = super()._auto_init()
        self._oms_fill_shared_orders()
        return result

    # === COMPUTE METHODS === #

    @api.depends("move_ids.sale_line_id")
    def _compute_move_type(self):
        """Extend `sale_stock`: ship complete if one of the combined orders requires it."""
        super()._compute_move_type()
        self._oms_set_move_type()

    @api.depends("oms_shared_order_ids")
    def _compute_date_deadline(self):
        """Extend `stock`: use the earliest deadline of the combined orders."""
        super()._compute_date_deadline()
        self.filtered("oms_shared_order_ids")._oms_set_date_deadline()

    @api.depends("oms_put_back_order_id")
    def _compute_sale_id(self):
        """Extend `sale_stock`: restock transfers are no deliveries of the order and are not
        cancelled with it.
        """
        put_back = self.filtered("oms_put_back_order_id")
        put_back.sale_id = False
        return super(StockPicking, self - put_back)._compute_sale_id()

    # === CRUD METHODS === #

    def write(self, vals):
        """Extend `stock`: create or replace parcels for tracking numbers set after the shipment,
        and send them to the channel.
        """
        before = self._oms_tracking_before(vals)
        result = super().write(vals)
        if before:
            self._oms_follow_tracking(before)
        return result

    # === VALIDATE === #

    def button_validate(self):
        """Extend `stock`: refuse deliveries with items that were not ordered, and concurrent
        validations of the same delivery.

        :raise UserError: if another user already validated all of them
        """
        self.check_access("write")
        # Needs access to prices for the shipping cost and customer notifications.
        pickings = self._oms_reckoning()
        refusal = pickings._oms_refuse_mismatch()
        if refusal:
            return refusal
        pickings._oms_refuse_validated()
        return super(StockPicking, pickings).button_validate()

    def _pre_action_done_hook(self):
        """Extend `stock`: refuse to ship orders that are on hold or not paid.

        :raise UserError: if an order is on hold, or unpaid and its channel ships paid orders only
        """
        self._oms_refuse_held()
        self._oms_refuse_unpaid()
        return super()._pre_action_done_hook()

    def _action_done(self):
        """Extend `stock`: create parcels, continue the orders, and log restocked items."""
        pickings = self._oms_reckoning()
        result = super(StockPicking, pickings)._action_done()
        done = pickings.filtered(lambda p: p.state == "done")
        done._oms_create_parcels()
        done._oms_run_orders()
        self.env["oms.restock"].sudo()._log_done(done.filtered("oms_put_back_order_id"))
        return result

    def _create_backorder_picking(self):
        """Extend `stock`: the backorder of a restock transfer is one, too."""
        backorder = super()._create_backorder_picking()
        backorder.sudo().oms_put_back_order_id = self.oms_put_back_order_id
        return backorder

    # === CANCEL === #

    def action_cancel(self):
        """Extend `stock`: continue orders that waited for the cancelled deliveries."""
        orders_sudo = self.sudo()._oms_orders()
        result = super().action_cancel()
        orders_sudo.filtered(lambda o: o.oms_status == "waiting")._oms_run()
        return result

    # === SHIP === #

    def send_to_shipper(self):
        """Extend `stock_delivery`: rate all orders of a combined shipment together."""
        self.ensure_one()
        self.check_access("write")
        # Needs access to prices for the declared value.
        parcel = self._oms_reckoning()
        if self.oms_shared_order_ids:
            parcel = parcel.with_context(**sealed(rated_picking_id=self.id))
        return super(StockPicking, parcel).send_to_shipper()

    def _add_delivery_cost_to_so(self):
        """Extend `stock_delivery`: split the cost of a combined shipment among its orders."""
        self.ensure_one()
        if not self._oms_charges_orders():
            return super()._add_delivery_cost_to_so()
        return self._oms_charge_orders()
