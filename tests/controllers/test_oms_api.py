import json
from unittest.mock import patch
from urllib.parse import quote

from odoo.tests import new_test_user

from ..common import OmsCommon
from ..concurrency import RaceCase
from .common import AGENT, ApiCase

PARTLY = {"lines": [{"line_ref": "1", "quantity": "1"}]}


class TestApiOrders(ApiCase):
    def test_an_order_goes_to_the_inbox_and_is_answered_with_its_row(self):
        body = json.dumps(self._document("A1")).encode()
        answer = self._post("/orders", None, body=body)
        self.assertEqual(answer.status_code, 202, answer.text)
        [message] = self._messages()
        self.assertEqual(
            answer.json(),
            {
                "documents": [
                    {
                        "ref": "A1",
                        "schema": "oms.order/1",
                        "event": message.event_ref,
                        "message": message.id,
                        "result": "accepted",
                    }
                ]
            },
        )
        self.assertEqual(message._raw_payload(), body)
        self.assertRecordValues(
            message, [{"state": "pending", "topic": "orders", "order_ref": "A1"}]
        )
        self.assertFalse(self._order("A1"))
        self._run_lanes()
        self.assertEqual(len(self._order("A1")), 1)

    def test_the_same_document_again_is_known_by_whichever_way_it_comes(self):
        self._post("/orders", self._document("A1"))
        again = self._post("/orders", self._document("A1"))
        self.assertEqual(again.status_code, 200)
        self.assertEqual(again.json()["documents"][0]["result"], "known")
        [message] = self._messages()
        self.assertEqual(message.deliveries, 2)

    def test_a_list_is_taken_in_order_with_a_row_for_each(self):
        documents = [
            self._document("A1"),
            self._document("A2"),
            self._cancellation("A1"),
            {
                "schema": "oms.payment/1",
                "order_ref": "A2",
                "charges": self._document("A2")["charges"],
            },
            self._document("A2"),
        ]
        answer = self._post("/orders", documents)
        self.assertEqual(answer.status_code, 202, answer.text)
        self.assertEqual(
            [(row["ref"], row["schema"], row["result"]) for row in answer.json()["documents"]],
            [
                ("A1", "oms.order/1", "accepted"),
                ("A2", "oms.order/1", "accepted"),
                ("A1", "oms.cancellation/1", "accepted"),
                ("A2", "oms.payment/1", "accepted"),
                ("A2", "oms.order/1", "known"),
            ],
        )
        self.assertEqual(
            self._messages().mapped("topic"), ["orders", "orders", "orders/cancelled", "payments"]
        )
        self._run_lanes()
        self.assertEqual(self._order("A1").state, "cancel")
        self.assertEqual(self._order("A2").oms_payment_state, "paid")

    def test_a_list_with_wrong_documents_is_refused_whole_and_every_error_is_named(self):
        bad = {**self._document("A2"), "lines": [{"quantity": "two", "unit_price": "1"}]}
        answer = self._post("/orders", [self._document("A1"), bad, "no"])
        problem = self._assert_problem(answer, 422, "bad-document")
        self.assertEqual(
            problem["errors"],
            [
                {
                    "field": "[1].lines[0].quantity",
                    "message": "expected a decimal number, found 'two'",
                },
                {"field": "[2]", "message": "expected an object, found 'no'"},
            ],
        )
        self.assertFalse(self._messages())

    def test_a_list_has_a_hundred_documents_at_most_and_one_at_least(self):
        for documents in ([], [self._document(f"A{n}") for n in range(101)]):
            self._assert_problem(self._post("/orders", documents), 422, "bad-count")
        self.assertFalse(self._messages())
        answer = self._post("/orders", [self._document(f"A{n}") for n in range(100)])
        self.assertEqual(answer.status_code, 202)
        self.assertEqual(len(self._messages()), 100)

    def test_a_kind_that_is_not_for_channels_is_refused(self):
        notice = {"schema": "oms.notice/1", "kind": "problem"}
        self._assert_problem(self._post("/orders", notice), 422, "bad-document")
        self._assert_problem(self._post("/orders", {"schema": "oms.order/9"}), 422, "bad-document")

    def test_numbers_of_a_list_are_kept_digit_by_digit(self):
        body = (
            json.dumps([self._document("A1")])
            .replace('"10.00"', "10.10")
            .replace('"20.00"', "20.20")
        )
        self.assertEqual(self._post("/orders", None, body=body.encode()).status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order("A1").amount_total, 20.2)
        self.assertEqual(self._order("A1").oms_status, "waiting")


