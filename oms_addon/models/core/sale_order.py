"""Overrides of sale.order, calling the services in a fixed order."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === COMPUTE METHODS === #

    @api.depends("oms_amount_paid", "oms_amount_authorized", "oms_amount_refunded")
    def _compute_amount_paid(self):
        """Extend `sale`: do not count an authorization and its capture twice."""
        super()._compute_amount_paid()
        self.filtered("oms_channel_id")._oms_set_amount_paid()

    def _compute_amount_total_without_delivery(self):
        """Extend `delivery`: for a combined shipment, sum all its orders in the currency of this
        one, so that free shipping depends on the whole shipment.
        """
        parcel = self.env["stock.picking"].browse(unsealed(self.env, "rated_picking_id"))
        amount = super()._compute_amount_total_without_delivery()
        for other in parcel.sudo().oms_shared_order_ids - self:
            if other.state != "cancel":
                of_other = super(SaleOrder, other)._compute_amount_total_without_delivery()
                amount += parcel._oms_convert(of_other, other.currency_id, self.currency_id)
        return amount

    @api.depends("oms_shared_picking_ids.state")
    def _compute_delivery_status(self):
        """Extend `sale_stock`: include combined shipments."""
        sharing = self.filtered("oms_shared_picking_ids")
        super(SaleOrder, self - sharing)._compute_delivery_status()
        sharing._oms_set_delivery_status()

    @api.depends("oms_shared_picking_ids.date_done")
    def _compute_effective_date(self):
        """Extend `sale_stock`: include combined shipments for each of their orders."""
        sharing = self.filtered("oms_shared_picking_ids")
        super(SaleOrder, self - sharing)._compute_effective_date()
        sharing._oms_set_effective_date()

    @api.depends("oms_shared_picking_ids")
    def _compute_picking_ids(self):
        """Extend `sale_stock`: count combined shipments for each of their orders."""
        super()._compute_picking_ids()
        for order in self.filtered("oms_shared_picking_ids"):
            order.delivery_count = len(order._oms_pickings())

    def _get_invoiced(self):
        """Extend `sale`: hide invoices from users without access to journal items."""
        if self.env["account.move.line"].has_access("read"):
            return super()._get_invoiced()
        return self._oms_hide_invoices()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `sale`: turn cart reservations into reservations of the order."""
        orders = super().create(vals_list)
        self.env["oms.cart.reservation"]._place(orders)
        return orders

    def write(self, vals):
        """Extend `sale_stock`: redirect deliveries of managed warehouses to a changed address, and
        procure all added or increased lines together.
        """
        ordered = self._oms_ordered_before(vals)
        orders = self if ordered is None else self.with_context(skip_procurement=True)
        redirected = orders._oms_redirect(vals)
        result = super(SaleOrder, orders - redirected).write(vals)
        if redirected:
            rest = {name: value for name, value in vals.items() if name != "partner_shipping_id"}
            result = super(SaleOrder, redirected).write(rest) and result
        if ordered is not None:
            self._oms_procure_added(ordered)
        return result

    def _field_to_sql(self, alias, field_expr, query=None):
        """Extend: allow searching and grouping by the computed progress fields."""
        progress = self._oms_progress_field_to_sql(alias, field_expr)
        return progress or super()._field_to_sql(alias, field_expr, query)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Extend: sort groups of steps and statuses by their sequence."""
        lives = self._oms_life_terms(groupby_terms)
        terms = {**groupby_terms, **lives}
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({name: terms[name] for name in groupby_terms if name not in lives})
        return result

    # === CONFIRM === #

    def action_confirm(self):
        """Extend `sale`: reserve immediately if a user confirms the order."""
        self.check_access("write")
        # Needs access to amounts for the customer's credit limit.
        result = super(SaleOrder, self._oms_reckoning()).action_confirm()
        # Orders confirmed by the system are allocated by the background job in queue order.
        if not self.env.su:
            self._oms_reserve_at_once()
        return result

    def _confirmation_error_message(self):
        """Extend `sale`: refuse to confirm orders on hold."""
        self.ensure_one()
        return super()._confirmation_error_message() or self._oms_held_text()

    def _prepare_confirmation_values(self):
        """Extend `sale`: keep the date the order was placed on the channel."""
        values = super()._prepare_confirmation_values()
        if self and all(order.oms_placed_at for order in self):
            values.pop("date_order", None)
        return values

    def _action_confirm(self):
        """Extend `sale`: assign website orders to their channel, source orders confirmed by users,
        and replace cart reservations by deliveries.
        """
        self.env["oms.channel.adapter.odoo_shop"]._join(self)
        self._oms_source_manually()
        # has_warehouse: already sourced, see oms.sourcing
        sourced = self.with_context(**sealed(has_warehouse=True))
        result = super(SaleOrder, sourced)._action_confirm()
        self.filtered(lambda o: o.oms_step == "confirm" and o.oms_status == "waiting")._oms_run()
        self._oms_log_confirmed()
        self.env["oms.cart.reservation"]._consume(self)
        return result

    # === CANCEL AND REOPEN === #

    def action_cancel(self):
        """Extend `sale`: request a stop for items that are being picked; shipped items stay sold.

        :raise UserError: if an order is completely shipped
        """
        # Needs access to invoiced amounts.
        orders = self._oms_reckoning()
        if any(order.locked for order in orders):
            return super(SaleOrder, orders).action_cancel()
        served = orders._oms_served()
        result = super(SaleOrder, orders - served).action_cancel()
        return served._oms_cancel_manually() or result

    def _action_cancel(self):
        """Extend `sale`: split off combined shipments, end the order's steps, notify the customer
        and the channel, and release allocation slots and cart reservations.

        Odoo cancels the deliveries, which releases their reserved stock and restocks picked items:
        see ``_action_cancel`` of ``stock.move``.
        """
        self.env["oms.shared.delivery"]._split_off(self, self.env._("order cancelled"))
        of_channels = self.filtered(
            lambda o: o.oms_channel_id and o.state in ("draft", "sent", "sale")
        )
        result = super()._action_cancel()
        self.env["oms.order.flow"].sudo()._close_cancelled(self.sudo().filtered("oms_step"))
        self._oms_notify_cancelled()
        if not unsealed(self.env, "from_channel"):
            of_channels._oms_send_cancellation()
        of_channels._oms_remember_who_cancelled()
        self._oms_release_slots()
        self.env["oms.cart.reservation"]._consume(self)
        return result

    def action_draft(self):
        """Extend `sale`: orders that a user set to quotation wait for confirmation."""
        self.check_access("write")
        cancelled = self.filtered(lambda o: o.state == "cancel" and o.oms_step)
        result = super(SaleOrder, self._oms_reckoning()).action_draft()
        # from_channel: reopened by the channel, the order flow continues it
        if not unsealed(self.env, "from_channel"):
            cancelled._oms_reopen_manually()
        return result

    # === DELIVER AND INVOICE === #

    def action_view_delivery(self):
        """Extend `sale_stock`: include combined shipments."""
        return self._get_action_view_picking(self._oms_pickings())

    def _get_update_prices_lines(self):
        """Extend `sale`: do not update prices of channel orders."""
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.order_id.oms_channel_id)

    def _prepare_invoice(self):
        """Extend `sale`: complete the values of invoices created in a batch."""
        values = super()._prepare_invoice()
        if unsealed(self.env, "batch") and self.oms_channel_id:
            self._oms_complete_invoice(values)
        return values

    def message_post(self, **kwargs):
        """Extend `sale`: skip notes in batches, which log to the timeline instead."""
        plain = self.env["oms.own.writes"]._is_plain(self._name, ("message_post",))
        if unsealed(self.env, "batch") and plain and self.oms_channel_id:
            return self.env["mail.message"]
        return super().message_post(**kwargs)
