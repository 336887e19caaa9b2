"""Odoo's own shop: its orders are sales orders already, and only join the path.

The eCommerce app is not needed to install this; without it the channel says so. Nothing is
sent or asked for: an order joins when Odoo confirms it, keeps its prices and its payment
transactions, and whatever happens to it in Odoo has happened to it.
"""

from odoo import api, fields, models
from odoo.http import request

from odoo.addons.oms_addon.documents.order import DocumentError

#: orders that were confirmed while nobody looked join so many at a time
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
        """Override of `oms.channel.adapter`: nobody has anything to send."""
        return "Odoo's own shop does not send messages"

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: its orders are made in Odoo."""
        raise DocumentError("Orders of Odoo's own shop are created in Odoo, not sent")

    # === IN: JOINING === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: orders that were confirmed while the channel was
        paused join now; those of before it went live never do. The cursor says since when.
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
        """Put orders of websites on the path, once, as orders of their channel.

        :param orders: ``sale.order`` records that are being confirmed, or were
        :return: those that joined
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
        """Make orders the channel's; their lines keep what their customers agreed to pay."""
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
        """:return: what an order knows of its channel and its way, see the order builder"""
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
        """:return: how an order is to be paid, by its last transaction that did not fail"""
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
        """:return: what a line knows of its channel"""
        kind = "shipping" if line.is_delivery else "discount" if line.price_unit < 0 else "product"
        return {
            "oms_kind": kind,
            "oms_line_ref": str(line.id),
            "oms_sku": line.product_id.default_code or False,
        }

    # === WHICH SHOP === #

    @api.model
    def _has_shop(self):
        """:return: whether the eCommerce app is installed"""
        return "website_id" in self.env["sale.order"]._fields

    @api.model
    def _websites(self, channel):
        """:return: the websites of a channel; those of its company where it names none"""
        Website = self.env["website"].sudo()
        number = self._number(channel)
        if number:
            return Website.browse(int(number) if number.isdigit() else 0).exists()
        return Website.search([("company_id", "=", channel.company_id.id)])

    @api.model
    def _number(self, channel):
        """:return: the number of the website a channel names; '' for all of its company"""
        return (channel.account_ref or "").strip()

    @api.model
    def _channel_of(self, website_id, company):
        """:return: the live channel of a website: its own before that of all of the company"""
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
        """Say how many of products a website may sell: what its channel's policy offers.

        :param int warehouse_id: the warehouse the website asks about, if any
        :return: number by product id; ``None`` where the website has no channel
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
        """:return: what the items of a website's cart are kept under"""
        return f"shop-{order_id}"

    @api.model
    def _visitors_cart(self):
        """:return: the cart of who is asking: what it holds is the visitor's own"""
        order_id = request and request.session.get("sale_order_id")
        return self._cart_ref(order_id) if order_id else None

    # === CONNECTION === #

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: from now on; what was sold before stays as it is."""
        if not channel.cursor:
            channel.cursor = fields.Datetime.to_string(fields.Datetime.now())

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: there is a shop, and it is nobody else's."""
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
