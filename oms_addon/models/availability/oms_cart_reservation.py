"""Temporary stock reservations of carts, until the buyer has paid."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.exceptions import InsufficientStock

CLEANED_PER_RUN = 5000


class Shortage(NamedTuple):
    """A product of which less is available than a cart wants."""

    product_id: int
    wanted: float
    available: float


class OmsCartReservation(models.Model):
    """The reservation of one product for one cart. Kits are reserved as their components.

    It expires, unless an order is received for the cart: then it lasts until the order is
    confirmed, when its deliveries reserve the items, or cancelled.
    """

    _name = "oms.cart.reservation"
    _inherit = ["oms.availability.mixin"]
    _description = "Cart Reservation"
    _rec_name = "cart_ref"
    _order = "expires_at, id"
    _check_company_auto = True
    _counting_fields = frozenset({"quantity"})

    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    cart_ref = fields.Char("Cart", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )
    quantity = fields.Float("Units", digits="Product Unit", required=True, readonly=True)
    expires_at = fields.Datetime(
        "Reserved Until",
        readonly=True,
        index=True,
        help="Empty: reserved until the order is confirmed.",
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index="btree_not_null"
    )

    _product_uniq = models.UniqueIndex("(channel_id, cart_ref, product_id)")
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a cart reservation must be positive."
    )

    # === READING === #

    @api.model
    def _get_live_domain(self):
        """:return: the domain of reservations in force"""
        return Domain("expires_at", "=", False) | Domain("expires_at", ">", fields.Datetime.now())

    @api.model
    def _live(self, products, warehouses, channel, but_cart=None):
        """Read the cart reservations of channels that share some warehouses.

        :param channel: the requesting channel
        :param str but_cart: reference of a cart of this channel that is ignored
        :return: quantity by (channel id, product id)
        :rtype: dict
        """
        domain = (
            self._get_live_domain()
            & Domain("product_id", "in", products.ids)
            & Domain("company_id", "=", channel.company_id.id)
        )
        if but_cart:
            domain &= Domain("channel_id", "!=", channel.id) | Domain("cart_ref", "!=", but_cart)
        rows = self.sudo()._read_group(domain, ["channel_id", "product_id"], ["quantity:sum"])
        sharing = {
            of_channel: of_channel == channel or bool(of_channel._get_warehouses() & warehouses)
            for of_channel in {row[0] for row in rows}
        }
        return {
            (of_channel.id, product.id): quantity
            for of_channel, product, quantity in rows
            if sharing[of_channel]
        }

    @api.model
    def _of_cart(self, channel, cart_ref):
        """:return: the reservations of a cart, including expired ones"""
        return self.sudo().search(
            [("channel_id", "=", channel.id), ("cart_ref", "=", cart_ref)], order="product_id"
        )

    @api.model
    def _missing(self, channel, cart_ref, wanted):
        """Find the products that are short for a cart, ignoring its own reservations.

        To be checked again when an order is placed, before the payment.

        :param dict wanted: quantity in the product's unit, by product id
        :return: the shortages; empty if all is available
        :rtype: list[Shortage]
        """
        return self._short(channel, cart_ref, self._tracked_units(channel, wanted))

    # === RESERVING === #

    @api.model
    def _reserve(self, channel, cart_ref, wanted, minutes=None, partial=False, order=None):
        """Reserve the items of a cart, all or none, replacing its earlier reservations.

        An unchanged cart is only extended, and a cart whose order was received stays unchanged.
        Concurrent carts that want the same product are serialized by a lock: the second transaction
        is retried with current figures.

        :param channel: one ``oms.channel``
        :param str cart_ref: the channel's reference of the cart
        :param dict wanted: quantity in the product's unit, by product id; kits are reserved as
            their components, products without stock tracking are skipped
        :param int minutes: duration; by default the channel's
        :param bool partial: reserve the available part of short products
        :param order: the draft ``sale.order`` that is the cart, if any
        :return: the reservations of the cart
        :raise InsufficientStock: naming every product that is short; nothing was written
        """
        goods = self._tracked_units(channel, wanted)
        held = self._of_cart(channel, cart_ref)
        if any(reservation._is_placed() for reservation in held):
            return held
        now = fields.Datetime.now()
        until = fields.Datetime.add(now, minutes=minutes or channel.cart_minutes)
        live = held.filtered(lambda r: not r.expires_at or r.expires_at > now)
        if live == held and {r.product_id.id: r.quantity for r in held} == goods:
            live.filtered("expires_at").expires_at = until
            return held
        short = self._short(channel, cart_ref, goods)
        if short and not partial:
            raise InsufficientStock(self._shortage_text(short), short)
        for shortage in short:
            goods[shortage.product_id] = shortage.available
        self._lock_cart(channel, goods)
        return self._replace(channel, cart_ref, goods, held, until, order)

    @api.model
    def _tracked_units(self, channel, wanted):
        """:return: the products of a cart with stock tracking, kits as components: quantity by
        product id
        """
        engine = self.env["oms.availability"]
        goods = engine._with_components(channel, {None: wanted})[None]
        counted = engine._counted(self.env["product.product"].browse(goods))
        return {p: quantity for p, quantity in goods.items() if p in counted._ids and quantity > 0}

    @api.model
    def _short(self, channel, cart_ref, goods):
        """:return: the ``Shortage`` of each product that is short"""
        products = self.env["product.product"].browse(goods)
        terms = self.env["oms.availability"]._terms(channel, products, but_cart=cart_ref)
        short = []
        for product in products:
            there = terms[product.id].sellable(channel.stock_percent)
            if product.uom_id.compare(there, goods[product.id]) < 0:
                available = product.uom_id.round(there, rounding_method="DOWN")
                short.append(Shortage(product.id, goods[product.id], available))
        return short

    @api.model
    def _shortage_text(self, short):
        """:return: the shortages for display"""
        return "\n".join(
            self.env._(
                "%(product)s: %(available)s of %(wanted)s available.",
                product=self.env["product.product"].browse(row.product_id).display_name,
                available=f"{row.available:g}",
                wanted=f"{row.wanted:g}",
            )
            for row in short
        )

    @api.model
    def _lock_cart(self, channel, goods):
        """Lock the products of a cart and their stock rows.

        If another cart or the allocator changed them meanwhile, this raises a serialization error
        and the transaction is retried with current figures.
        """
        if not goods:
            return
        self.env["oms.cart.turn"]._lock(goods)
        locations = self.env["oms.stock"]._locations(channel._get_warehouses())
        self.env["oms.stock"]._lock(list(locations), list(goods))

    @api.model
    def _replace(self, channel, cart_ref, goods, held, until, order):
        """Replace the reservations of a cart."""
        goods = {product_id: quantity for product_id, quantity in goods.items() if quantity > 0}
        (held - held.filtered(lambda r: r.product_id.id in goods)).unlink()
        kept = held.exists()
        for reservation in kept:
            reservation.quantity = goods[reservation.product_id.id]
        kept.expires_at = until
        fresh = self.sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "cart_ref": cart_ref,
                    "product_id": product_id,
                    "quantity": quantity,
                    "expires_at": until,
                    "order_id": order.id if order else False,
                }
                for product_id, quantity in goods.items()
                if product_id not in kept.product_id._ids
            ]
        )
        return (kept + fresh).sorted("product_id")

    # === RELEASING === #

    @api.model
    def _release(self, channel, cart_ref):
        """Release the reservations of a cart.

        :return: the number of reservations released
        """
        held = self._of_cart(channel, cart_ref).filtered(lambda r: not r._is_placed())
        count = len(held)
        held.unlink()
        return count

    def _is_placed(self):
        """:return: whether an order was received for the cart"""
        return not self.expires_at

    @api.model
    def _place(self, orders):
        """Keep the reservations of carts without expiry once their orders are received."""
        by_cart = {
            (order.oms_channel_id.id, order.oms_cart_ref): order
            for order in orders
            if order.oms_cart_ref and order.state in ("draft", "sent")
        }
        if not by_cart:
            return
        held = self.sudo().search(
            self._get_live_domain() & Domain("cart_ref", "in", [ref for _channel, ref in by_cart])
        )
        for reservation in held:
            order = by_cart.get((reservation.channel_id.id, reservation.cart_ref))
            if order and order.oms_is_recorded:
                reservation.unlink()
            elif order:
                reservation.write({"order_id": order.id, "expires_at": False})

    @api.model
    def _consume(self, orders):
        """Delete the reservations of orders that are confirmed (their deliveries reserve now) or
        cancelled.
        """
        self.sudo().search([("order_id", "in", orders.ids)]).unlink()

    @api.model
    def _clean(self):
        """Delete expired reservations; other carts and channels can use the stock again.

        :return: number of expired reservations
        :rtype: int
        """
        ended = self.sudo().search(
            [("expires_at", "<=", fields.Datetime.now())], limit=CLEANED_PER_RUN
        )
        count = len(ended)
        ended.unlink()
        return count
