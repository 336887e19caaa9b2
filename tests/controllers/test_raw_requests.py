"""Requests as no browser sends them, byte by byte: lengths that lie, headers that come twice."""

import json
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

from odoo.tools import mute_logger

from odoo.addons.oms_addon.tools import signature

from .common import ApiCase

PATIENCE = 20


class TestRawRequests(ApiCase):
    def setUp(self):
        super().setUp()
        self.channel.webhook_secret = "hush-hush-hush"
        self.body = json.dumps(self._document("RAW-1")).encode()
        self.path = f"/oms/webhook/{self.channel.token}"

    def _signed(self, body):
        stamp = str(int(time.time()))
        return [
            ("X-Oms-Timestamp", stamp),
            ("X-Oms-Signature", signature.sign(self.channel.webhook_secret, stamp, body)),
        ]

    def _talk(self, method, path, headers, body):
        """Send bytes as they are.

        :return: the status of the first answer, 0 where the server hung up; and all it said
        """
        parts = urlsplit(self.base_url())
        lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        said = b""
        with (
            self.allow_requests(all_requests=True),
            socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection,
        ):
            with suppress(OSError):
                connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
                connection.shutdown(socket.SHUT_WR)
                while piece := connection.recv(65536):
                    said += piece
        head = said.split(b" ", 2)
        return (int(head[1]) if len(head) > 1 and head[1].isdigit() else 0), said

    @mute_logger("odoo.http", "werkzeug")
    def test_lengths_that_lie_and_headers_that_come_twice_take_nothing_in(self):
        body, signed = self.body, self._signed(self.body)
        size = str(len(body))
        chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        smuggled = b"0\r\n\r\nPOST " + self.path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        cases = {
            "no length": ([], body),
            "a shorter length": ([("Content-Length", "10")], body),
            "a longer length": ([("Content-Length", str(len(body) + 5))], body),
            "a negative length": ([("Content-Length", "-1")], body),
            "a length of many digits": ([("Content-Length", "9" * 400)], body),
            "no number": ([("Content-Length", "ten")], body),
            "two lengths": ([("Content-Length", "10"), ("Content-Length", size)], body),
            "a sum of lengths": ([("Content-Length", f"{size}, {size}")], body),
            "chunks and a length": (
                [("Transfer-Encoding", "chunked"), ("Content-Length", size)],
                chunked,
            ),
            "another request behind": (
                [("Content-Length", "4"), ("Transfer-Encoding", "chunked")],
                smuggled,
            ),
            "odd chunks": ([("Transfer-Encoding", "xchunked")], body),
            "chunks without an end": ([("Transfer-Encoding", "chunked")], b"fffffff\r\nx"),
            "a chunk of no size": ([("Transfer-Encoding", "chunked")], b"-1\r\nx\r\n"),
            "two signatures": ([("Content-Length", size), ("X-Oms-Signature", "v1=00")], body),
            "two times": ([("Content-Length", size), ("X-Oms-Timestamp", "1")], body),
        }
        for name, (headers, data) in cases.items():
            status, said = self._talk("POST", self.path, [*signed, *headers], data)
            with self.subTest(name):
                self.assertLess(status, 500, said[:200])
                self.assertLessEqual(said.count(b"HTTP/1."), 1)
        self.assertLessEqual(len(self._messages()), 1)
        self.assertFalse(self._messages().filtered(lambda m: m._raw_payload() != body))

    @mute_logger("odoo.http", "werkzeug")
    def test_a_body_in_chunks_is_verified_like_any_other(self):
        chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(self.body), self.body)
        encoding = [("Transfer-Encoding", "chunked")]
        status, _said = self._talk("POST", self.path, encoding, chunked)
        self.assertIn(status, (400, 401, 411))
        self.assertFalse(self._messages())
        many = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        status, _said = self._talk("POST", self.path, encoding, many * 24)
        self.assertLess(status, 500)
        self.assertFalse(self._messages())

    @mute_logger("odoo.http", "werkzeug")
    def test_other_methods_take_nothing_in(self):
        headers = [*self._signed(self.body), ("Content-Length", str(len(self.body)))]
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "post", "X"):
            status, _said = self._talk(method, self.path, headers, self.body)
            with self.subTest(method):
                self.assertLess(status, 500)
                self.assertNotEqual(status, 200)
        override = [*headers, ("X-HTTP-Method-Override", "POST")]
        self.assertNotEqual(self._talk("GET", self.path, override, self.body)[0], 200)
        self.assertFalse(self._messages())

    @mute_logger("odoo.http", "werkzeug")
    def test_a_form_of_many_parts_is_no_message(self):
        part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
        for body in (part * 20_000 + b"--b--\r\n", part[:-2] + b"y" * 4_000_000, b"--b" * 500_000):
            headers = [
                *self._signed(self.body),
                ("Content-Type", "multipart/form-data; boundary=b"),
                ("Content-Length", str(len(body))),
            ]
            for path in (self.path, "/oms/api/v1/orders", f"/oms/tracking/{self.channel.token}"):
                status, _said = self._talk("POST", path, headers, body)
                self.assertIn(status, (400, 401, 413, 415, 422))
        self.assertFalse(self._messages())

    @mute_logger("odoo.http", "werkzeug")
    def test_content_routes_open_nothing_of_ours_to_a_customer(self):
        message = self.channel._receive("orders", "secret", b"payload of a buyer")
        order = self._capture(self._document("R-7"))
        token = order._portal_ensure_token()
        for path in (
            f"oms.channel.message/{message.id}/payload",
            f"oms.channel/{self.channel.id}/webhook_secret",
            f"oms.channel.message/{message.id}/payload?access_token={token}",
            f"sale.order/{order.id}/oms_note?access_token={token}",
            f"oms.channel.message/{message.id}/payload_text",
        ):
            for kind in ("content", "image"):
                answer = self.url_open(f"/web/{kind}/{path}")
                self.assertNotIn("payload of a buyer", answer.text)
                self.assertNotIn(self.channel.webhook_secret, answer.text)
                self.assertLess(answer.status_code, 500, path)
