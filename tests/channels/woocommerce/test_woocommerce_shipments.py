"""WooCommerce: shipments."""

from unittest.mock import patch

from odoo.addons.oms_addon.exceptions import RetryableError

from .common import WoocommerceCommon


class TestWoocommerceShipments(WoocommerceCommon):
    # === STOCK AND PRICES === #

    def _line_ids(self, ref):
        return {line["sku"]: str(line["id"]) for line in self.shop.book[int(ref)]["line_items"]}

    def test_a_shipment_is_a_note_and_the_last_completes_the_order(self):
        ref = self.shop.place_order([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        ids = self._line_ids(ref)
        order = self.shop.book[int(ref)]
        self.adapter._push_shipment(
            self.woo, "s1", self._shipment(ref, [(ids["MUG"], "MUG", 2)], "1Z1")
        )
        self.assertEqual(order["status"], "processing")
        # Without the line's id its SKU tells.
        self.adapter._push_shipment(self.woo, "s2", self._shipment(ref, [("", "POT", 1)], "1Z2"))
        self.assertEqual(order["status"], "completed")
        notes = self.shop.notes[int(ref)]
        self.assertEqual([n["customer_note"] for n in notes], [True, True])
        self.assertIn("UPS 1Z1 https://t/1", notes[0]["note"])
        tracking = next(
            m["value"] for m in order["meta_data"] if m["key"] == "_wc_shipment_tracking_items"
        )
        self.assertEqual([t["tracking_number"] for t in tracking], ["1Z1", "1Z2"])

    def test_a_shipment_told_again_changes_nothing(self):
        ref = self.shop.place_order()
        shipment = self._shipment(ref, [("", "MUG", 2)])
        self.adapter._push_shipment(self.woo, "s1", shipment)
        before = self.shop.book[int(ref)]["meta_data"]
        self.adapter._push_shipment(self.woo, "s1", shipment)
        self.assertEqual(len(self.shop.notes[int(ref)]), 1)
        self.assertEqual(len(self.shop.shipments), 1)
        self.assertEqual(
            {m["key"]: m["value"] for m in before},
            {m["key"]: m["value"] for m in self.shop.book[int(ref)]["meta_data"]},
        )

    def test_a_shipment_whose_answer_was_lost_at_any_call_is_one_note(self):
        for nth in range(4):
            with self.subTest(call=nth):
                ref = self.shop.place_order()
                shipment = self._shipment(ref, [("", "MUG", 2)])
                self.shop.heal()
                calls = iter(range(100))
                answer = self.shop.respond

                def lossy(request, nth=nth, calls=calls, answer=answer):
                    response = answer(request)
                    if next(calls) == nth:
                        response.status, response.body = 502, b""
                    return response

                with (
                    patch.object(self.shop, "respond", lossy),
                    self.assertRaises(RetryableError),
                ):
                    self.adapter._push_shipment(self.woo, f"s{nth}", shipment)
                self.adapter._push_shipment(self.woo, f"s{nth}", shipment)
                self.assertEqual(len(self.shop.notes[int(ref)]), 1)
                self.assertEqual(self.shop.book[int(ref)]["status"], "completed")

    def test_refunded_pieces_and_virtual_products_keep_no_order_open(self):
        self.shop.add_product("CODE", "Download", virtual=True)
        ref = self.shop.place_order([("MUG", 2, "10.00"), ("CODE", 1, "5.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 1)]))
        self.assertEqual(self.shop.book[int(ref)]["status"], "completed")

    def test_completing_an_unpaid_order_does_not_make_it_paid(self):
        ref = self.shop.place_order(paid=False, payment_method="cod")
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 2)]))
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        document = self._parse(event)
        self.assertTrue(self.shop.book[int(ref)]["date_paid_gmt"])
        self.assertEqual((document.status, document.charges), ("shipped", ()))

    def test_a_plugin_for_cash_on_delivery_is_not_paid_by_the_shops_date(self):
        ref = self.shop.place_order(payment_method="smart_cod", payment_title="Pay the driver")
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        self.assertEqual(len(self._parse(event).charges), 1)
        self.env["oms.channel.payment.method"].create(
            {"channel_id": self.woo.id, "method": "smart_cod", "terms": "cod"}
        )
        document = self.adapter._parse(self.woo, event.topic, event.payload)
        self.assertEqual((document.payment_method, document.charges), ("smart_cod", ()))

    def test_a_cancelled_order_stays_cancelled_when_a_shipment_is_told(self):
        ref = self.shop.place_order()
        self.shop.cancel_order(ref)
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 2)], ""))
        self.assertEqual(self.shop.book[int(ref)]["status"], "cancelled")