class TestApiIdempotency(ApiCase):
    def test_fault_14_the_same_key_and_body_get_the_first_answer_again(self):
        first = self._post("/orders", self._document("A1"), Idempotency_Key="K1")
        self._run_lanes()
        again = self._post("/orders", self._document("A1"), Idempotency_Key="K1")
        self.assertEqual((first.status_code, again.status_code), (202, 202))
        self.assertEqual(first.json(), again.json())
        self.assertNotIn("Idempotency-Replayed", first.headers)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(len(self._messages()), 1)
        self.assertEqual(len(self._order("A1")), 1)

    def test_fault_14_a_checkout_that_is_sent_twice_without_a_key_is_the_same_order(self):
        first = self._post("/orders", self._document("A1"))
        again = self._post("/orders", self._document("A1"))
        self._run_lanes()
        later = self._post("/orders", self._document("A1"), Idempotency_Key="K2")
        self._run_lanes()
        self.assertEqual([a.status_code for a in (first, again, later)], [202, 200, 202])
        [order] = self._order("A1")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0])
        self.assertEqual((len(order.transaction_ids), len(order.picking_ids)), (1, 1))
        self.assertEqual(order.oms_amount_paid, 20.0)
        self.assertFalse(self._holds(order))

    def test_fault_3_the_same_key_with_another_body_is_refused_kept_and_shown(self):
        self._post("/orders", self._document("A1"), Idempotency_Key="K1")
        for _again in range(2):
            answer = self._post("/orders", self._document("A2"), Idempotency_Key="K1")
            problem = self._assert_problem(answer, 409, "key-reused")
            self.assertIn("stored as a conflict", problem["detail"])
        first, conflict = self._messages()
        self.assertEqual(conflict.conflict_of_id, first)
        self.assertEqual(conflict.state, "parked")
        self.assertEqual(self._holds(conflict), ["CONFLICTING_DUPLICATE"])
        self._run_lanes()
        self.assertFalse(self._order("A2"))
        self.assertEqual(len(self._order("A1")), 1)

    def test_a_list_under_a_key_is_one_request(self):
        both = [self._document("A1"), self._document("A2")]
        first = self._post("/orders", both, Idempotency_Key="K1")
        self.assertEqual(self._post("/orders", both, Idempotency_Key="K1").json(), first.json())
        self._assert_problem(
            self._post("/orders", both[:1], Idempotency_Key="K1"), 409, "key-reused"
        )
        self.assertEqual(len(self._messages().filtered(lambda m: not m.conflict_of_id)), 2)

    def test_the_same_key_at_another_address_is_another_request(self):
        self._post("/orders", self._document("A1"), Idempotency_Key="K1")
        answer = self._post("/orders/A1/cancel", {}, Idempotency_Key="K1")
        self._assert_problem(answer, 409, "key-reused")

    def test_a_refused_request_leaves_its_key_free(self):
        self._post("/orders", {}, Idempotency_Key="K1")
        answer = self._post("/orders", self._document("A1"), Idempotency_Key="K1")
        self.assertEqual(answer.status_code, 202)
        self.assertNotIn("Idempotency-Replayed", answer.headers)

    def test_two_channels_may_use_the_same_key(self):
        other = self._make_channel("Other")
        for channel in (self.channel, other):
            answer = self._post(
                "/orders", self._document("A1"), channel=channel, Idempotency_Key="K1"
            )
            self.assertNotIn("Idempotency-Replayed", answer.headers)
            self.assertEqual(len(self._messages(channel)), 1)

    def test_a_key_nobody_can_write_down_is_refused(self):
        for key in ("", "two words", "x" * 201):
            answer = self._post("/orders", self._document("A1"), Idempotency_Key=key)
            self._assert_problem(answer, 400, "bad-key")
        self.assertFalse(self._messages())


