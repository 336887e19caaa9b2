"""Stock reserved for one channel."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

LEFT = """
    SELECT reserve.channel_id, reserve.product_id, SUM(GREATEST(reserve.quantity - COALESCE((
        SELECT SUM(move.product_qty)
        FROM stock_move move
        JOIN sale_order_line line ON line.id = move.sale_line_id
        JOIN sale_order o ON o.id = line.order_id
        JOIN stock_location source ON source.id = move.location_id
        WHERE move.product_id = reserve.product_id AND move.state <> 'cancel'
          AND source.usage IN ('internal', 'transit')
          AND move.create_date >= reserve.since AND o.oms_channel_id = reserve.channel_id
          AND NOT EXISTS (SELECT FROM stock_move_move_rel rel WHERE rel.move_dest_id = move.id)
    ), 0), 0))
    FROM oms_channel_reserve reserve
    WHERE reserve.product_id = ANY(%(products)s) AND reserve.channel_id = ANY(%(channels)s)
      AND reserve.active AND (reserve.until IS NULL OR reserve.until >= %(today)s)
    GROUP BY reserve.channel_id, reserve.product_id"""


class OmsChannelReserve(models.Model):
    """Stock of a product reserved for a channel; other channels cannot sell it, and the channel's
    own orders use it up.
    """

    _name = "oms.channel.reserve"
    _inherit = ["oms.channel.product"]
    _description = "Stock Reserved for a Channel"
    _rec_name = "product_id"
    _order = "until, channel_id, product_id, id"
    _check_company_auto = True

    quantity = fields.Float(
        "Reserved Units",
        digits="Product Unit",
        required=True,
        default=1.0,
        help="Units that are not sold on any other channel. Confirmed orders of this channel "
        "reduce them.",
    )
    since = fields.Datetime(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.cr.now(),
        help="Date from which orders reduce the reserved units.",
    )
    until = fields.Date(
        "Reserved Until", help="Last day of the reservation. Leave empty for no end date."
    )
    active = fields.Boolean(default=True)
    left = fields.Float("Remaining Units", digits="Product Unit", compute="_compute_left")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The number of reserved units must be positive."
    )
    _product_uniq = models.UniqueIndex(
        "(channel_id, product_id) WHERE active",
        "The channel already has a reservation for this product. Change its quantity instead.",
    )

    @api.depends("quantity", "until", "since", "active", "product_id", "channel_id")
    def _compute_left(self):
        left = self._read_left(self.product_id, self.channel_id)
        for reserve in self:
            reserve.left = left[reserve.channel_id.id, reserve.product_id.id]

    # === BUSINESS METHODS === #

    @api.model
    def _left(self, products, warehouses, channel):
        """Read the remaining reservations of products, for channels that share some warehouses.

        :param channel: the requesting channel
        :return: quantity by (channel id, product id)
        :rtype: dict
        """
        channels = self.sudo().search([("company_id", "=", channel.company_id.id)]).channel_id
        sharing = channels.filtered(lambda c: c == channel or c._get_warehouses() & warehouses)
        return self._read_left(products, sharing)

    @api.model
    def _read_left(self, products, channels):
        """:return: the remaining reserved quantity, by (channel id, product id)"""
        left = defaultdict(float)
        if not products or not channels:
            return left
        self.flush_model()
        self.env["stock.move"].flush_model(["product_id", "product_qty", "state", "sale_line_id"])
        self.env["sale.order"].flush_model(["oms_channel_id"])
        for company, of_company in channels.grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    LEFT,
                    products=products.ids,
                    channels=of_company.ids,
                    today=company._oms_today(),
                )
            )
            for channel_id, product_id, quantity in rows:
                left[channel_id, product_id] = float(quantity)
        return left

    @api.model
    def _expire(self):
        """Archive expired reservations, which releases the stock to other channels.

        :return: number of expired reservations
        :rtype: int
        """
        # Time zones ahead of UTC may already have the next day.
        soon = fields.Date.add(fields.Datetime.now().date(), days=1)
        ended = self.search([("until", "<", soon)]).filtered(
            lambda reserve: reserve.until < reserve.company_id._oms_today()
        )
        if ended:
            ended.active = False
        return len(ended)
