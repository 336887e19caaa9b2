"""PrestaShop: what is sent to it."""

from datetime import datetime, timedelta
from decimal import Decimal

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome, RefundOutcome
from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RetryableError
from odoo.addons.oms_addon.models.message.job_run import JobRun

from .common import UTC, PrestashopCommon


class TestPrestashopPushing(PrestashopCommon):
    def _stock(self, *items):
        return self.adapter._push_stock(
            self.channel,
            "K",
            [
                {"ref": ref, "item_ref": "", "parent_ref": "", "sku": "", "location": location,
                 "quantity": quantity, "seen": seen}
                for ref, quantity, seen, location in items
            ],
        )  # fmt: skip

    def test_many_stocks_are_told_with_one_call_and_the_rest_of_a_row_is_kept(self):
        refs = [self.shop.add_product(f"SKU-{n}", "Thing", quantity=1) for n in range(20)]
        answer = self._stock(*((ref, 7, 1, "") for ref in refs))
        self.assertEqual(answer, ItemsOutcome())
        self.assertEqual(set(self.shop.stock().values()), {7})
        self.assertEqual(self.shop.calls["PUT", "/api/stock_availables"], 1)
        row = self.shop.rows("stock_availables", id_product=refs[0])[0]
        self.assertEqual((row["out_of_stock"], row["id_shop"]), ("2", "1"))

    def test_fault_60_what_changed_meanwhile_is_stale_and_left_alone(self):
        refs = [self.shop.add_product(sku, sku, quantity=5) for sku in ("MUG", "POT")]
        self.shop.place_order((("MUG", 2, "10.00"),))
        answer = self._stock((refs[0], 9, 5, ""), (refs[1], 9, 5, ""))
        self.assertEqual(answer, ItemsOutcome(stale={0: 3}))
        self.assertEqual(self.shop.stock(), {("MUG", ""): 3, ("POT", ""): 9})
        self.assertEqual(self._stock((refs[0], 9, None, "")).stale, {})
        self.assertEqual(self.shop.stock()["MUG", ""], 9)

    def test_one_refused_stock_does_not_stop_the_others(self):
        first = self.shop.add_product("A", "A", quantity=1)
        own = self.shop.add_product("B", "B", quantity=1, depends_on_stock=True)
        last = self.shop.add_product("C", "C", quantity=1)
        answer = self._stock((first, 4, 1, ""), (own, 4, 1, ""), (last, 4, 1, ""), ("99", 4, 1, ""))
        self.assertEqual(set(answer.failed), {1, 3})
        self.assertIn("advanced stock", answer.failed[1])
        self.assertEqual(self.shop.stock(), {("A", ""): 4, ("B", ""): 1, ("C", ""): 4})

    def test_a_call_that_is_refused_in_the_middle_is_made_one_by_one(self):
        refs = [self.shop.add_product(sku, sku, quantity=1) for sku in ("A", "B", "C")]
        rows = {
            str(n): self.shop.rows("stock_availables", id_product=ref)[0]
            for n, ref in enumerate(refs)
        }
        records = {n: {**row, "quantity": "6"} for n, row in rows.items()}
        records["1"]["quantity"] = "many"
        failed = self.adapter._write_each(self.channel, "PUT", "stock_availables", records)
        self.assertEqual(set(failed), {"1"})
        self.assertEqual(list(self.shop.stock().values()), [6, 1, 6])

    def test_a_stock_of_each_shop_is_told_to_its_shop(self):
        self.shop.insert("shops", name="Second", id_shop_group="1", active="1", deleted="0")
        ref = self.shop.add_product("MUG", "Mug", quantity=1, shops=("1", "2"))
        answer = self._stock((ref, 5, None, ""))
        self.assertIn("several shops", answer.failed[0])
        self.assertEqual(self._stock((ref, 5, None, "2")).failed, {})
        self.assertEqual(self.shop.stock(), {("MUG", "1"): 1, ("MUG", "2"): 5})

    def test_a_key_that_may_not_write_says_so(self):
        ref = self.shop.add_product("MUG", "Mug", quantity=1)
        self.shop.permissions["stock_availables"] = {"GET"}
        with self.assertRaisesRegex(CredentialsError, "Allow PUT"):
            self._stock((ref, 5, 1, ""))
        self.assertEqual(self.shop.stock()["MUG", ""], 1)

    def test_prices_are_told_without_tax_and_combinations_as_a_difference(self):
        self.shop.add_product("MUG", "Mug", "12.00", tax_rate="20")
        self.shop.add_product(
            "SHIRT", "Shirt", "24.00", tax_rate="20", combinations=(("SHIRT-L", 4, "30.00"),)
        )
        answer = self.adapter._push_price(
            self.channel,
            "K",
            [
                {"ref": "1", "price": "14.40", "currency": "EUR"},
                {"ref": "2-1", "price": "36.00", "currency": "EUR"},
                {"ref": "1", "price": "1.00", "currency": "GBP"},
                {"ref": "9", "price": "1.00", "currency": "EUR"},
            ],
        )
        self.assertEqual(set(answer.failed), {2, 3})
        self.assertEqual(self.shop.prices, {"MUG": "14.40", "SHIRT-L": "36.00"})
        product = self.shop.tables["products"][1]
        self.assertEqual((product["price"], product["active"]), ("12.000000", "1"))

    def _shipment(self, ref, lines=(), numbers=("1Z999",)):
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/1",
            "shipped_at": "2026-03-02 10:00:00",
            "location_ref": "",
            "parcels": [
                {"carrier": "UPS", "carrier_code": "ups", "number": n, "url": ""} for n in numbers
            ],
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "units": count}
                for line, count in lines
            ],
        }

    def _details(self, ref):
        return [str(d["id"]) for d in self.shop.rows("order_details", id_order=ref)]

    def test_a_shipment_is_told_once_however_often_it_is_sent(self):
        ref = self.shop.place_order((("MUG", 2, "10.00"),))
        shipment = self._shipment(ref, [(self._details(ref)[0], 2)], ("1Z999", "1Z 998"))
        for _try in range(3):
            self.assertEqual(
                self.adapter._push_shipment(self.channel, "K", shipment).details, {"state": "4"}
            )
        [carrier] = self.shop.rows("order_carriers", id_order=ref)
        self.assertEqual(carrier["tracking_number"], "1Z999, 1Z 998")
        states = [h["id_order_state"] for h in self.shop.rows("order_histories", id_order=ref)]
        self.assertEqual(states, ["2", "4"])
        self.assertEqual([s["number"] for s in self.shop.shipments], ["1Z999, 1Z 998"] * 2)

    def test_fault_19_an_answer_that_was_lost_makes_no_second_state(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 502, "order_histories", after=True)
        shipment = self._shipment(ref)
        with self.assertRaises(RetryableError):
            self.adapter._push_shipment(self.channel, "K", shipment)
        self.adapter._push_shipment(self.channel, "K", shipment)
        states = [h["id_order_state"] for h in self.shop.rows("order_histories", id_order=ref)]
        self.assertEqual(states, ["2", "4"])

    def test_the_state_follows_when_the_last_piece_has_left(self):
        ref = self.shop.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")))
        mug, pot = self._details(ref)
        first = self._shipment(ref, [(mug, 1)], ("A1",))
        message = self.env["oms.channel.message"].sudo()
        message._send_later(
            [(self.channel, "shipment", "shipment:1", self.env["sale.order"], first)]
        )
        row = message.search(
            [("event_ref", "=", "shipment:1"), ("channel_id", "=", self.channel.id)]
        )
        row.order_ref = ref
        row._send(JobRun())
        self.assertEqual(self.shop.tables["orders"][int(ref)]["current_state"], "2")
        self.adapter._push_shipment(
            self.channel, "shipment:2", self._shipment(ref, [(mug, 1), (pot, 1)], ("A2",))
        )
        self.assertEqual(self.shop.tables["orders"][int(ref)]["current_state"], "4")
        [carrier] = self.shop.rows("order_carriers", id_order=ref)
        self.assertEqual(carrier["tracking_number"], "A1, A2")

    def test_a_cancelled_order_is_not_shipped_and_a_shipped_one_not_cancelled(self):
        cancelled, shipped = self.shop.place_order(), self.shop.place_order()
        self.shop.cancel_order(cancelled)
        self.shop.ship(shipped)
        with self.assertRaisesRegex(FinalError, "cancelled in the store"):
            self.adapter._push_shipment(self.channel, "K", self._shipment(cancelled))
        with self.assertRaisesRegex(FinalError, "reports the order as shipped"):
            self.adapter._push_cancellation(self.channel, "K", self._cancellation(shipped))
        with self.assertRaisesRegex(FinalError, "no order 99"):
            self.adapter._push_shipment(self.channel, "K", self._shipment("99"))

    def _cancellation(self, ref, lines=(), refund=True):
        return {
            "order_ref": ref,
            "reason": "inventory",
            "text": "",
            "restock": True,
            "refund": refund,
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "units": count}
                for line, count in lines
            ],
        }

    def test_fault_37_a_cancellation_is_told_once_and_restocks_once(self):
        self.shop.add_product("MUG", "Mug", quantity=10)
        ref = self.shop.place_order((("MUG", 2, "10.00"),))
        for _try in range(2):
            self.adapter._push_cancellation(self.channel, "K", self._cancellation(ref))
        self.assertEqual(self.shop.cancellations, [{"order_ref": ref}])
        self.assertEqual(self.shop.stock()["MUG", ""], 10)
        self.assertTrue(self.shop.orders()[ref]["cancelled"])

    def test_cancelled_pieces_are_a_credit_slip(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20")
        lines = [(self._details(ref)[0], 2)]
        answer = self.adapter._push_cancellation(self.channel, "K", self._cancellation(ref, lines))
        self.assertEqual(answer, RefundOutcome(refund_ref="1"))
        order = self.shop.orders()[ref]
        self.assertEqual((order["refunded"], order["quantities"]), (Decimal("24.00"), {"MUG": 1}))
        answer = self.adapter._push_cancellation(
            self.channel, "L", self._cancellation(ref, [(lines[0][0], 1)], refund=False)
        )
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("24.00"))
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 0})

    def _refund(self, ref, amount="12.00", lines=(), shipping="0"):
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": "EUR",
            "text": "",
            "charge_ref": "1",
            "shipping": shipping,
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "amount": part, "restock": False}
                for line, count, part in lines
            ],
        }

    def test_shipping_and_wrapping_are_given_back_with_their_own_tax(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20", shipping="6.00")
        self.shop.tables["orders"][int(ref)].update(
            total_shipping_tax_excl="6.000000",
            total_wrapping_tax_incl="2.20",
            total_wrapping_tax_excl="2.00",
        )
        lines = [("wrapping", 1, "2.20")]
        refund = self._refund(ref, "8.20", lines, shipping="6.00")
        self.adapter._push_refund(self.channel, "K", refund)
        slip = self.shop.tables["order_slip"][1]
        self.assertEqual(
            (slip["total_products_tax_excl"], slip["total_shipping_tax_excl"]),
            ("2.000000", "6.000000"),
        )

    def test_a_price_is_pushed_without_the_ecological_tax_that_the_shop_adds(self):
        ref = self.shop.add_product("ECO", "Eco", "122.00", tax_rate="20", ecotax="2.00")
        item = {"ref": ref, "price": "122.00", "currency": "EUR"}
        self.adapter._push_price(self.channel, "P1", [item])
        self.assertEqual(self.shop.tables["products"][int(ref)]["price"], "101.666667")
        self.shop.set_setting("PS_USE_ECOTAX", "1")
        composing._shops.clear()
        self.adapter._push_price(self.channel, "P2", [item])
        self.assertEqual(self.shop.tables["products"][int(ref)]["price"], "100.000000")

    def test_a_refund_is_a_slip_whose_echo_is_known(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20", shipping="6.00")
        line = self._details(ref)[0]
        refund = self._refund(ref, "18.00", [(line, 1, "12.00")], shipping="6.00")
        answer = self.adapter._push_refund(self.channel, "K", refund)
        again = self.adapter._push_refund(self.channel, "K", refund)
        self.assertEqual(answer, again)
        self.assertEqual(len(self.shop.refunds_told), 1)
        slip = self.shop.tables["order_slip"][1]
        self.assertEqual(
            (slip["total_products_tax_excl"], slip["total_shipping_tax_excl"]),
            ("10.000000", "5.000000"),
        )
        [event] = self.adapter._fetch_orders(self.channel, [ref])
        document = self.adapter._read(self.channel, "orders", event.payload)
        self.assertEqual([r.ref for r in document.refunds], [answer.refund_ref])
        self.assertEqual(document.refunds[0].amount, Decimal("18.00"))

    def test_wrapping_is_given_back_as_money_and_not_as_a_piece(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),), wrapping="3.00")
        [line] = self._details(ref)
        refund = self._refund(ref, "15.00", [(line, 1, "12.00"), ("wrapping", 1, "3.00")])
        self.adapter._push_refund(self.channel, "K", refund)
        [told] = self.shop.refunds_told
        self.assertEqual([row["id_order_detail"] for row in told["lines"]], [line])
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("15.00"))

    def test_a_line_that_is_gone_in_the_shop_is_told_in_words(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),))
        refund = self._refund(ref, "12.00", [("999", 1, "12.00")])
        with self.assertRaisesRegex(FinalError, f"Order {ref} no longer has this line"):
            self.adapter._push_refund(self.channel, "K", refund)
        self.assertEqual(self.shop.refunds_told, [])

    def test_what_was_typed_at_the_checkout_is_read_as_it_was_typed(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),), note="L&#039;&eacute;tage &amp; code")
        [event] = self.adapter._fetch_orders(self.channel, [ref])
        document = self.adapter._read(self.channel, "orders", event.payload)
        self.assertEqual(document.note, "L'étage & code")

    def test_money_alone_is_given_back_without_pieces(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),))
        self.adapter._push_refund(self.channel, "K", self._refund(ref, "5.00"))
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("5.00"))

    def test_fault_26_a_second_refund_of_the_same_is_made_and_a_lost_answer_is_not_repeated(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),))
        line = self._details(ref)[0]
        refund = self._refund(ref, "12.00", [(line, 1, "12.00")])
        message = self.env["oms.channel.message"].sudo()
        for key in ("refund:1", "refund:2"):
            message._send_later([(self.channel, "refund", key, self.env["sale.order"], refund)])
        rows = message.search(
            [("channel_id", "=", self.channel.id), ("topic", "=", "refund")], order="id"
        )
        rows.order_ref = ref
        self.shop.now = datetime.now(UTC) + timedelta(seconds=60)
        self.shop.fail(1, 502, "order_slip", after=False)
        rows[0]._send(JobRun())
        self.assertEqual(rows[0].state, "pending")
        self.shop.heal()
        posts = [0]

        def lose(request, original=self.shop.handle):
            answer = original(request)
            if request.method == "POST" and not posts[0]:
                posts[0] = 1
                answer.status, answer.body = 502, b""
            return answer

        self.shop.handle = lose
        rows[0]._send(JobRun())
        self.assertEqual(len(self.shop.refunds_told), 1)
        rows[0]._send(JobRun())
        self.assertEqual((rows[0].state, rows[0].result), ("done", {"refund_ref": "1"}))
        rows[1]._send(JobRun())
        self.assertEqual((rows[1].state, rows[1].result), ("done", {"refund_ref": "2"}))
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("24.00"))
