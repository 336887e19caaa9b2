"""What Odoo does with a transfer, and what of ours takes part, in its order."""

from odoo import api, models
from odoo.tools.sql import table_exists

from odoo.addons.oms_addon.tools.sealed_context import sealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _auto_init(self):
        """Extend `stock`: the deliveries that are there already are looked at in one statement,
        not one by one.
        """
        if not table_exists(self.env.cr, "oms_shared_delivery_rel"):
            self._fields["oms_shared_order_ids"].update_db(self, {})
        result = super()._auto_init()
        self._oms_fill_shared_orders()
        return result

    # === COMPUTE METHODS === #

    @api.depends("move_ids.sale_line_id")
    def _compute_move_type(self):
        """Extend `sale_stock`: an order that leaves complete does so among others too."""
        super()._compute_move_type()
        self._oms_set_move_type()

    @api.depends("oms_shared_order_ids")
    def _compute_date_deadline(self):
        """Extend `stock`: the order that has to leave first rules a shared delivery."""
        super()._compute_date_deadline()
        self.filtered("oms_shared_order_ids")._oms_set_date_deadline()

    @api.depends("oms_put_back_order_id")
    def _compute_sale_id(self):
        """Extend `sale_stock`: what puts items of an order back is no delivery of it, and goes
        on when the order is cancelled.
        """
        put_back = self.filtered("oms_put_back_order_id")
        put_back.sale_id = False
        return super(StockPicking, self - put_back)._compute_sale_id()

    # === CRUD METHODS === #

    def write(self, vals):
        """Extend `stock`: a tracking number that comes after the delivery makes its parcel, one
        that is corrected replaces it; the channel is notified.
        """
        before = self._oms_tracking_before(vals)
        result = super().write(vals)
        if before:
            self._oms_follow_tracking(before)
        return result

    # === VALIDATE === #

    def button_validate(self):
        """Extend `stock`: a delivery with the wrong items is refused; of two people who validate
        one, one wins and the other reads so.

        :raise UserError: when somebody else validated all of them before
        """
        self.check_access("write")
        # The shipping cost is found, and customers may be notified.
        pickings = self._oms_reckoning()
        refusal = pickings._oms_refuse_mismatch()
        if refusal:
            return refusal
        pickings._oms_refuse_validated()
        return super(StockPicking, pickings).button_validate()

    def _pre_action_done_hook(self):
        """Extend `stock`: what is held or not paid does not leave, whoever tries.

        :raise UserError: when an order is held, or its channel ships paid orders only and it is
            not
        """
        self._oms_refuse_held()
        self._oms_refuse_unpaid()
        return super()._pre_action_done_hook()

    def _action_done(self):
        """Extend `stock`: what left has parcels, and its orders go on; the timeline of an order
        says that its items are in the stock again.
        """
        pickings = self._oms_reckoning()
        result = super(StockPicking, pickings)._action_done()
        done = pickings.filtered(lambda p: p.state == "done")
        done._oms_create_parcels()
        done._oms_run_orders()
        self.env["oms.put.back"].sudo()._log_done(done.filtered("oms_put_back_order_id"))
        return result

    def _create_backorder_picking(self):
        """Extend `stock`: what is not put back yet still is to be."""
        backorder = super()._create_backorder_picking()
        backorder.sudo().oms_put_back_order_id = self.oms_put_back_order_id
        return backorder

    # === CANCEL === #

    def action_cancel(self):
        """Extend `stock`: orders do not wait for deliveries that were cancelled."""
        orders_sudo = self.sudo()._oms_orders()
        result = super().action_cancel()
        orders_sudo.filtered(lambda o: o.oms_status == "waiting")._oms_run()
        return result

    # === SHIP === #

    def send_to_shipper(self):
        """Extend `stock_delivery`: rules and free shipping look at all orders of a parcel."""
        self.ensure_one()
        self.check_access("write")
        # The carrier is told what the items are worth.
        parcel = self._oms_reckoning()
        if self.oms_shared_order_ids:
            parcel = parcel.with_context(**sealed(rated_picking_id=self.id))
        return super(StockPicking, parcel).send_to_shipper()

    def _add_delivery_cost_to_so(self):
        """Extend `stock_delivery`: a shared parcel's real cost is put on each of its orders."""
        self.ensure_one()
        if not self._oms_charges_orders():
            return super()._add_delivery_cost_to_so()
        return self._oms_charge_orders()