class TestApiCancel(ApiCase):
    def setUp(self):
        super().setUp()
        self.channel.auto_ship = False

    def test_a_whole_order_is_cancelled_through_the_inbox(self):
        order = self._capture(self._document("A1"))
        answer = self._post("/orders/A1/cancel", {"reason": "Changed my mind"})
        self.assertEqual(answer.status_code, 202, answer.text)
        [row] = answer.json()["documents"]
        self.assertEqual((row["ref"], row["schema"]), ("A1", "oms.cancellation/1"))
        message = self._messages()[-1]
        self.assertRecordValues(
            message,
            [{"topic": "orders/cancelled", "order_ref": "A1", "state": "pending"}],
        )
        self.assertEqual(order.state, "sale")
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(order.order_line.oms_cancelled_qty, 2)

    def test_pieces_are_cancelled_by_line_or_sku(self):
        order = self._capture(
            self._document("A1", [("MUG", 2, "10.00"), ("POT", 3, "5.00")], paid=False)
        )
        answer = self._post(
            "/orders/A1/cancel",
            {"lines": [{"line_ref": "1", "quantity": 1}, {"sku": "pot", "quantity": "2"}]},
        )
        self.assertEqual(answer.status_code, 202, answer.text)
        self._run_lanes()
        self.assertEqual(order.order_line.mapped("oms_cancelled_qty"), [1, 2])
        lines = self._get("/orders/A1").json()["lines"]
        self.assertEqual(
            [(line["ordered"], line["cancelled"], line["shipped"]) for line in lines],
            [("2", "1", "0"), ("3", "2", "0")],
        )

    def test_fault_37_the_same_cancellation_twice_is_one(self):
        order = self._capture(self._document("A1"))
        first = self._post("/orders/A1/cancel", {"ref": "X1", **PARTLY})
        again = self._post("/orders/A1/cancel", {"ref": "X1", **PARTLY})
        self.assertEqual(first.json(), again.json())
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        other = self._post("/orders/A1/cancel", {"ref": "X1", "lines": []})
        self._assert_problem(other, 409, "key-reused")
        self._run_lanes()
        self.assertEqual(order.order_line.oms_cancelled_qty, 1)

    def test_fault_4_an_order_that_is_still_in_the_inbox_can_be_cancelled(self):
        self._post("/orders", self._document("A1"))
        self.assertEqual(self._post("/orders/A1/cancel", {}).status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order("A1").state, "cancel")
        self.assertFalse(self._order("A1").picking_ids)

    def test_an_order_nobody_told_of_is_not_found(self):
        for path in ("/orders/A9/cancel", "/orders/A9/returns"):
            answer = self._post(path, {"ref": "X1", "amount": "1"})
            self._assert_problem(answer, 404, "unknown-order")
        self.assertFalse(self._messages())

    def test_lines_nobody_knows_and_pieces_that_are_not_there_are_refused(self):
        self._capture(self._document("A1"))
        count = len(self._messages())
        lines = [{"line_ref": "7", "quantity": 1}, {"sku": "VASE", "quantity": 1}]
        problem = self._assert_problem(
            self._post("/orders/A1/cancel", {"lines": lines}), 422, "unknown-line"
        )
        self.assertEqual([e["field"] for e in problem["errors"]], ["lines[0]", "lines[1]"])
        lines = [{"line_ref": "1", "quantity": 1}, {"sku": "MUG", "quantity": 2}]
        problem = self._assert_problem(
            self._post("/orders/A1/cancel", {"lines": lines}), 409, "too-many-pieces"
        )
        self.assertEqual(
            problem["errors"],
            [
                {
                    "field": "lines[1].quantity",
                    "message": "2 units of 'MUG' can be cancelled, 3 were requested",
                }
            ],
        )
        for bad in ({"quantity": 1}, {"sku": "MUG", "quantity": 0}, {"sku": "MUG"}):
            self._assert_problem(
                self._post("/orders/A1/cancel", {"lines": [bad]}), 422, "bad-document"
            )
        self.assertEqual(len(self._messages()), count)

    def test_fault_36_an_order_that_left_is_not_cancelled_any_more(self):
        self.channel.auto_ship = True
        self._capture(self._document("A1"))
        problem = self._assert_problem(self._post("/orders/A1/cancel", {}), 409, "nothing-left")
        self.assertIn("return", problem["detail"])
        answer = self._post("/orders/A1/cancel", PARTLY)
        self._assert_problem(answer, 409, "too-many-pieces")


