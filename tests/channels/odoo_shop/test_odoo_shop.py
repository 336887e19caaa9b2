"""Odoo's own shop, where the eCommerce app is not installed."""

from odoo.fields import Command

from ...common import OmsCommon


class TestOdooShop(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = cls.env["oms.channel.adapter.odoo_shop"]
        cls.shop = cls.env["oms.channel"].create(
            {"name": "Our shop", "adapter": "odoo_shop", "auto_ship": True, "send_receipt": False}
        )

    def _sale(self, **values):
        """:return: a quotation as staff or a website makes it"""
        return self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ann"}).id,
                "order_line": [
                    Command.create({"product_id": self.mug.id, "product_uom_qty": 2}),
                ],
                **values,
            }
        )

    def _pay(self, order, amount, state="done", **values):
        """:return: a transaction of one of Odoo's own providers"""
        if state == "authorized":
            # The one provider here that may authorise first.
            provider = self.env["payment.provider"]._oms_for(self.company)
        else:
            provider = self.env["payment.provider"].create(
                {"name": "Card", "code": "none", "company_id": self.company.id}
            )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "operation": "online_direct",
                "state": state,
                **values,
            }
        )

    def test_without_the_app_the_channel_says_so_and_nothing_joins(self):
        self.patch(type(self.adapter), "_has_shop", lambda adapter: False)
        self.assertIn("not installed", self.adapter._test_connection(self.shop))
        order = self._sale()
        order.action_confirm()
        self.assertFalse(order.oms_channel_id)
        events, cursor = self.adapter._fetch(self.shop)
        self.assertEqual(events, [])
        self.assertTrue(cursor)

    def test_an_order_that_joins_keeps_its_prices_and_goes_the_way_of_all(self):
        self.shop._set_state("live")
        order = self._sale()
        order.order_line.price_unit = 7.77
        transaction = self._pay(order, order.amount_total)
        order.action_confirm()
        self.adapter._join_channel(self.shop, order)
        self.assertRecordValues(
            order,
            [
                {
                    "oms_channel_id": self.shop.id,
                    "oms_order_ref": str(order.id),
                    "oms_order_number": order.name,
                    "oms_placed_at": transaction.create_date,
                    "oms_status": "running",
                    "oms_payment_state": "paid",
                }
            ],
        )
        self._run_lanes()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(order.order_line.price_unit, 7.77)
        self.assertEqual(order.transaction_ids, transaction)
        # Odoo books what its own providers collect.
        self.assertFalse(transaction.payment_id)

    def test_money_captured_and_refunded_in_parts_is_counted_once(self):
        order = self._sale()
        order.order_line.price_unit = 50.0
        self.adapter._join_channel(self.shop, order)
        held = self._pay(order, 100.0, "authorized")
        self.assertRecordValues(
            order,
            [{"oms_amount_authorized": 100.0, "oms_amount_paid": 0.0}],
        )
        first = held._create_child_transaction(60.0)
        first.state = "done"
        self.assertRecordValues(
            order,
            [{"oms_amount_authorized": 40.0, "oms_amount_paid": 60.0}],
        )
        second = held._create_child_transaction(40.0)
        second.state = "done"
        held.state = "done"
        self.assertRecordValues(
            order,
            [
                {
                    "oms_amount_authorized": 0.0,
                    "oms_amount_paid": 100.0,
                    "oms_payment_state": "paid",
                }
            ],
        )
        refund = first._create_child_transaction(25.0, is_refund=True)
        refund.state = "done"
        self.assertRecordValues(
            order, [{"oms_amount_paid": 100.0, "oms_amount_refunded": 25.0, "amount_paid": 75.0}]
        )
        self.assertEqual(order._oms_transactions(), held + first + second + refund)

    def test_what_a_website_shows_is_what_its_channel_may_sell(self):
        self.shop.write({"stock_buffer": 10.0, "stock_percent": 50.0, "account_ref": "7"})
        asked = self.mug.with_context(website_id=7, warehouse_id=False)
        self.assertEqual(asked.free_qty, 100.0)
        self.shop._set_state("live")
        asked.invalidate_recordset()
        self.assertEqual(asked.free_qty, 45.0)
        self.assertEqual(self.mug.free_qty, 100.0)
        self.assertEqual(self.mug.with_context(website_id=7).free_qty, 100.0)
        self.assertEqual(self.mug.with_context(website_id=8, warehouse_id=False).free_qty, 100.0)
        self.shop.stock_cap = 5
        asked.invalidate_recordset()
        self.assertEqual(asked.free_qty, 5.0)
        self.assertEqual(self.mug.with_context(warehouse_id=self.north.id).free_qty, 0.0)

    def test_a_website_has_one_channel_its_own_before_that_of_the_company(self):
        self.shop._set_state("live")
        own = self.env["oms.channel"].create(
            {"name": "Second", "adapter": "odoo_shop", "account_ref": " 2"}
        )
        own._set_state("live")
        self.assertEqual(self.adapter._channel_of(2, self.company), own)
        self.assertEqual(self.adapter._channel_of(1, self.company), self.shop)
        self.shop._set_state("paused")
        self.assertFalse(self.adapter._channel_of(1, self.company))
