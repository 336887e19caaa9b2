"""Odoo's eCommerce: its orders are sales orders already, and only join the order flow.

The eCommerce app is optional; without it the channel shows a message. Nothing is sent or fetched:
orders join when Odoo confirms them, and keep their prices and payment transactions; changes in Odoo
need no sync.
"""

from odoo import api, fields, models
from odoo.http import request

from odoo.addons.oms_addon.documents.order import DocumentError

#: maximum orders per run that join after they were confirmed during a pause
BATCH = 100


class OmsChannelAdapterOdooShop(models.AbstractModel):
    _name = "oms.channel.adapter.odoo_shop"
    _inherit = "oms.channel.adapter"
    _description = "Odoo eCommerce"

    _is_native = True
    _can_fetch = True
    _payment_terms = {
        "cash_on_delivery": "cod",
        "on_site": "cod",
        "wire_transfer": "transfer",
    }
    _credentials = ("account_ref",)
    _credential_labels = {"account_ref": "Website Number"}

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: messages are not supported."""
        return "Odoo's own shop does not send messages"

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: its orders are created in Odoo."""
        raise DocumentError("Orders of Odoo's own shop are created in Odoo, not sent")

    # === ORDERS === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: add orders that were confirmed while the channel was
        paused, but not before it went live. The cursor is the start time.
        """
        since = channel.cursor or fields.Datetime.to_string(fields.Datetime.now())
        if self._has_shop():
            orders = self.env["sale.order"].search(
                [
                    ("website_id", "in", self._websites(channel).ids),
                    ("company_id", "=", channel.company_id.id),
                    ("oms_channel_id", "=", False),
                    ("state", "=", "sale"),
                    ("date_order", ">=", since),
                ],
                order="id",
                limit=limit or BATCH,
            )
            self._join(orders)
        return [], since

    @api.model
    def _join(self, orders):
        """Add orders of websites to the order flow, once, as orders of their channel.

        :param orders: ``sale.order`` records that are or were confirmed
        :return: the added orders
        :rtype: sale.order
        """
        joined = self.env["sale.order"]
        if not self._has_shop():
            return joined
        free = orders.sudo().filtered(lambda o: o.website_id and not o.oms_channel_id)
        for (website, company), of_shop in free.grouped(
            lambda o: (o.website_id, o.company_id)
        ).items():
            channel = self._channel_of(website.id, company)
            if channel:
                self._join_channel(channel, of_shop)
                joined += of_shop
        return joined

    @api.model
    def _join_channel(self, channel, orders):
        """Assign orders to the channel; their lines keep their prices."""
        quiet = {"tracking_disable": True, "mail_notrack": True}
        for order in orders.with_context(**quiet):
            order.write(self._prepare_join(channel, order))
            for line in order.order_line.filtered(lambda l: not l.display_type):
                line.write(self._prepare_join_line(line))
        self.env["oms.event"].sudo()._log(
            orders,
            "order.captured",
            {
                order.id: self.env._(
                    "Captured from %(channel)s as %(number)s",
                    channel=channel.name,
                    number=order.name,
                )
                for order in orders
            },
        )
        self.env["oms.order.flow"].sudo()._wake({"screen"})

    @api.model
    def _prepare_join(self, channel, order):
        """:return: the values of an order for its channel and flow, see the order builder"""
        bought = order.transaction_ids.mapped("create_date")
        return {
            "oms_channel_id": channel.id,
            "oms_order_ref": str(order.id),
            "oms_order_number": order.name,
            "oms_placed_at": min(bought, default=order.date_order),
            "oms_source_zone": channel.company_id.partner_id.tz or "UTC",
            "oms_shipping_method": order.carrier_id.name or False,
            **self._prepare_payment(channel, order),
            "oms_channel_status": "open",
            "oms_step": "screen",
            "oms_cursor": "screen",
            "oms_status": "running",
            "oms_captured_at": fields.Datetime.now(),
        }

    @api.model
    def _prepare_payment(self, channel, order):
        """:return: the payment method of an order, from its last transaction that did not fail"""
        transaction = order.transaction_ids.filtered(
            lambda tx: tx.state not in ("cancel", "error")
        ).sorted("id")[-1:]
        if not transaction:
            return {}
        provider = transaction.provider_id
        mode = "custom_mode" in provider._fields and provider.custom_mode
        code = mode or transaction.payment_method_code or provider.code
        return channel._prepare_payment_method(code, transaction.payment_method_id.name)

    @api.model
    def _prepare_join_line(self, line):
        """:return: the values of a line for its channel"""
        kind = "shipping" if line.is_delivery else "discount" if line.price_unit < 0 else "product"
        return {
            "oms_kind": kind,
            "oms_line_ref": str(line.id),
            "oms_sku": line.product_id.default_code or False,
        }

    # === WEBSITES === #

    @api.model
    def _has_shop(self):
        """:return: whether the eCommerce app is installed"""
        return "website_id" in self.env["sale.order"]._fields

    @api.model
    def _websites(self, channel):
        """:return: the websites of a channel; all of its company where none is set"""
        Website = self.env["website"].sudo()
        number = self._number(channel)
        if number:
            return Website.browse(int(number) if number.isdigit() else 0).exists()
        return Website.search([("company_id", "=", channel.company_id.id)])

    @api.model
    def _number(self, channel):
        """:return: the id of a channel's website; '' for all of its company"""
        return (channel.account_ref or "").strip()

    @api.model
    def _channel_of(self, website_id, company):
        """:return: the live channel of a website: its own, else that of the whole company"""
        channels = (
            self.env["oms.channel"]
            .sudo()
            .search(
                [
                    ("adapter", "=", "odoo_shop"),
                    ("state", "=", "live"),
                    ("company_id", "=", company.id),
                ]
            )
        )
        of_website = channels.filtered(lambda c: self._number(c) in ("", str(website_id)))
        return of_website.sorted(lambda c: not self._number(c))[:1]

    @api.model
    def _shop_stock(self, products, website_id, warehouse_id):
        """Compute the units of products that a website may sell, by its channel's policy.

        :param int warehouse_id: the website's warehouse, if any
        :return: units by product id; ``None`` where the website has no channel
        :rtype: dict[int, float]|None
        """
        channel = self._channel_of(website_id, self.env.company)
        if not channel:
            return None
        warehouses = channel._get_warehouses()
        warehouses = warehouses.filtered(lambda w: w.id == warehouse_id) or warehouses
        return self.env["oms.availability"]._available(
            channel, products, warehouses, self._visitors_cart()
        )

    @api.model
    def _cart_ref(self, order_id):
        """:return: the key of a website cart's reservations"""
        return f"shop-{order_id}"

    @api.model
    def _visitors_cart(self):
        """:return: the visitor's own cart, whose reservations are available to it"""
        order_id = request and request.session.get("sale_order_id")
        return self._cart_ref(order_id) if order_id else None

    # === CONNECTION === #

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: start from now; earlier orders are not added."""
        if not channel.cursor:
            channel.cursor = fields.Datetime.to_string(fields.Datetime.now())

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: a website exists, and has no other channel."""
        if not self._has_shop():
            return self.env._("The eCommerce app is not installed. Install it, then continue.")
        websites = self._websites(channel)
        if not websites:
            return self.env._(
                "Website %(number)s does not exist. Enter the number of one of your websites, "
                "or leave it empty for all websites of the company.",
                number=channel.account_ref or "",
            )
        if websites.company_id - channel.company_id:
            return self.env._("The website belongs to a different company than the channel.")
        others = self.env["oms.channel"].search(
            [
                ("adapter", "=", "odoo_shop"),
                ("id", "!=", channel.id),
                ("company_id", "=", channel.company_id.id),
            ]
        )
        same = others.filtered(lambda c: self._number(c) == self._number(channel))[:1]
        if same:
            return self.env._(
                "%(channel)s is already the channel of this website.", channel=same.name
            )
        return ""
