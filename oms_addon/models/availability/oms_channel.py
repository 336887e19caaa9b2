"""What of its goods a channel may sell: arriving ones, few ones, those in carts."""

from odoo import api, fields, models

POLICY = {"sell_arriving", "arriving_days", "stock_minimum"}


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    sell_arriving = fields.Boolean(
        "Sell what arrives",
        help="Goods that suppliers confirmed, and that no order waits for, can be sold before "
        "they are here; their orders wait for them.",
    )
    arriving_days = fields.Integer(
        "Arriving within (days)",
        default=14,
        help="Only what is expected within so many days can be sold.",
    )
    arriving_looked_on = fields.Date("Arriving goods looked at", readonly=True, copy=False)
    stock_minimum = fields.Integer(
        "Show none below",
        help="When fewer than so many can be sold, the channel shows that there are none, so "
        "that the last ones are not sold twice; 0 shows the last one, too.",
    )
    cart_minutes = fields.Integer(
        "Keep carts for (minutes)",
        default=15,
        required=True,
        help="So long the goods of a cart are kept for its buyer, counted from the last change.",
    )
    reserve_carts = fields.Boolean(
        "Keep the goods of carts",
        help="Goods that a visitor of Odoo's own shop puts in the cart are kept for the time "
        "below. Shops that use the API, and the order desk, say themselves what to keep.",
    )
    watch_stock = fields.Boolean(
        "Note what runs out",
        help="Products that can no longer be sold here, or can again, are noted in the audit "
        "trail; a shop that takes messages is told. Done anyway where the channel is told our "
        "stock.",
    )
    buffer_ids = fields.One2many("oms.channel.buffer", "channel_id", "Products kept back")
    reserve_ids = fields.One2many("oms.channel.reserve", "channel_id", "Units kept for it")

    _cart_minutes_positive = models.Constraint(
        "CHECK (cart_minutes > 0)", "Goods of carts are kept for a minute at least."
    )
    _stock_minimum_positive = models.Constraint(
        "CHECK (stock_minimum >= 0)", "The number below which none are shown is 0 or more."
    )
    _arriving_days_positive = models.Constraint(
        "CHECK (arriving_days >= 0)", "Goods arrive within 0 days or more."
    )

    def write(self, vals):
        """Extend: what a channel shows is looked at again when its policy changes."""
        result = super().write(vals)
        if vals.keys() & POLICY:
            self.env["oms.channel.stock"]._touch_channels(
                self.filtered(lambda c: c.state == "live" and c._is_synced("stock"))
            )
        if vals.keys() & {"watch_stock", "state"}:
            self.filtered(lambda c: c.state == "live" and c.watch_stock)._begin_watching()
        return result

    @api.model
    def _look_at_arriving(self):
        """Look, once a day, at what comes within the horizon of channels today."""
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
        coming = self.env["oms.availability"]._get_arriving_domain(None, warehouses)
        rows = self.env["stock.move"]._read_group(coming, ["product_id"])
        self.env["oms.channel.stock"]._touch([product.id for (product,) in rows])

    def _get_all_warehouses(self):
        """:return: the warehouses of several channels"""
        return self.env["stock.warehouse"].union(*[channel._get_warehouses() for channel in self])

    def _begin_watching(self):
        """Have what can be sold now looked at, so that it is known when it runs out."""
        if self:
            goods = [("is_storable", "=", True), ("sale_ok", "=", True)]
            self.env["oms.channel.stock"]._touch(self.env["product.product"].search(goods).ids)

    def _buffers(self, products):
        """:return: how many of products the channel keeps back, where it is not its usual
            number, by product id
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
