from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command

from ..common import OmsCommon

COUNTRY_ONLY = {"name": "Ann", "country": "GB"}


class TestOrderImporter(OmsCommon):
    # === PRICES AND TOTALS === #

    def test_fault_31_tax_included_prices_are_exact_to_the_cent(self):
        self.env["account.tax"].create(
            {
                "name": "VAT 20 incl",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        tax = [{"name": "VAT", "rate": "20"}]
        document = self._document(
            "A1",
            total="74.10",
            lines=[("MUG", 3, "9.99"), ("POT", 7, "1.07"), ("MUG", 1, "0.01"), ("POT", 11, "3.33")],
        )
        for line in document["lines"]:
            line["taxes"] = tax
        order = self._capture(document)
        self.assertEqual(order.amount_total, 74.10)
        self.assertEqual(order.invoice_ids.amount_total, 74.10)
        self.assertEqual(self._holds(order), [])

    def test_fault_31_a_difference_within_the_limit_becomes_a_rounding_line(self):
        self.channel.rounding_limit = 0.02
        order = self._capture(self._document("A1", total="20.01"))
        self.assertEqual(order.amount_total, 20.01)
        rounding = order.order_line.filtered(lambda line: line.oms_kind == "rounding")
        self.assertEqual(rounding.price_unit, 0.01)

    def test_a_larger_difference_holds_the_order_whole(self):
        order = self._capture(self._document("A1", total="20.03"))
        self.assertIn("TOTAL_MISMATCH", self._holds(order))
        self.assertEqual(
            (order.state, order.oms_status, order.oms_step), ("draft", "held", "screen")
        )
        self.assertFalse(order.picking_ids)

    def test_a_price_survives_changes_of_quantity_and_a_recomputation_of_prices(self):
        self.channel.confirm_policy = "manual"
        order = self._capture(self._document("A1", [("MUG", 3, "9.99")]))
        order.order_line.product_uom_qty = 10
        self.assertEqual(order.order_line.price_unit, 9.99)
        order._recompute_prices()
        self.assertEqual(order.order_line.price_unit, 9.99)

    def test_a_line_discount_is_a_percentage_where_that_is_exact_and_a_price_where_not(self):
        document = self._document("A1", total="43.33")
        document["lines"] = [
            {"sku": "MUG", "quantity": "2", "unit_price": "15.00", "discount": "3.00", "taxes": []},
            {
                "sku": "POT",
                "quantity": "3",
                "unit_price": "10.00",
                "discount": "13.67",
                "taxes": [],
            },
        ]
        order = self._capture(document)
        exact, odd = order.order_line
        self.assertEqual(
            (exact.price_unit, exact.discount, exact.price_subtotal), (15.0, 10.0, 27.0)
        )
        self.assertEqual(odd.price_subtotal, 16.33)
        self.assertEqual(order.amount_total, 43.33)

    def test_a_multipack_keeps_the_money_and_multiplies_the_units(self):
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SIX",
                "product_id": self.mug.id,
                "multiplier": 6,
            }
        )
        order = self._capture(self._document("A1", [("SIX", 2, "10.00")]))
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertEqual(order.amount_total, 20.0)

    def test_shipping_fees_discounts_and_gift_cards_are_lines_of_their_kind(self):
        document = self._document("A1", total="19.50")
        document["lines"] += [
            {
                "kind": "shipping",
                "name": "Post",
                "quantity": "1",
                "unit_price": "4.50",
                "taxes": [],
            },
            {
                "kind": "discount",
                "name": "Coupon",
                "quantity": "1",
                "unit_price": "-5.00",
                "taxes": [],
            },
        ]
        order = self._capture(document)
        self.assertEqual(order.order_line.mapped("oms_kind"), ["product", "shipping", "discount"])
        self.assertEqual(order.order_line.mapped("is_delivery"), [False, True, False])
        self.assertEqual(order.amount_total, 19.50)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        lines=st.lists(
            st.tuples(
                st.integers(1, 20),
                st.decimals("0.01", "999.99", places=2),
                st.sampled_from([Decimal(0), Decimal("7.5"), Decimal(20)]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_whatever_the_lines_the_order_makes_the_channels_total(self, lines):
        for rate in ("7.5", "20"):
            if not self.env["account.tax"].search_count(
                [("amount", "=", float(rate)), ("name", "=", f"Incl {rate}")]
            ):
                self.env["account.tax"].create(
                    {
                        "name": f"Incl {rate}",
                        "amount": float(rate),
                        "type_tax_use": "sale",
                        "price_include_override": "tax_included",
                    }
                )
        total = sum(quantity * price for quantity, price, _rate in lines)
        ref = f"H{self.env['sale.order'].search_count([])}"
        document = self._document(ref, total=f"{total:.2f}")
        document["lines"] = [
            {
                "sku": "MUG",
                "quantity": str(quantity),
                "unit_price": f"{price:.2f}",
                "taxes": [{"name": "VAT", "rate": str(rate)}] if rate else [],
            }
            for quantity, price, rate in lines
        ]
        message = self._receive(document, f"evt-{ref}")
        self._run_lanes("inbox")
        order = message.order_id
        self.assertEqual(f"{order.amount_total:.2f}", f"{total:.2f}")
        self.assertEqual(self._holds(order), [])

    # === WHAT CANNOT BE AN ORDER === #

    def test_fault_9_bad_data_waits_whole_and_the_others_go_on(self):
        cases = {
            "MISSING_CUSTOMER": self._document("B1", customer={}),
            "NO_LINES": self._document("B2", lines=[], total="0"),
            "BAD_QUANTITY": self._document("B3", [("MUG", 0, "10.00")], paid=False),
            "UNKNOWN_SKU": self._document("B4", [("NOPE", 1, "10.00")]),
            "UNKNOWN_COUNTRY": self._document("B5", shipping={"name": "Ann", "country": "XX"}),
            "UNKNOWN_CURRENCY": self._document("B6", currency="XXX"),
        }
        messages = {code: self._receive(document) for code, document in cases.items()}
        good = self._receive(self._document("G1"))
        self._run_lanes()
        for code, message in messages.items():
            with self.subTest(code):
                self.assertEqual(message.state, "parked")
                self.assertIn(code, self._holds(message))
                self.assertFalse(message.order_id)
                self.assertTrue(message._raw_payload())
        self.assertEqual(good.state, "done")
        self.assertEqual(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.channel.id)]), 1
        )

    def test_fault_10_an_unknown_sku_keeps_the_whole_order_wherever_it_stands(self):
        for position in (0, 1):
            lines = [("MUG", 1, "10.00")]
            lines.insert(position, ("NOPE", 1, "5.00"))
            message = self._receive(self._document(f"U{position}", lines))
            self._run_lanes()
            self.assertEqual(self._holds(message), ["UNKNOWN_SKU"])
            self.assertFalse(self._order(f"U{position}"))

    def test_a_negative_quantity_waits(self):
        message = self._receive(self._document("A1", [("MUG", -2, "10.00")], paid=False))
        self._run_lanes()
        self.assertIn("BAD_QUANTITY", self._holds(message))

    def test_a_tax_odoo_lacks_waits_with_its_rate_in_words(self):
        document = self._document("A1")
        document["lines"][0]["taxes"] = [{"name": "VAT", "rate": "13.37"}]
        message = self._receive(document)
        self._run_lanes()
        self.assertEqual(self._holds(message), ["UNKNOWN_TAX"])
        self.assertIn("13.37 %", message.error)

    def test_an_incomplete_address_holds_the_order_unless_the_policy_is_lenient(self):
        order = self._capture(self._document("A1", shipping=COUNTRY_ONLY))
        self.assertEqual(set(self._holds(order)), {"BAD_ADDRESS"})
        self.channel.address_level = "country"
        order = self._capture(self._document("A2", shipping=COUNTRY_ONLY))
        self.assertEqual(self._holds(order), [])

    def test_a_country_that_is_set_up_without_postcodes_needs_none(self):
        address = {"name": "Ann", "street": "Main St 1", "city": "Riga", "country": "LV"}
        order = self._capture(self._document("A1", shipping=address))
        self.assertEqual(self._holds(order), ["BAD_ADDRESS"])
        self.env.ref("base.lv").zip_required = False
        order = self._capture(self._document("A2", shipping=address))
        self.assertEqual(self._holds(order), [])

    def test_a_guest_order_goes_to_the_channels_customer_for_guests(self):
        guest = self.env["res.partner"].create({"name": "Walk-in"})
        self.channel.guest_partner_id = guest
        order = self._capture(self._document("A1", customer={}))
        self.assertEqual(order.partner_id, guest)
        self.assertEqual(guest.name, "Walk-in")

    # === WHEN === #

    def test_the_channels_order_date_is_kept_through_confirmation(self):
        order = self._capture(self._document("A1", placed_at="2026-02-03T23:30:00+02:00"))
        self.assertEqual(str(order.oms_placed_at), "2026-02-03 21:30:00")
        self.assertEqual(str(order.date_order), "2026-02-03 21:30:00")
        self.assertEqual(order.state, "sale")

    def test_fault_30_a_zero_value_order_goes_the_whole_way(self):
        order = self._capture(self._document("A1", [("MUG", 1, "0.00")]))
        self.assertEqual(order.picking_ids.state, "done")
        self.assertTrue(order.oms_paid_at)

    # === VERSIONS === #

    def test_fault_6_an_older_version_after_a_newer_is_ignored_and_recorded(self):
        self.channel.confirm_policy = "manual"
        newer = self._document(
            "A1", [("MUG", 5, "10.00")], updated_at="2026-03-02T09:00:00Z", version="2"
        )
        order = self._capture(newer)
        message = self._receive(self._document("A1", [("MUG", 2, "10.00")]), "older")
        self._run_lanes()
        self.assertEqual(message.state, "ignored")
        self.assertEqual(order.order_line.product_uom_qty, 5)
        stale = self.env["oms.event"].search(
            [("code", "=", "order.stale"), ("res_id", "=", order.id)]
        )
        self.assertEqual(len(stale), 1)

    def test_a_newer_version_replaces_the_lines_of_an_order_that_is_not_confirmed(self):
        self.channel.confirm_policy = "manual"
        order = self._capture(self._document("A1"))
        self._capture(
            self._document(
                "A1", [("POT", 1, "7.00")], version="2", updated_at="2026-03-02T09:00:00Z"
            )
        )
        self.assertRecordValues(
            order.order_line, [{"product_id": self.pot.id, "product_uom_qty": 1, "price_unit": 7.0}]
        )

    def test_a_newer_version_of_a_confirmed_order_is_a_decision_for_a_person(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        self._capture(
            self._document(
                "A1", [("POT", 1, "20.00")], version="2", updated_at="2026-03-02T09:00:00Z"
            )
        )
        self.assertEqual(self._holds(order), ["ORDER_CHANGED"])
        self.assertEqual(order.order_line.product_id, self.mug)

    def test_fault_4_a_cancellation_before_its_order_lets_it_enter_cancelled(self):
        tombstone = self._receive(self._cancellation("A1"))
        self._run_lanes()
        self.assertEqual((tombstone.state, tombstone.waits_for), ("parked", "order"))
        order = self._capture(self._document("A1"))
        self.assertEqual((order.state, order.oms_status), ("cancel", "cancelled"))
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.invoice_ids)
        self.assertEqual(tombstone.state, "done")

    def test_fault_5_a_payment_before_its_order_is_parked_and_counts_once(self):
        payment = {
            "schema": "oms.payment/1",
            "order_ref": "A1",
            "charges": self._document("A1")["charges"],
        }
        early = self._receive(payment, "pay-1", topic="payments")
        self._run_lanes()
        self.assertEqual((early.state, early.waits_for), ("parked", "order"))
        order = self._capture(self._document("A1"))
        self.assertEqual(early.state, "done")
        self.assertEqual(order.oms_amount_paid, 20.0)
        self.assertEqual(len(order.transaction_ids), 1)
        self.assertEqual(len(order.invoice_ids), 1)

    # === COST === #

    def test_capturing_more_orders_of_a_batch_costs_hardly_more_queries(self):
        def capture(prefix, count):
            for i in range(count):
                self._receive(self._document(f"{prefix}{i}"))
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._run_lanes("inbox")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        capture("warm", 5)
        few, many = capture("few", 5), capture("many", 45)
        self.assertLess((many - few) / 40, 6)

    def test_one_bad_order_of_a_batch_does_not_stop_the_others(self):
        original = type(self.env["oms.order.builder"])._prepare_order

        def explode(this, channel, document, partners, known):
            if document.ref == "B3":
                raise ValueError("cannot be built")
            return original(this, channel, document, partners, known)

        self.patch(type(self.env["oms.order.builder"]), "_prepare_order", explode)
        messages = self.env["oms.channel.message"].concat(
            *[self._receive(self._document(f"B{i}")) for i in range(6)]
        )
        self._run_lanes("inbox")
        self.assertEqual(
            messages.sorted("id").mapped("state"), ["done"] * 3 + ["failed"] + ["done"] * 2
        )


class TestChannelTaxes(OmsCommon):
    def test_taxes_the_channel_does_not_tell_come_from_its_policy(self):
        tax = self.env["account.tax"].create(
            {
                "name": "Usual",
                "amount": 10,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        self.channel.default_tax_ids = [Command.set(tax.ids)]
        document = self._document("A1")
        document["lines"][0].pop("taxes")
        order = self._capture(document)
        self.assertEqual(order.order_line.tax_ids, tax)
        self.assertEqual(order.amount_total, 20.0)