class TestApiReturns(ApiCase):
    def test_goods_that_come_back_are_announced_through_the_inbox(self):
        order = self._capture(self._document("A1"))
        content = {
            "ref": "R1",
            "reason": "Too small",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "10.00"}],
        }
        answer = self._post("/orders/A1/returns", content)
        self.assertEqual(answer.status_code, 202, answer.text)
        message = self._messages()[-1]
        self.assertEqual((message.topic, message.order_ref), ("refunds", "A1"))
        document = json.loads(message._raw_payload())
        self.assertEqual(document["schema"], "oms.refund/1")
        [refund] = document["refunds"]
        self.assertEqual((refund["ref"], refund["reason"]), ("R1", "Too small"))
        self.assertEqual(
            refund["lines"],
            [
                {
                    "line_ref": "1",
                    "sku": "MUG",
                    "quantity": "1",
                    "amount": "10.00",
                    "tax": None,
                    "returned": True,
                }
            ],
        )
        self._run_lanes()
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(order.order_line.oms_cancelled_qty, 1)
        kinds = [row["kind"] for row in self._get("/orders/A1").json()["invoices"]]
        self.assertEqual(kinds, ["invoice", "credit_note"])

    def test_fault_51_no_more_comes_back_than_left(self):
        self._capture(self._document("A1"))
        lines = [{"sku": "MUG", "quantity": "3"}]
        problem = self._assert_problem(
            self._post("/orders/A1/returns", {"ref": "R1", "lines": lines}),
            409,
            "too-many-pieces",
        )
        self.assertEqual(
            problem["errors"][0]["message"],
            "2 units of 'MUG' were shipped, 3 were reported as returned",
        )
        lines = [{"sku": "MUG", "quantity": "2"}]
        self._post("/orders/A1/returns", {"ref": "R1", "lines": lines})
        self._run_lanes()
        self._assert_problem(
            self._post("/orders/A1/returns", {"ref": "R2", "lines": lines}),
            409,
            "too-many-pieces",
        )

    def test_the_same_return_twice_is_one(self):
        order = self._capture(self._document("A1"))
        content = {"ref": "R1", "lines": [{"sku": "MUG", "quantity": "1"}]}
        first = self._post("/orders/A1/returns", content)
        again = self._post("/orders/A1/returns", content)
        self.assertEqual(first.json(), again.json())
        self._assert_problem(
            self._post("/orders/A1/returns", {**content, "reason": "Other"}), 409, "key-reused"
        )
        self._run_lanes()
        self.assertEqual(order.order_line.oms_cancelled_qty, 1)

    def test_money_alone_can_be_given_back(self):
        self._capture(self._document("A1"))
        answer = self._post("/orders/A1/returns", {"ref": "R1", "amount": "5.00"})
        self.assertEqual(answer.status_code, 202)
        [refund] = json.loads(self._messages()[-1]._raw_payload())["refunds"]
        self.assertEqual((refund["amount"], refund["lines"]), ("5.00", []))

    def test_a_return_without_id_or_without_anything_is_refused(self):
        self._capture(self._document("A1"))
        for content, field in (
            ({"lines": [{"sku": "MUG", "quantity": 1}]}, "ref"),
            ({"ref": "  ", "amount": "1"}, "ref"),
            ({"ref": "R1"}, "lines"),
            ({"ref": "R1", "lines": [{"sku": "MUG", "quantity": -1}]}, "lines[0].quantity"),
        ):
            problem = self._assert_problem(
                self._post("/orders/A1/returns", content), 422, "bad-document"
            )
            self.assertEqual(problem["errors"][0]["field"], field)


