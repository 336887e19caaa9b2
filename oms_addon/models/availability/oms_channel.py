"""Availability settings of a channel: incoming stock, buffers, carts."""

from odoo import api, fields, models

POLICY = {"sell_arriving", "arriving_days", "stock_minimum"}


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    sell_arriving = fields.Boolean(
        "Sell Incoming Stock",
        help="Incoming stock that suppliers confirmed and no order needs can be sold before it "
        "arrives. Orders for it are backordered until then.",
    )
    arriving_days = fields.Integer(
        "Incoming Within (Days)",
        default=14,
        help="Only stock expected within this number of days can be sold.",
    )
    arriving_looked_on = fields.Date("Incoming Stock Checked On", readonly=True, copy=False)
    stock_minimum = fields.Integer(
        "Minimum to Offer",
        help="If fewer units are available to sell, the channel shows 0 so that the last units "
        "are not oversold. Enter 0 to offer the last unit, too.",
    )
    cart_minutes = fields.Integer(
        "Cart Reservation (Minutes)",
        default=15,
        required=True,
        help="Time for which the items of a cart are reserved, counted from the last change.",
    )
    reserve_carts = fields.Boolean(
        help="Items added to a cart in Odoo's own shop are reserved for the time below. Shops "
        "that use the API and the order desk request reservations themselves.",
    )
    watch_stock = fields.Boolean(
        "Track Out of Stock",
        help="Record in the audit trail when products go out of stock or come back in stock, "
        "and notify shops that receive messages. Always active if Sync Stock is on.",
    )
    buffer_ids = fields.One2many("oms.channel.buffer", "channel_id", "Stock Buffers")
    reserve_ids = fields.One2many("oms.channel.reserve", "channel_id", "Channel Reservations")

    _cart_minutes_positive = models.Constraint(
        "CHECK (cart_minutes > 0)", "Carts must be reserved for at least one minute."
    )
    _stock_minimum_positive = models.Constraint(
        "CHECK (stock_minimum >= 0)", "The minimum to offer cannot be negative."
    )
    _arriving_days_positive = models.Constraint(
        "CHECK (arriving_days >= 0)", "The number of days for incoming stock cannot be negative."
    )

    def write(self, vals):
        """Extend: recompute the stock of listings when the availability policy changes."""
        result = super().write(vals)
        if vals.keys() & POLICY:
            self.env["oms.channel.stock"]._touch_channels(
                self.filtered(lambda c: c.state == "live" and c._is_synced("stock"))
            )
        if vals.keys() & {"watch_stock", "state"}:
            self.filtered(lambda c: c.state == "live" and c.watch_stock)._begin_watching()
        return result

    @api.model
    def _recompute_incoming(self):
        """Queue, once a day, the products of incoming moves: another day is within the horizon."""
        today = fields.Date.context_today(self)
        due = self.search(
            [
                ("sell_arriving", "=", True),
                ("state", "=", "live"),
                "|",
                ("arriving_looked_on", "=", False),
                ("arriving_looked_on", "<", today),
            ]
        )
        if not due:
            return
        due.arriving_looked_on = today
        warehouses = due._get_all_warehouses()
        coming = self.env["oms.availability"]._get_incoming_domain(None, warehouses)
        rows = self.env["stock.move"]._read_group(coming, ["product_id"])
        self.env["oms.channel.stock"]._touch([product.id for (product,) in rows])

    def _get_all_warehouses(self):
        """:return: the warehouses of all these channels"""
        return self.env["stock.warehouse"].union(*[channel._get_warehouses() for channel in self])

    def _begin_watching(self):
        """Queue all storable products, so that the initial out-of-stock states are recorded."""
        if self:
            goods = [("is_storable", "=", True), ("sale_ok", "=", True)]
            self.env["oms.channel.stock"]._touch(self.env["product.product"].search(goods).ids)

    def _buffers(self, products):
        """:return: stock buffers by product id, where they differ from the channel's default
        :rtype: dict[int, float]
        """
        buffers = (
            self.env["oms.channel.buffer"]
            .sudo()
            ._read_group(
                [("channel_id", "=", self.id), ("product_id", "in", products.ids)],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        return {product.id: quantity for product, quantity in buffers}
