"""Requests that are made to break, to fill up or to mislead: answered in words, never with 500."""

import json
import socket
import time
from urllib.parse import urlsplit

from odoo.sql_db import db_connect
from odoo.tests.common import get_db_name

from odoo.addons.oms_addon.models.channel.oms_channel_receive import REFUSED_ALERT
from odoo.addons.oms_addon.tools import signature

from .common import ApiCase

SECRET = "s3cret-of-the-shop"
PATHS = (
    "/oms/webhook/%00",
    "/oms/webhook/a%00b",
    "/oms/tracking/%00",
    "/oms/api/v1/orders/%00",
    "/oms/api/v1/orders/%00/cancel",
    "/oms/api/v1/orders/a%00b/returns",
    "/oms/api/v1/carts/%00",
    "/oms/webhook/%ff%fe",
    "/oms/webhook/%ed%a0%80",
    "/oms/api/v1/orders/%ed%a0%80",
    "/oms/api/v1/orders/..%2f..%2fweb",
    "/oms/api/v1/orders/" + "x" * 5000,
    "/oms/api/v1/carts/" + "9" * 5000,
)
QUERIES = (
    "updated_after=" + "9" * 5000,
    "updated_after=2026-01-01T00:00:00." + "1" * 5000,
    "updated_after=0001-01-01T00:00:00%2B23:59",
    "updated_after=9999-12-31T23:59:59-23:59",
    "updated_after=%00",
    "cursor=" + "9" * 5000,
    "cursor=9999999999999999-9999999999",
    "cursor=%00",
    "limit=" + "9" * 5000,
    "limit=%00",
    "limit=%d9%a1",
    "updated_after=%ff",
)


