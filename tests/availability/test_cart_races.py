"""Faults 11 and 12 for carts, with processes of their own and real commits."""

from odoo.fields import Command

from ..concurrency import RaceCase
from ..stock.test_races import allocate, make_order, make_product, warehouse


def prepare(env, sku, stock, channels=1):
    """:return: the product, and channels that sell it from the one warehouse"""
    warehouse(env).oms_managed = True
    product = make_product(env, sku, stock)
    made = env["oms.channel"].create(
        [
            {
                "name": f"{sku} {number}",
                "adapter": "canonical",
                "warehouse_ids": [Command.set(warehouse(env).ids)],
            }
            for number in range(channels)
        ]
    )
    return product.id, made.ids


def keep(env, channel_id, cart, product_id, quantity=1):
    """:return: how much is kept for the cart"""
    channel = env["oms.channel"].browse(channel_id)
    kept = env["oms.cart.reservation"]._reserve(channel, cart, {product_id: quantity})
    return sum(kept.mapped("quantity"))


class TestCartRaces(RaceCase):
    def _reserved_units(self, product_id):
        def read(env):
            carts = env["oms.cart.reservation"].search([("product_id", "=", product_id)])
            return sum(carts.mapped("quantity"))

        return self.commit(read)

    def test_of_20_carts_for_one_unit_one_keeps_it_and_19_are_told_fault_12(self):
        product_id, channels = self.commit(lambda env: prepare(env, "CART1", 1))
        got = self.run_parallel(
            [lambda env, n=n: keep(env, channels[0], f"cart-{n}", product_id) for n in range(20)]
        )
        self.assertEqual(got.count(1.0), 1)
        refused = [answer for answer in got if answer != 1.0]
        self.assertEqual({name for name, _text in refused}, {"InsufficientStock"})
        self.assertEqual(len(refused), 19)
        self.assertEqual(self._reserved_units(product_id), 1.0)

    def test_carts_of_two_channels_never_keep_more_than_there_is_fault_11(self):
        product_id, channels = self.commit(lambda env: prepare(env, "CART2", 7, channels=2))
        got = self.run_parallel(
            [
                lambda env, n=n: keep(env, channels[n % 2], f"cart-{n}", product_id, 2)
                for n in range(8)
            ]
        )
        self.assertEqual(got.count(2.0), 3)
        self.assertEqual(self._reserved_units(product_id), 6.0)

    def test_a_cart_beside_the_allocator_keeps_nothing_that_an_order_gets(self):
        def begin(env):
            product_id, channels = prepare(env, "CART3", 1)
            order = make_order(env, env["product.product"].browse(product_id))
            return product_id, channels[0], order.id

        product_id, channel_id, order_id = self.commit(begin)

        def sell(env):
            order = env["sale.order"].browse(order_id)
            order.action_confirm()
            return allocate(env, order_id)

        got = self.run_parallel([lambda env: keep(env, channel_id, "c", product_id), sell])
        self.assertTrue(got[1])
        # The order was confirmed before or after: the cart may have been first, the goods
        # are then the order's all the same, and the cart is told when it is placed.
        missing = self.commit(
            lambda env: env["oms.cart.reservation"]._missing(
                env["oms.channel"].browse(channel_id), "c", {product_id: 1}
            )
        )
        self.assertEqual([row.available for row in missing], [0.0])

    def test_two_carts_that_want_two_products_in_opposite_order_do_not_block_each_other(self):
        def begin(env):
            first, channels = prepare(env, "CART4", 5)
            return first, make_product(env, "CART5", 5).id, channels[0]

        first, second, channel_id = self.commit(begin)

        def both(env, cart, wanted):
            channel = env["oms.channel"].browse(channel_id)
            return len(env["oms.cart.reservation"]._reserve(channel, cart, wanted))

        got = self.run_parallel(
            [
                lambda env: both(env, "a", {first: 2, second: 2}),
                lambda env: both(env, "b", {second: 2, first: 2}),
            ]
        )
        self.assertEqual(got, [2, 2])
