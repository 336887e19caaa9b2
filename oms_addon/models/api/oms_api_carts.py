"""Canonical API: cart reservations."""

from collections import defaultdict
from datetime import timezone

from odoo import api, models

from odoo.addons.oms_addon.api.documents import Cart, CartReleased
from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.api.requests import CartRequest
from odoo.addons.oms_addon.api.shared import MAX_CART_REF
from odoo.addons.oms_addon.documents.codec import write_part
from odoo.addons.oms_addon.documents.values import to_text
from odoo.addons.oms_addon.exceptions import InsufficientStock


class OmsApi(models.AbstractModel):
    _inherit = "oms.api"

    @api.model
    def _reserve_cart(self, channel, ref, body, key):
        """Reserve the items of a cart, all or none.

        The cart's reference makes the request idempotent: an additional key is validated but not
        needed.

        :raise Problem: when a SKU is unknown or stock is insufficient
        """
        self._check_key(key)
        ref = self._cart_name(ref)
        wanted = CartRequest.from_dict(self._json(body))
        needs = self._cart_needs(channel, wanted)
        try:
            kept = (
                self.env["oms.cart.reservation"]
                .sudo()
                ._reserve(channel, ref, self._sum(wanted, needs), wanted.minutes)
            )
        except InsufficientStock as error:
            raise self._too_few(channel, ref, wanted, needs, error) from error
        until = max((r.expires_at for r in kept if r.expires_at), default=None)
        cart = Cart(
            ref=ref,
            expires_at=until and until.replace(tzinfo=timezone.utc),
            items=wanted.items,
        )
        return 200, write_part(cart), {}

    @api.model
    def _release_cart(self, channel, ref):
        """Release the reservation of a cart, if any."""
        ref = self._cart_name(ref)
        count = self.env["oms.cart.reservation"].sudo()._release(channel, ref)
        return 200, write_part(CartReleased(ref=ref, released=count)), {}

    @api.model
    def _cart_name(self, ref):
        """:return: the reference of a cart as stored
        :raise Problem: when it is too long
        """
        if len(ref) > MAX_CART_REF:
            message = f"expected at most {MAX_CART_REF} characters, found {len(ref)}"
            raise Problem(422, "bad-parameter", f"ref: {message}")
        return to_text(ref)

    @api.model
    def _cart_needs(self, channel, wanted):
        """:return: units by product id that one of each item needs, in the items' order
        :raise Problem: listing every unknown SKU
        """
        keys = [self.env["oms.channel.listing"]._normalize_sku(item.sku) for item in wanted.items]
        needs, _names = self._units_by_product(channel, keys)
        errors = [
            {
                "field": f"items[{place}].sku",
                "message": f"no listing has the SKU {wanted.items[place].sku!r}",
            }
            for place, key in enumerate(keys)
            if key not in needs
        ]
        if errors:
            raise Problem(422, "unknown-sku", "The channel has no listing with this SKU.", errors)
        return [needs[key] for key in keys]

    @api.model
    def _sum(self, wanted, needs):
        """:return: total quantity of all items, by product id"""
        total = defaultdict(float)
        for item, need in zip(wanted.items, needs, strict=True):
            for product_id, units in need.items():
                total[product_id] += float(item.quantity) * units
        return dict(total)

    @api.model
    def _too_few(self, channel, ref, wanted, needs, error):
        """:return: the problem that lists every item with insufficient stock"""
        engine = self.env["oms.availability"].sudo()
        by_place = dict(enumerate(needs))
        numbers = engine._available_sets(channel, by_place, but_cart=ref)
        short = {shortage.product_id for shortage in error.short}
        errors = [
            {
                "field": f"items[{place}].quantity",
                "message": f"{numbers[place]:g} units of {wanted.items[place].sku!r} are available "
                f"to sell, {wanted.items[place].quantity:f} were requested",
            }
            for place, goods in engine._with_components(channel, by_place).items()
            if short & goods.keys()
        ]
        return Problem(
            409,
            "insufficient-stock",
            "INSUFFICIENT_STOCK: the stock does not cover all items of the cart. Nothing was "
            "reserved.",
            errors,
        )