class TestHostileRequests(ApiCase):
    @classmethod
    def setUpClass(cls):
        # What meters others left is not seen by this class, so that it may remove its own.
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute("DELETE FROM oms_channel_meter")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.channel.webhook_secret = SECRET

    def _webhook(self, body, *, secret=SECRET, timestamp=None, kind="webhook", **headers):
        timestamp = str(timestamp or int(time.time()))
        return self.url_open(
            f"/oms/{kind}/{self.channel.token}",
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": signature.sign(secret, timestamp, body),
                **headers,
            },
        )

    def _assert_refused(self, answer, label):
        self.assertIn(answer.status_code // 100, (2, 4), f"{label}: {answer.text[:300]}")
        self.assertNotIn("Traceback", answer.text)

    # === 500s === #

    def test_no_path_breaks_the_server(self):
        for path in PATHS:
            for method in ("GET", "POST", "DELETE"):
                answer = self.url_open(
                    path,
                    data=b"{}" if method == "POST" else None,
                    method=method,
                    headers={"Content-Type": "application/json", **self._headers()},
                )
                with self.subTest(path=path[:60], method=method):
                    self._assert_refused(answer, path[:60])
                    # A cart that is not there is released: nothing of it is left.
                    is_release = method == "DELETE" and "/carts/" in path
                    self.assertTrue(answer.status_code // 100 == 4 or is_release)

    def test_no_query_breaks_the_server(self):
        for path in ("/orders", "/availability"):
            for query in (*QUERIES, "sku=%00", "sku=" + "x" * 5000, "sku=%ed%a0%80"):
                with self.subTest(path=path, query=query[:60]):
                    self._assert_refused(self._get(f"{path}?{query}"), query[:60])

    def test_no_header_breaks_the_server(self):
        latin = "é".encode().decode("latin-1")
        for name in ("Authorization", "X-Oms-Channel", "Idempotency-Key", "X-Oms-Event"):
            for value in (latin, "Bearer " + latin, "x" * 5000, "Bearer", "Bearer " + "9" * 5000):
                with self.subTest(name=name, value=value[:20]):
                    headers = {**self._headers(), name: value}
                    answer = self.url_open("/oms/api/v1/orders", headers=headers)
                    self._assert_refused(answer, name)
                    answer = self._webhook(b"{}", **{name: value})
                    self._assert_refused(answer, name)

    def test_no_document_breaks_the_server(self):
        deep = "[" * 900 + "]" * 900
        big = "9" * 5000
        documents = {
            "nested": self._document("A1", note="@"),
            "version": self._document("A2", version=big),
            "moment": self._document("A3", placed_at=f"2026-01-01T00:00:00.{big}Z"),
            "moment of digits": self._document("A4", placed_at=big),
            "number": self._document("A5", total=big),
            "small number": self._document("A6", total="0." + big),
            "power": self._document("A7", total="1e999"),
            "zone": self._document("A8", source_zone="../../etc/passwd"),
            "long zone": self._document("A9", source_zone="x" * 5000),
            "nul": self._document("A10", number="a\x00b", note="\x00" * 50),
            "reference": self._document("\x00"),
        }
        for label, document in documents.items():
            body = json.dumps(document).replace('"@"', deep).encode()
            with self.subTest(label):
                self._assert_refused(self._post("/orders", None, body=body), label)
                self._assert_refused(self._webhook(body), label)
                self._assert_refused(self._webhook(body, kind="tracking"), label)
        for body in (deep.encode(), ('{"a":' * 900 + "1" + "}" * 900).encode(), big.encode()):
            for answer in (self._post("/orders", None, body=body), self._webhook(body)):
                self.assertEqual(answer.status_code // 100, 4)
        self._run_lanes()
        self.assertEqual(self._post("/orders", self._document("GOOD")).status_code, 202)
        self._run_lanes()
        self.assertEqual(self._order("GOOD").state, "sale")

    def test_a_version_of_any_length_is_taken_and_compared(self):
        newer, older = "1" + "0" * 200, "9" * 200
        for version, note in ((newer, "newer"), (older, "older")):
            self._post("/orders", self._document("A1", version=version, note=note))
            self._run_lanes()
        self.assertEqual(self._order("A1").oms_note, "newer")

    def test_the_payload_of_deep_json_is_shown_as_it_came(self):
        for body in (b"[" * 900 + b"]" * 900, b"[" * 100_000, b"9" * 5000):
            message = self.channel._receive("orders", f"deep {len(body)}", body)
            self.assertEqual(message.payload_text, body.decode())
        self._run_lanes()
        self.assertLessEqual(set(self._messages().mapped("state")), {"failed", "parked"})

    # === THE HOST === #

    def test_the_host_a_request_names_is_told_to_nobody(self):
        for path in (
            "/oms/api/v1/openapi.json",
            "/oms/api/v1/docs",
            "/oms/api//v1/docs",
            "/oms/api/v1/docs/",
            "/oms/webhook//x",
            f"/oms/webhook/{self.channel.token}",
        ):
            headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
            answer = self.url_open(path, headers=headers, allow_redirects=False)
            with self.subTest(path):
                self.assertNotIn("evil.example", answer.text + str(answer.headers))
                self.assertFalse(answer.is_redirect)

    # === METERS AND FLOODS === #

    def _meters(self, name):
        """:return: the rows of the channel that count something"""
        return self.env["oms.channel.meter"].search(
            [("channel_ref", "=", self.channel.id), ("name", "=like", name)]
        )

    def test_a_key_has_one_bucket_however_it_is_written(self):
        for form in ("Bearer %s", "bearer %s", "BEARER   %s", "Bearer\t%s", "Bearer %s  "):
            headers = {**self._headers(), "Authorization": form % self.key}
            self.assertEqual(self.url_open("/oms/api/v1/orders", headers=headers).status_code, 200)
        self.assertEqual(len(self._meters("api:%")), 1)

    def test_wrong_keys_leave_no_meter(self):
        for number in range(20):
            key = f"{number:08d}{self.key[8:]}"
            self._assert_problem(self._get("/orders", key=key), 401, "no-key")
        self.assertFalse(self._meters("%"))

    def test_meters_of_keys_that_are_not_used_and_of_channels_that_are_gone_go(self):
        self._get("/orders")
        meter = self.env["oms.channel.meter"]
        meter._gc_meters()
        row = self._meters("api:%")
        self.assertEqual(len(row), 1)
        row.counted_at -= 86_401
        gone = meter.create({"name": "breaker", "channel_ref": 2**31 - 1, "company_id": 1})
        self.env.flush_all()
        meter._gc_meters()
        self.assertFalse((row + gone).exists())

    def test_a_flood_of_forged_messages_is_one_event_and_one_meter(self):
        events = [("code", "=", "channel.refused"), ("res_id", "=", self.channel.id)]
        activities = len(self.channel.activity_ids)
        for number in range(REFUSED_ALERT + 5):
            answer = self._webhook(b"{%d}" % number, secret="guessed")
            self.assertEqual(answer.status_code, 401)
            self._webhook(b"{%d}" % number, secret="guessed", kind="tracking")
        self.assertEqual(self.env["oms.event"].search_count(events), 1)
        [meter] = self._meters("refused")
        self.assertEqual(meter.failures, 2 * (REFUSED_ALERT + 5))
        self.assertEqual(len(self.channel.activity_ids), activities + 1)
        self.assertFalse(self._messages())
        # The window is over: the next one is told, with how many there were.
        meter.counted_at -= 3601
        self.env.flush_all()
        self._webhook(b"{}", secret="guessed")
        told = self.env["oms.event"].search(events, order="id")
        self.assertEqual(len(told), 2)
        self.assertIn("50 messages were rejected", told[1].name)

    def _raw(self, path, head, body=b""):
        """:return: the status of the answer to a request of which no body needs to come"""
        address = urlsplit(self.base_url())
        with socket.create_connection((address.hostname, address.port), timeout=20) as line:
            head += f"Cookie: test_request_key={self.http_request_key}\r\n"
            text = f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}Connection: close\r\n\r\n"
            line.sendall(text.encode() + body)
            return int(line.recv(4096).split(b" ")[1])

    def test_a_body_is_read_for_nobody_who_is_not_known(self):
        head = "Content-Type: application/json\r\nContent-Length: 9000000\r\n"
        # No byte of it is sent: who waited for it would not answer.
        with self.allow_requests():
            self.assertEqual(self._raw("/oms/webhook/nope", head), 404)
            self.assertEqual(self._raw("/oms/tracking/nope", head), 404)
            self.assertEqual(self._raw("/oms/api/v1/orders", head), 401)

    def test_a_message_has_the_size_its_channel_may_send(self):
        shop = self.channel.copy({"name": "Shop", "adapter": "woocommerce"})
        self.assertEqual(self.channel._adapter()._max_message, 20 * 1024**2)
        self.assertEqual(shop._adapter()._max_message, 4 * 1024**2)
        body = b'{"id": 1, "note": "' + b"x" * (4 * 1024**2) + b'"}'
        answer = self.url_open(f"/oms/webhook/{shop.token}", data=body, method="POST")
        self._assert_problem(answer, 413, "too-large")
        self.assertEqual(self._webhook(body).status_code, 422)

    def test_a_limit_that_is_none_changes_no_meter(self):
        meter = self.env["oms.channel.meter"]
        meter._spend(self.channel, "default", 1.0, 2.0, 40.0)
        for rate in (0.0, -1.0, float("inf"), float("nan")):
            meter._learn(self.channel, "default", tokens=rate, rate=rate, burst=rate)
        [row] = self._meters("default")
        self.assertEqual((row.rate, row.burst), (2.0, 40.0))
        self.assertLessEqual(row.tokens, 0)
        self.assertGreater(meter._spend(self.channel, "default", 1.0, 2.0, 40.0), 0)
