"""Reading the answers of other systems: bounded, whole, unpacked by ourselves."""

import gzip
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools import http
from odoo.addons.oms_addon.tools.bounded import TooLarge

MEGABYTE = 1024**2


@pytest.fixture
def answer():
    """:return: a function that serves a body with headers and gives the response to it"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            for name, value in self.server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_args):
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def serve(body, **headers):
        server.body = body
        server.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(f"http://127.0.0.1:{server.server_port}", stream=True, timeout=20)

    yield serve
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_that_unpacks_to_more_than_is_read_is_left_at_the_limit(answer):
    packed = gzip.compress(bytes(150 * MEGABYTE))
    response = answer(packed, Content_Encoding="gzip", Content_Length=str(len(packed)))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            http._read(response)
        assert tracemalloc.get_traced_memory()[1] < 80 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_packed_answer_is_read(answer):
    response = answer(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    assert http._read(response) == b'{"a": 1}'


def test_an_answer_that_is_cut_off_is_no_answer(answer):
    response = answer(b'{"orders": []}', Content_Length="900")
    with pytest.raises(DocumentError, match="14 of 900 bytes"):
        http._read(response)


def test_nothing_but_what_is_unpacked_with_a_limit_is_asked_for():
    assert http.ACCEPTED_CODINGS == "gzip, deflate"