class TestApiStatus(ApiCase):
    def test_an_order_is_told_from_the_inbox_to_the_door(self):
        self._post("/orders", self._document("A1"))
        status = self._get("/orders/A1").json()
        self.assertEqual((status["state"], status["step"], status["lines"]), ("received", "", []))
        [message] = status["messages"]
        self.assertEqual((message["state"], message["problems"]), ("pending", []))
        self._run_lanes()
        order = self._order("A1")
        parcel = order.oms_parcel_ids
        parcel.write(
            {
                "name": "JD 014",
                "carrier_id": self.env["delivery.carrier"]
                .create(
                    {
                        "name": "Post",
                        "product_id": self.pot.id,
                        "tracking_url": "https://t.example/<shipmenttrackingnumber>",
                    }
                )
                .id,
            }
        )
        status = self._get("/orders/A1").json()
        self.assertEqual(
            {key: status[key] for key in ("ref", "number", "state", "step", "payment")},
            {
                "ref": "A1",
                "number": "#A1",
                "state": "waiting",
                "step": "deliver",
                "payment": "paid",
            },
        )
        self.assertEqual(
            (status["currency"], status["total"], status["paid"], status["refunded"]),
            (self.company.currency_id.name, "20.00", "20.00", "0.00"),
        )
        self.assertEqual(status["placed_at"], "2026-03-01T09:00:00Z")
        self.assertTrue(status["waits_for"])
        self.assertEqual(
            status["lines"],
            [
                {
                    "ref": "1",
                    "sku": "MUG",
                    "name": "Mug",
                    "kind": "product",
                    "ordered": "2",
                    "shipped": "2",
                    "cancelled": "0",
                }
            ],
        )
        [told] = status["parcels"]
        self.assertTrue(told.pop("shipped_at"))
        self.assertEqual(
            told,
            {
                "carrier": "Post",
                "number": "JD 014",
                "url": "https://t.example/JD 014",
                "state": "pending",
            },
        )
        self.assertEqual(
            status["invoices"],
            [
                {
                    "number": order.invoice_ids.name,
                    "kind": "invoice",
                    "date": "2026-03-01",
                    "total": "20.00",
                    "currency": self.company.currency_id.name,
                }
            ],
        )
        self.assertEqual((status["problems"], status["messages"]), ([], []))

    def test_what_is_parked_tells_why(self):
        self._post("/orders", self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        status = self._get("/orders/A1").json()
        self.assertEqual(status["state"], "parked")
        self.assertIn("NEW", status["waits_for"])
        [message] = status["messages"]
        self.assertEqual(message["state"], "parked")
        self.assertEqual([p["code"] for p in message["problems"]], ["UNKNOWN_SKU"])

    def test_an_order_that_is_held_tells_why(self):
        self._capture(self._document("A1", total="99.00"))
        status = self._get("/orders/A1").json()
        self.assertEqual(status["state"], "held")
        self.assertIn("TOTAL_MISMATCH", [p["code"] for p in status["problems"]])
        self.assertTrue(all(p["message"] for p in status["problems"]))

    def test_quantities_are_in_the_units_of_the_channel(self):
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SIX",
                "product_id": self.mug.id,
                "multiplier": 6,
            }
        )
        self._capture(self._document("A1", [("SIX", 2, "60.00")]))
        [line] = self._get("/orders/A1").json()["lines"]
        self.assertEqual((line["sku"], line["ordered"], line["shipped"]), ("SIX", "2", "2"))
        [row] = self._get("/availability?sku=SIX").json()["items"]
        self.assertEqual(row["quantity"], (100 - 12) // 6)

    def test_a_ref_may_have_any_letters(self):
        for ref in ("2026/0001", "a b", "ü✓", "x/cancel", "100%"):
            with self.subTest(ref=ref):
                self._capture(self._document(ref))
                answer = self._get("/orders/" + quote(ref, safe=""))
                self.assertEqual(answer.status_code, 200, answer.text)
                self.assertEqual(answer.json()["ref"], ref)
        answer = self._get("/orders/a%00b")
        self._assert_problem(answer, 404, "unknown-order")

    def test_changes_are_read_page_by_page_and_nothing_twice(self):
        self._capture(*[self._document(f"A{n}") for n in range(5)])
        seen, cursor = [], ""
        for _page in range(5):
            page = self._get(f"/orders?limit=2{cursor}").json()
            seen += [order["ref"] for order in page["orders"]]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        self.assertEqual(sorted(seen), [f"A{n}" for n in range(5)])
        later = page["next_updated_after"]
        self.assertTrue(later.endswith("Z"))

    def test_only_what_changed_after_a_time_is_told(self):
        orders = self._capture(self._document("A1"), self._document("A2"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET write_date = '2026-01-01' WHERE id = %s", [orders[0].id]
        )
        page = self._get("/orders?updated_after=2026-01-01T00:00:00Z").json()
        self.assertEqual([order["ref"] for order in page["orders"]], ["A2"])
        page = self._get("/orders?updated_after=2025-12-31T23:59:59Z").json()
        self.assertEqual([order["ref"] for order in page["orders"]], ["A1", "A2"])

    def test_parameters_that_are_none_are_named(self):
        for query, field in (
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=ten", "limit"),
            ("cursor=x", "cursor"),
            ("updated_after=yesterday", "updated_after"),
        ):
            problem = self._assert_problem(self._get(f"/orders?{query}"), 422, "bad-parameter")
            self.assertEqual(problem["errors"][0]["field"], field)
        many = "&".join(f"sku={n}" for n in range(201))
        for query in ("sku=", many, "cursor=x"):
            self._assert_problem(self._get(f"/availability?{query}"), 422, "bad-parameter")

    def test_reading_a_page_of_orders_costs_no_query_for_each(self):
        self._capture(*[self._document(f"A{n}") for n in range(12)])
        self._run_lanes()
        api = self.env["oms.api"]
        counts = []
        # The first time some settings are read.
        for limit in (2, 2, 12):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            api._list_orders(self.channel, None, None, limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


class TestApiAvailability(ApiCase):
    def test_skus_are_told_as_the_channel_may_sell_them(self):
        self.channel.write({"stock_buffer": 5})
        self._make_product("WRAP", "Gift wrap", is_storable=False)
        items = self._get("/availability?sku=MUG&sku=pot&sku=WRAP&sku=VASE").json()["items"]
        self.assertEqual(
            items,
            [
                {"sku": "MUG", "name": "Mug", "state": "counted", "quantity": 95},
                {"sku": "pot", "name": "Pot", "state": "counted", "quantity": 95},
                {"sku": "WRAP", "name": "Gift wrap", "state": "unlimited", "quantity": None},
                {"sku": "VASE", "name": "", "state": "unknown", "quantity": None},
            ],
        )

    def test_what_was_sold_is_gone_and_never_less_than_nothing_is_there(self):
        self._make_product("ONE", "One", stock=1)
        self._capture(self._document("A1", [("ONE", 3, "10.00"), ("MUG", 2, "1.00")]))
        items = self._get("/availability?sku=ONE&sku=MUG").json()["items"]
        self.assertEqual([item["quantity"] for item in items], [0, 98])

    def test_all_listings_are_told_page_by_page(self):
        self.env["oms.channel.listing"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "sku": f"L{n}",
                    "name": f"Listing {n}",
                    "product_id": self.mug.id,
                    "multiplier": n,
                }
                for n in range(1, 4)
            ]
        )
        first = self._get("/availability?limit=2").json()
        second = self._get(f"/availability?limit=2&cursor={first['next_cursor']}").json()
        self.assertEqual(
            [(row["sku"], row["quantity"]) for row in first["items"] + second["items"]],
            [("L1", 100), ("L2", 50), ("L3", 33)],
        )
        self.assertIsNone(second["next_cursor"])

    def test_the_goods_of_another_channel_are_not_told(self):
        other = self._make_channel("Other")
        self.env["oms.channel.listing"].create(
            {"channel_id": other.id, "sku": "THEIRS", "product_id": self.mug.id}
        )
        self.assertEqual(self._get("/availability").json()["items"], [])
        [row] = self._get("/availability?sku=THEIRS").json()["items"]
        self.assertEqual(row["state"], "unknown")


class TestApiAccess(ApiCase):
    def test_without_a_key_nobody_reads_or_writes(self):
        nonsense = {"Authorization": "Bearer nonsense", "X-Oms-Channel": self.channel.token}
        for headers in (
            {},
            {"X-Oms-Channel": self.channel.token},
            nonsense,
            {**nonsense, "Authorization": f"Basic {self.key}"},
        ):
            answer = self.url_open("/oms/api/v1/orders", headers=headers)
            self._assert_problem(answer, 401, "no-key")
            self.assertEqual(answer.headers["WWW-Authenticate"], 'Bearer realm="oms"')
            self.assertNotIn("Set-Cookie", answer.headers)

    def test_a_key_of_another_scope_or_one_that_expired_opens_nothing(self):
        self._assert_problem(
            self._get("/orders", key=self._make_key(self.agent, "rpc")), 401, "no-key"
        )
        self.env.cr.execute("UPDATE res_users_apikeys SET expiration_date = '2026-01-01'")
        self._assert_problem(self._get("/orders"), 401, "no-key")

    def test_a_session_of_a_person_is_no_key(self):
        self.authenticate("admin", "admin")
        answer = self.url_open("/oms/api/v1/orders", headers={"X-Oms-Channel": self.channel.token})
        self._assert_problem(answer, 401, "no-key")

    def test_a_user_without_a_role_of_ours_is_refused(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        key = self._make_key(stranger)
        self._assert_problem(self._get("/orders", key=key), 403, "not-allowed")
        self._assert_problem(
            self._post("/orders", self._document("A1"), key=key), 403, "not-allowed"
        )
        self.assertFalse(self._messages())

    def test_an_auditor_reads_and_does_not_write(self):
        auditor = new_test_user(
            self.env, "api_auditor", groups="base.group_user,oms_addon.oms_addon_group_auditor"
        )
        key = self._make_key(auditor)
        self._capture(self._document("A1"))
        self.assertEqual(self._get("/orders/A1", key=key).json()["ref"], "A1")
        self.assertEqual(self._get("/availability?sku=MUG", key=key).status_code, 200)
        for path in ("/orders", "/orders/A1/cancel", "/orders/A1/returns"):
            self._assert_problem(self._post(path, {}, key=key), 403, "not-allowed")
        self.assertEqual(len(self._messages()), 1)

    def test_a_channel_has_to_be_named_and_to_be_there(self):
        answer = self.url_open(
            "/oms/api/v1/orders", headers={"Authorization": f"Bearer {self.key}"}
        )
        self._assert_problem(answer, 400, "no-channel")
        answer = self._get("/orders", **{"X-Oms-Channel": "nope"})
        self._assert_problem(answer, 404, "unknown-channel")

    def test_a_channel_of_another_company_is_not_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["oms.channel"].create(
            {"name": "Foreign", "adapter": "canonical", "company_id": company.id}
        )
        answer = self._post("/orders", self._document("A1"), channel=foreign)
        self._assert_problem(answer, 404, "unknown-channel")
        self.agent.company_ids += company
        answer = self._post("/orders", self._document("A1"), channel=foreign)
        self.assertEqual(answer.status_code, 202)
        self.assertEqual(self._messages(foreign).company_id, company)

    def test_a_channel_that_speaks_for_itself_is_read_and_not_written(self):
        sample = self._make_channel("Files", adapter="csv_file")
        self.assertEqual(self._get("/orders", channel=sample).status_code, 200)
        answer = self._post("/orders", self._document("A1"), channel=sample)
        self._assert_problem(answer, 403, "foreign-channel")
        self.assertFalse(self._messages(sample))

    def test_ids_that_two_shops_of_one_company_use_are_kept_apart(self):
        other = self._make_channel("Other")
        self._post("/orders", self._document("A1"))
        self._post("/orders", self._document("A1", [("POT", 1, "7.00")]), channel=other)
        self._run_lanes()
        self.assertEqual(self._get("/orders/A1").json()["total"], "20.00")
        self.assertEqual(self._get("/orders/A1", channel=other).json()["total"], "7.00")
        [listed] = self._get("/orders", channel=other).json()["orders"]
        self.assertEqual(listed["total"], "7.00")
        self._post("/orders/A1/cancel", {}, channel=other)
        self._run_lanes()
        self.assertNotEqual(self._order("A1").oms_status, "cancelled")

    def test_a_paused_channel_takes_orders_and_works_them_off_later(self):
        self.channel.action_pause()
        self.assertEqual(self._post("/orders", self._document("A1")).status_code, 202)
        self._run_lanes()
        self.assertEqual(self._messages().state, "pending")
        self.channel.action_go_live()
        self._run_lanes()
        self.assertEqual(len(self._order("A1")), 1)


class TestApiRate(ApiCase):
    def setUp(self):
        super().setUp()
        api = self.env.registry["oms.api"]
        self.startPatcher(patch.object(api, "_rate", 0.001))
        self.startPatcher(patch.object(api, "_burst", 3.0))

    def test_fault_59_too_many_requests_of_a_key_are_refused_until_there_is_room(self):
        for left in (2, 1, 0):
            answer = self._get("/orders")
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(answer.headers["RateLimit-Policy"], '"key";q=3;w=3000')
            self.assertEqual(answer.headers["RateLimit"].split(";")[1], f"r={left}")
        answer = self._post("/orders", self._document("A1"))
        self._assert_problem(answer, 429, "too-many")
        self.assertGreater(int(answer.headers["Retry-After"]), 900)
        self.assertEqual(answer.headers["RateLimit"].split(";")[1], "r=0")
        self.assertFalse(self._messages())

    def test_another_key_and_another_channel_have_room_of_their_own(self):
        for _request in range(4):
            answer = self._get("/orders")
        self.assertEqual(answer.status_code, 429)
        other = new_test_user(self.env, "api_other", groups=AGENT)
        self.assertEqual(self._get("/orders", key=self._make_key(other)).status_code, 200)
        self.assertEqual(self._get("/orders", channel=self._make_channel("Other")).status_code, 200)

    def test_no_key_is_kept_in_the_meter(self):
        self._get("/orders")
        names = self.env["oms.channel.meter"].search([]).mapped("name")
        self.assertTrue(any(name.startswith("api:") for name in names))
        self.assertFalse(any(self.key[:8] in name for name in names))


class TestApiRace(RaceCase):
    def test_fault_1_the_same_key_ten_times_at_once_is_one_request(self):
        def prepare(env):
            OmsCommon.company = env.company
            channel = env["oms.channel"].create({"name": "Race", "adapter": "canonical"})
            channel.action_go_live()
            return channel.id, json.dumps(OmsCommon._document("A1")).encode()

        channel_id, body = self.commit(prepare)

        def post(env):
            channel = env["oms.channel"].browse(channel_id)
            status, content, headers = env["oms.api"]._post(channel, body, "K1")
            return status, content["documents"], bool(headers)

        answers = self.run_parallel([post] * 10)
        self.assertEqual({status for status, _rows, _replayed in answers}, {202})
        self.assertEqual(sorted(again for _status, _rows, again in answers), [False] + [True] * 9)
        self.assertEqual(len({json.dumps(rows) for _status, rows, _again in answers}), 1)
        count = self.commit(
            lambda env: env["oms.channel.message"].search_count([("channel_id", "=", channel_id)])
        )
        self.assertEqual(count, 1)
