"""What a parcel really cost is on the orders whose goods are in it, and on each once."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import new_test_user

from .test_oms_shared_delivery import SharedCommon


class TestShippingCost(SharedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.post = cls._make_product("POST", "Post", type="service", is_storable=False)
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Post",
                "product_id": cls.post.id,
                "fixed_price": 10.0,
                "invoice_policy": "real",
            }
        )
        cls.event = "order.shipping_charged"

    def _sold(self, *quantities, **values):
        """:return: orders of so many mugs at 10.00 that share a delivery, and the delivery"""
        orders = self.env["sale.order"].union(
            *[
                self._make_order((self.mug, quantity), carrier_id=self.carrier.id, **values)
                for quantity in quantities
            ]
        )
        self._serve(orders)
        self.service._merge(orders)
        return orders, orders._oms_pickings()

    def _ship(self, picking, cost=None):
        """Have a delivery leave, then buy its label."""
        if cost is not None:
            self.carrier.fixed_price = cost
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        picking.send_to_shipper()

    def _charged(self, orders):
        """:return: what the lines for shipping of each order come to"""
        return [sum(o.order_line.filtered("is_delivery").mapped("price_total")) for o in orders]

    # === SPLIT === #

    def test_each_order_bears_the_part_its_goods_have_in_the_parcels_value(self):
        orders, picking = self._sold(1, 2, 4)
        self._ship(picking, 10.0)
        self.assertEqual(picking.carrier_price, 10.0)
        self.assertEqual(self._charged(orders), [1.43, 2.86, 5.71])
        self.assertEqual(orders.mapped("amount_total"), [11.43, 22.86, 45.71])
        self.assertEqual(
            self._events(orders[1], self.event),
            [
                f"Shipping cost of {orders.currency_id.format(2.86)}: share of the cost of "
                f"{picking.name}"
            ],
        )

    def test_goods_that_are_given_away_leave_the_cost_to_the_others(self):
        orders, picking = self._sold(1, 1)
        orders[0].order_line.price_unit = 0.0
        self._ship(picking, 7.77)
        self.assertEqual(self._charged(orders), [0.0, 7.77])
        orders, picking = self._sold(1, 1, 1)
        orders.order_line.filtered(lambda l: not l.is_delivery).price_unit = 0.0
        self._ship(picking, 10.0)
        self.assertEqual(self._charged(orders), [3.34, 3.33, 3.33])

    @given(
        st.integers(1, 99999),
        st.lists(st.integers(1, 99999), min_size=3, max_size=3),
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_parts_add_up_to_the_cent_whatever_it_cost(self, cents, prices):
        orders, picking = self._example()
        picking.carrier_price = cents / 100
        for order, price in zip(orders, prices, strict=True):
            order.order_line.price_unit = price / 100
        parts = picking._oms_cost_parts()
        self.assertEqual(list(parts), list(orders))
        self.assertEqual(sum(round(part * 100) for part in parts.values()), cents)
        for part, price in zip(parts.values(), prices, strict=True):
            self.assertAlmostEqual(part, cents / 100 * price / sum(prices), delta=0.01)

    def _example(self):
        """:return: one and the same shared delivery for all examples"""
        if not hasattr(self, "_sample"):
            self._sample = self._sold(1, 1, 1)
        return self._sample

    def test_an_order_in_another_currency_bears_its_part_in_its_own(self):
        euro = self._foreign_currency()
        orders, picking = self._sold(1, 1)
        orders[1].currency_id = euro
        orders[1].order_line.price_unit = 20.0  # 10.00 of the company's
        self._ship(picking, 9.99)
        self.assertEqual(picking.sale_id, orders[0])
        self.assertEqual(self._charged(orders), [5.0, 9.98])

    def test_taxes_of_each_order_are_put_on_its_part(self):
        tax = self.env["account.tax"].create({"name": "Tenth", "amount": 10.0})
        self.post.taxes_id = tax
        exempt = self.env["account.fiscal.position"].create({"name": "Exempt"})
        self.env["account.tax"].create(
            {
                "name": "None",
                "amount": 0.0,
                "fiscal_position_ids": [Command.link(exempt.id)],
                "original_tax_ids": [Command.link(tax.id)],
            }
        )
        orders, picking = self._sold(1, 1)
        orders[1].fiscal_position_id = exempt
        self._ship(picking, 10.0)
        lines = orders.order_line.filtered("is_delivery")
        self.assertEqual(lines.mapped("price_subtotal"), [5.0, 5.0])
        self.assertEqual(self._charged(orders), [5.5, 5.0])

    def test_an_estimate_on_an_order_becomes_its_part(self):
        orders, picking = self._sold(1, 3)
        orders[1]._create_delivery_line(self.carrier, 6.0)
        self._ship(picking, 8.0)
        lines = orders.order_line.filtered("is_delivery")
        self.assertEqual(lines.mapped("price_unit"), [2.0, 6.0])
        self.assertEqual(lines.mapped("name"), ["Post", "Post"])

    def test_an_agreed_price_for_shipping_is_not_changed_to_the_real_cost(self):
        self.carrier.invoice_policy = "estimated"
        orders, picking = self._sold(1, 1)
        self._ship(picking, 8.0)
        self.assertEqual(self._charged(orders), [0.0, 0.0])

    # === ONCE === #

    def test_a_backorder_charges_nobody_twice_fault_47(self):
        orders, picking = self._sold(2, 2)
        moves = picking.move_ids.sorted("id")
        moves[1].quantity = 1
        self._ship(picking, 9.0)
        self.assertEqual(self._charged(orders), [6.0, 3.0])
        [backorder] = picking.backorder_ids
        self.allocator._allocate(orders)
        self._ship(backorder, 9.0)
        self.assertEqual(self._charged(orders), [6.0, 3.0])

    def test_an_order_of_which_nothing_left_is_charged_with_its_own_parcel_fault_47(self):
        orders, picking = self._sold(1, 1)
        orders[1]._oms_moves(picking).quantity = 0
        self._ship(picking, 6.0)
        self.assertEqual(self._charged(orders), [6.0, 0.0])
        self.allocator._allocate(orders)
        self._ship(picking.backorder_ids, 5.0)
        self.assertEqual(self._charged(orders), [6.0, 5.0])

    def test_what_was_paid_at_checkout_is_not_charged_again_nor_to_others_fault_47(self):
        orders, picking = self._sold(1, 1, 2)
        orders[0].oms_has_channel_total = True
        orders[1].order_line = [
            Command.create({"product_id": self.post.id, "price_unit": 3.0, "is_delivery": True})
        ]
        self._ship(picking, 8.0)
        self.assertEqual(self._charged(orders), [0.0, 3.0, 4.0])

    def test_a_channels_order_is_not_charged_what_its_own_parcel_cost_fault_47(self):
        document = self._document("S1", [("MUG", 2, "10.00")], total="26.00")
        document["lines"].append(
            {
                "ref": "S",
                "kind": "shipping",
                "name": "Parcel",
                "quantity": "1",
                "unit_price": "6.00",
                "taxes": [],
            }
        )
        order = self._capture(document)
        order.picking_ids.carrier_id = self.carrier
        self._ship(order.picking_ids, 9.0)
        self.assertEqual(order.amount_total, 26.0)

    def test_an_order_without_a_channel_is_charged_as_in_odoo(self):
        order = self._make_order((self.mug, 2), carrier_id=self.carrier.id)
        order.oms_channel_id = False
        order.action_confirm()
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.quantity = 1
        for cost in (4.0, 5.0):
            [picking] = order.picking_ids._oms_todo()
            picking.move_ids.quantity = 1
            self._ship(picking, cost)
        self.assertEqual(self._charged(order), [9.0])

    def test_a_cancelled_order_whose_goods_left_is_charged_nothing(self):
        orders, picking = self._sold(1, 1)
        orders[1].state = "cancel"
        self._ship(picking, 8.0)
        self.assertEqual(self._charged(orders), [4.0, 0.0])

    def test_a_picker_who_sees_no_other_peoples_orders_puts_the_cost_on_all(self):
        orders, picking = self._sold(1, 1)
        picker = new_test_user(self.env, "picker7", groups="stock.group_stock_user")
        picking.move_ids.picked = True
        picking.with_user(picker).with_context(skip_sms=True).button_validate()
        picking.with_user(picker).send_to_shipper()
        self.assertEqual(self._charged(orders), [5.0, 5.0])

    # === FREE AND RULES === #

    def test_shipping_is_free_when_all_orders_of_the_parcel_reach_the_amount(self):
        self.carrier.write({"free_over": True, "amount": 40.0})
        orders, picking = self._sold(1, 3)
        self._ship(picking, 8.0)
        self.assertEqual(picking.carrier_price, 0.0)
        self.assertEqual(self._charged(orders), [0.0, 0.0])

    def test_shipping_is_not_free_a_cent_below_the_amount(self):
        self.carrier.write({"free_over": True, "amount": 40.01})
        orders, picking = self._sold(1, 3)
        self._ship(picking, 8.0)
        self.assertEqual(self._charged(orders), [2.0, 6.0])

    def test_what_a_cancelled_order_was_worth_makes_shipping_free_for_nobody(self):
        self.carrier.write({"free_over": True, "amount": 40.0})
        orders, picking = self._sold(1, 3)
        orders[1].state = "cancel"
        self._ship(picking, 8.0)
        self.assertEqual(self._charged(orders), [2.0, 0.0])

    def test_the_amount_of_an_order_in_another_currency_counts_at_its_rate(self):
        self.carrier.write({"free_over": True, "amount": 20.0})
        euro = self._foreign_currency()
        orders, picking = self._sold(1, 1)
        orders[1].currency_id = euro
        orders[1].order_line.price_unit = 20.0
        self._ship(picking, 8.0)
        self.assertEqual(picking.carrier_price, 0.0)

    def test_rules_of_a_carrier_look_at_all_goods_of_the_parcel(self):
        self.mug.weight = 2.0
        self.carrier.write(
            {
                "delivery_type": "base_on_rule",
                "price_rule_ids": [
                    Command.create(
                        {
                            "variable": "quantity",
                            "operator": "<=",
                            "max_value": 3,
                            "list_base_price": 1.0,
                        }
                    ),
                    Command.create(
                        {
                            "variable": "weight",
                            "operator": "<=",
                            "max_value": 10,
                            "list_base_price": 5.0,
                            "list_price": 0.5,
                            "variable_factor": "weight",
                        }
                    ),
                ],
            }
        )
        orders, picking = self._sold(1, 3)
        self._ship(picking)
        self.assertEqual(picking.carrier_price, 9.0)
        self.assertEqual(self._charged(orders), [2.25, 6.75])

    def _foreign_currency(self):
        """:return: a currency of which two are one of the company's"""
        code = "EUR" if self.company.currency_id.name != "EUR" else "USD"
        currency = self.env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2020-01-01",
                "rate": 2.0 * self.company.currency_id.rate,
                "company_id": self.company.id,
            }
        )
        return currency
