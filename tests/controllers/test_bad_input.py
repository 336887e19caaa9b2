"""What a channel may send by mistake or on purpose, by either way in."""

import hashlib
import json
import logging
import time

from odoo.addons.oms_addon.tools import signature

from .common import ApiCase

SECRET = "s3cret-of-the-shop"
LARGE = b'{"note": "' + b"x" * (20 * 1024**2) + b'"}'
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class TestBadInput(ApiCase):
    def setUp(self):
        super().setUp()
        self.channel.webhook_secret = SECRET

    def _webhook(self, body, *, secret=SECRET, timestamp=None, **headers):
        """:return: the answer to a signed message"""
        timestamp = str(timestamp or int(time.time()))
        return self.url_open(
            f"/oms/webhook/{self.channel.token}",
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": signature.sign(secret, timestamp, body),
                **headers,
            },
        )

    def _both(self, body, **headers):
        """:return: the answers of the API and of the webhook to a body"""
        api_headers = {name.replace("-", "_"): value for name, value in headers.items()}
        return (
            self._post("/orders", None, body=body, **api_headers),
            self._webhook(body, **headers),
        )

    def _assert_not_blocked(self, ref="GOOD"):
        """See that an order behind the bad one goes its way."""
        self.assertEqual(self._post("/orders", self._document(ref)).status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order(ref).state, "sale")

    # === WHAT IS REFUSED === #

    def test_what_is_no_json_is_refused_and_nothing_is_kept(self):
        for body in (b"", b"{", b"not json", b'{"a": NaN}', b"[" * 100_000, b'{"a": 1}}'):
            for answer in self._both(body):
                self._assert_problem(answer, 400, "bad-json")
        self.assertFalse(self._messages())
        self._assert_not_blocked()

    def test_what_is_json_and_no_document_is_refused_with_the_field(self):
        for content, field in (
            ("text", ""),
            (None, ""),
            ({}, "ref"),
            ({**self._document("A1"), "placed_at": "noon"}, "placed_at"),
            ({**self._document("A1"), "ref": "x" * 251}, "ref"),
            ({**self._document("A1"), "schema": "oms.order/9"}, "schema"),
            ({**self._document("A1"), "lines": [{"quantity": 1e400}]}, "lines[0].quantity"),
        ):
            body = json.dumps(content).replace("Infinity", "1e400").encode()
            for answer in self._both(body):
                problem = self._assert_problem(answer, 422, "bad-document")
                self.assertEqual(problem["errors"][0]["field"], field)
        self.assertFalse(self._messages())
        self._assert_not_blocked()

    def test_another_encoding_than_utf_8_is_refused(self):
        text = json.dumps({**self._document("A1"), "note": "Größe"}, ensure_ascii=False)
        for encoding in ("latin-1", "utf-16", "cp1252"):
            answer = self._post("/orders", None, body=text.encode(encoding))
            self._assert_problem(answer, 400, "bad-encoding")
        self._assert_problem(self._webhook(text.encode("latin-1")), 400, "bad-json")
        self.assertFalse(self._messages())
        answer = self._post("/orders", None, body=text.encode("utf-8-sig"))
        self.assertEqual(answer.status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order("A1").oms_note, "Größe")

    def test_another_type_than_json_is_refused(self):
        body = json.dumps(self._document("A1")).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            answer = self._post("/orders", None, body=body, Content_Type=kind)
            self._assert_problem(answer, 415, "bad-type")
        self.assertFalse(self._messages())
        answer = self._post(
            "/orders", None, body=body, Content_Type="application/json; charset=utf-8"
        )
        self.assertEqual(answer.status_code, 202)

    def test_twenty_megabytes_are_refused_before_they_are_read(self):
        for answer in self._both(LARGE):
            self._assert_problem(answer, 413, "too-large")
        self.assertFalse(self._messages())
        self._assert_not_blocked()

    def test_methods_nobody_knows_are_refused_with_those_that_are_known(self):
        for path, method, allowed in (
            ("/oms/api/v1/orders", "DELETE", {"GET", "HEAD", "OPTIONS", "POST"}),
            ("/oms/api/v1/orders/A1", "PUT", {"GET", "HEAD", "OPTIONS"}),
            (f"/oms/webhook/{self.channel.token}", "GET", {"OPTIONS", "POST"}),
            (f"/oms/tracking/{self.channel.token}", "PATCH", {"OPTIONS", "POST"}),
        ):
            answer = self.url_open(path, method=method, headers=self._headers())
            self._assert_problem(answer, 405, "bad-method")
            self.assertEqual(set(answer.headers["Allow"].split(", ")), allowed)

    def test_addresses_nobody_knows_are_refused_in_the_same_form(self):
        for path in (
            "/oms/api/v1/nope",
            "/oms/api/v2/orders",
            "/oms/webhook/",
            "/oms/tracking/a/b",
        ):
            answer = self.url_open(path, headers=self._headers())
            self._assert_problem(answer, 404, "unknown-address")
        answer = self.url_open("/oms/webhook/nope", data=b"{}")
        self._assert_problem(answer, 404, "unknown-channel")

    def test_what_goes_wrong_here_is_told_without_a_trace(self):
        self.patch(self.env.registry["oms.api"], "_post", lambda *args: 1 / 0)
        with self.assertLogs("odoo.http", "ERROR"):
            answer = self._post("/orders", self._document("A1"))
        problem = self._assert_problem(answer, 500, "failed")
        self.assertNotIn("ZeroDivision", json.dumps(problem))

    def test_fault_8_forged_and_old_signatures_are_refused_and_counted(self):
        body = json.dumps(self._document("A1")).encode()
        hour_ago = int(time.time()) - 3600
        for answer in (
            self._webhook(body, secret="guessed"),
            self._webhook(body, timestamp=hour_ago),
            self._webhook(body, **{"X-Oms-Signature": "f" * 64}),
            self._webhook(body, **{"X-Oms-Signature": "é".encode().decode("latin-1")}),
            self._webhook(body, **{"X-Oms-Timestamp": "now"}),
        ):
            self._assert_problem(answer, 401, "bad-signature")
        self.assertFalse(self._messages())
        refused = [("code", "=", "channel.refused"), ("res_id", "=", self.channel.id)]
        self.assertEqual(self.env["oms.event"].search_count(refused), 1)
        self._assert_not_blocked()

    def test_the_name_of_an_event_has_a_limit(self):
        body = json.dumps(self._document("A1")).encode()
        for name in ("X-Oms-Event", "X-Oms-Topic", "Idempotency-Key"):
            self._assert_problem(self._webhook(body, **{name: "x" * 251}), 400, "bad-event")
        # One too long for an index of the database.
        key = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(100))
        self._assert_problem(self._webhook(body, **{"Idempotency-Key": key}), 400, "bad-event")
        self.assertFalse(self._messages())

    # === WHAT IS TAKEN AND WAITS FOR A PERSON === #

    def test_a_topic_nobody_knows_is_read_by_what_its_document_is(self):
        body = json.dumps(self._document("A1")).encode()
        answer = self._webhook(body, **{"X-Oms-Topic": "weather/changed"})
        self.assertEqual(answer.status_code, 200)
        self._run_lanes()
        self.assertEqual(self._messages().state, "done")
        self.assertEqual(len(self._order("A1")), 1)

    def test_what_odoo_lacks_is_asked_of_a_person_and_goes_on_once_it_is_there(self):
        currency = self.env["res.currency"].with_context(active_test=False)
        code = "XAF" if self.company.currency_id.name != "XAF" else "XOF"
        currency = currency.search([("name", "=", code)])
        currency.active = False
        self._post("/orders", self._document("A1", currency=code))
        self._run_lanes()
        [message] = self._messages()
        self.assertEqual(self._holds(message), ["UNKNOWN_CURRENCY"])
        status = self._get("/orders/A1").json()
        self.assertEqual(status["state"], "parked")
        self.assertIn(code, status["waits_for"])
        self._assert_not_blocked()
        currency.active = True
        self._run_lanes()
        self.assertEqual(self._holds(message), ["NO_EXCHANGE_RATE"])
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-02-27", "rate": 600.0}
        )
        self._run_lanes()
        self.assertEqual(self._order("A1").currency_id, currency)

    def test_a_country_that_is_none_keeps_the_order_and_says_so(self):
        document = self._document("A1")
        document["shipping"]["country"] = "XX"
        self._post("/orders", document)
        self._run_lanes()
        status = self._get("/orders/A1").json()
        codes = {p["code"] for m in [status, *status["messages"]] for p in m["problems"]}
        self.assertEqual(codes, {"UNKNOWN_COUNTRY"})
        self._assert_not_blocked()

    def test_a_tax_that_is_not_mapped_keeps_the_order_and_says_so(self):
        document = self._document("A1")
        document["lines"][0]["taxes"] = [{"name": "Odd", "rate": "13.37"}]
        self._post("/orders", document)
        self._run_lanes()
        status = self._get("/orders/A1").json()
        self.assertEqual(status["state"], "parked")
        self.assertIn("13.37", status["waits_for"])
        self._assert_not_blocked()

    def test_fault_9_wrong_values_in_a_document_are_kept_and_shown(self):
        document = self._document("A1", customer={}, lines=[])
        self._post("/orders", document)
        self._run_lanes()
        [message] = self._messages()
        self.assertEqual(message.state, "parked")
        self.assertIn("NO_LINES", self._holds(message))
        self.assertEqual(json.loads(message._raw_payload())["ref"], "A1")
        self._assert_not_blocked()

    # === WHAT IS UNUSUAL AND RIGHT === #

    def test_fault_63_fifteen_hundred_lines_are_one_order(self):
        lines = [("MUG" if n % 2 else "POT", 1, "1.00") for n in range(1500)]
        answer = self._post("/orders", self._document("A1", lines, paid=False))
        self.assertEqual(answer.status_code, 202)
        self._run_lanes("inbox")
        order = self._order("A1")
        self.assertEqual((len(order.order_line), order.amount_total), (1500, 1500.0))
        self.assertEqual(len(self._get("/orders/A1").json()["lines"]), 1500)

    def test_letters_of_every_script_are_kept(self):
        name, note = "مريم 🧵 ‏أحمد", "🎁 für Zoë – שלום"
        document = self._document("A1", note=note)
        document["customer"]["name"] = document["shipping"]["name"] = name
        document["lines"][0]["name"] = "☕ كوب"
        self._post("/orders", document)
        self._run_lanes()
        order = self._order("A1")
        self.assertEqual(order.partner_id.name, name)
        self.assertEqual(order.oms_note, note)
        self.assertEqual(self._get("/orders/A1").json()["lines"][0]["name"], "☕ كوب")

    def test_letters_no_database_stores_do_no_harm(self):
        body = json.dumps(self._document("A1", note="a\x00b \ud800")).encode()
        for answer in self._both(body):
            self.assertIn(answer.status_code, (200, 202))
        answer = self._post("/orders", [self._document("A2", note="a\x00b \ud800")])
        self.assertEqual(answer.status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order("A1").oms_note, "a\ufffdb \ufffd")
        self.assertEqual(self._order("A2").oms_note, "a\ufffdb \ufffd")

    def test_html_is_shown_as_the_text_it_is(self):
        document = self._document("A1", [("NEW", 1, "1.00")], note=SCRIPT)
        document["customer"]["name"] = document["lines"][0]["name"] = SCRIPT
        self._post("/orders", document)
        self._run_lanes()
        [message] = self._messages()
        self.assertIn("&lt;script&gt;", message.summary)
        for tag in ("<script", "<img"):
            self.assertNotIn(tag, message.summary)
        # A text field: the web client shows it as text.
        self.assertEqual(message._fields["error"].type, "char")
        self._post("/orders", {**self._document("A2"), "note": SCRIPT})
        self._run_lanes()
        self.assertEqual(self._order("A2").oms_note, SCRIPT)
        for body in self._order("A2").message_ids.mapped("body"):
            self.assertNotIn("<script", body)

    def test_html_in_an_error_does_not_reach_the_owners_list(self):
        self.channel._notify_owner("Message failed", f"found {SCRIPT}")
        note = self.channel.activity_ids.note
        self.assertIn("&lt;script&gt;", note)
        self.assertNotIn("<img", note)

    # === SECRETS === #

    def test_no_secret_is_in_any_log_or_answer(self):
        body = json.dumps(self._document("A1")).encode()
        with self.assertLogs("odoo", logging.INFO) as logs:
            answers = [
                self._webhook(body),
                self._webhook(body, secret="guessed"),
                self._webhook(b"{"),
                self._post("/orders", self._document("A2"), Idempotency_Key="K1"),
                self._post("/orders", self._document("A3"), Idempotency_Key="K1"),
                self._post("/orders", None, body=b"{"),
                self._post("/orders", self._document("A2"), key="wrong" + self.key),
                self._get("/nope"),
            ]
            self._run_lanes()
        told = "\n".join([*logs.output, *[answer.text for answer in answers]])
        for secret in (SECRET, self.key, self.key[8:], "guessed"):
            self.assertNotIn(secret, told)
