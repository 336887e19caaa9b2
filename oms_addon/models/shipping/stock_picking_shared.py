"""Deliveries with items of several orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_shared_order_ids = fields.Many2many(
        "sale.order",
        "oms_shared_delivery_rel",
        "picking_id",
        "order_id",
        string="Combined Orders",
        compute="_compute_oms_shared_order_ids",
        store=True,
        copy=False,
        help="Orders shipped together in this delivery. Empty for a delivery of a single order.",
    )
    oms_is_shared = fields.Boolean(
        "Combined Shipment", compute="_compute_oms_is_shared", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("move_ids.sale_line_id.order_id")
    def _compute_oms_shared_order_ids(self):
        for picking in self:
            orders = picking.move_ids.sale_line_id.order_id
            picking.oms_shared_order_ids = orders if len(orders) > 1 else False

    @api.depends("oms_shared_order_ids", "state")
    def _compute_oms_is_shared(self):
        for picking in self:
            picking.oms_is_shared = bool(picking.oms_shared_order_ids) and picking.state not in (
                "done",
                "cancel",
            )

    def _oms_set_move_type(self):
        for picking in self:
            orders = picking.move_ids.sale_line_id.order_id
            if len(orders) > 1 and "one" in orders.mapped("picking_policy"):
                picking.move_type = "one"

    def _oms_set_date_deadline(self):
        for picking in self:
            dates = picking.move_ids.filtered("date_deadline").mapped("date_deadline")
            picking.date_deadline = min(dates, default=False)

    # === ACTION METHODS === #

    def action_oms_separate(self):
        """Split the delivery into one per order.

        :raise UserError: if it is already being picked, packed or labeled
        """
        self.check_access("write")
        # Write access to the delivery is enough; the orders' events name the user.
        service_sudo = (
            self.env["oms.shared.delivery"].sudo().with_context(**sealed(actor=self.env.user.name))
        )
        service_sudo._separate(self.sudo().oms_shared_order_ids, self.sudo())
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _oms_fill_shared_orders(self):
        """Fill the relation of all deliveries with items of several orders."""
        self.env.cr.execute(
            """INSERT INTO oms_shared_delivery_rel (picking_id, order_id)
               SELECT DISTINCT shared.id, line.order_id
               FROM (SELECT move.picking_id AS id
                     FROM stock_move move JOIN sale_order_line line ON line.id = move.sale_line_id
                     WHERE move.picking_id IS NOT NULL
                     GROUP BY move.picking_id
                     HAVING COUNT(DISTINCT line.order_id) > 1) AS shared
               JOIN stock_move move ON move.picking_id = shared.id
               JOIN sale_order_line line ON line.id = move.sale_line_id
               ON CONFLICT DO NOTHING"""
        )

    def _oms_orders(self):
        """:return: the orders with items in these deliveries"""
        return self.sale_id | self.oms_shared_order_ids

    def _oms_channel(self):
        """:return: the channel of one delivery; empty if it has items of several channels"""
        self.ensure_one()
        channels = self._oms_orders().oms_channel_id
        return channels if len(channels) == 1 else channels.browse()

    def _oms_started(self):
        """:return: the transfers that are already being picked, packed or labeled"""
        return self.filtered(
            lambda p: (
                p.printed
                or p.carrier_tracking_ref
                or p.batch_id.state == "in_progress"
                and p.batch_id.user_id
                or any(p.move_ids.mapped("picked"))
                or any(move.state == "done" for move in p.move_ids.move_orig_ids)
                or any(line.picked or line._oms_is_packed() for line in p.move_line_ids)
            )
        )

    def _oms_is_leaving(self):
        """:return: the open transfers towards the customer"""
        return self.filtered(
            lambda p: p.picking_type_code != "incoming" and p.state not in ("done", "cancel")
        )

    def _oms_lock_all(self):
        """Lock transfers in the order of their ids until the end of the transaction.

        Concurrent changes raise a serialization error, and the request or background job is
        retried.
        """
        if self:
            self.flush_recordset(["state"])
            self.env.cr.execute(
                "SELECT id FROM stock_picking WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                [self.ids],
            )
