"""Servers on this machine that answer as a test says, and keep what they were asked."""

import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


@contextmanager
def server(answer, tls=None):
    """Serve one answer to every call on a port of its own.

    :param answer: called with the handler
    :param tls: (certificate, key) files
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

        def log_message(self, *args):
            """Stay silent."""

    served = HTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        served.socket = context.wrap_socket(served.socket, server_side=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    try:
        yield served.server_address[1]
    finally:
        served.shutdown()
        served.server_close()


def page(status, body, kind="text/html; charset=utf-8", **headers):
    """:return: an answer for ``server``"""

    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


FINE = page(200, '{"ok": true}', "application/json")


class Listener:
    """A server that answers all calls with one answer, and keeps each call as one text."""

    def __init__(self, answer=FINE):
        self.answer = answer
        self.heard = []

    def __call__(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length).decode("utf-8", "replace")
        self.heard.append(f"{handler.requestline}\n{handler.headers}\n{body}")
        self.answer(handler)
