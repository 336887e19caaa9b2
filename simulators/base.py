"""Base of all simulated stores: HTTP server, orders, webhook deliveries, faults on demand.

A simulator is a real HTTP server on this machine that implements the store's published API, keeps
its state and rejects what the store rejects. Tests, the soak and `./oms simulate` use the same
class. Standard library only.
"""

import contextlib
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

MAX_BODY = 32 * 1024**2


@dataclass
class Delivery:
    """One webhook delivery of the store, signed, as sent over HTTP."""

    topic: str
    headers: dict
    body: bytes
    order_ref: str = ""


@dataclass
class Request:
    """One received call; ``headers`` are case-insensitive."""

    method: str
    path: str
    query: dict
    headers: object
    body: bytes

    def json(self):
        return json.loads(self.body or b"null")


@dataclass
class Response:
    """The store's response; a ``dict`` or ``list`` as body becomes JSON."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)

    def encoded(self):
        if isinstance(self.body, (bytes, str)):
            return self.body.encode() if isinstance(self.body, str) else self.body
        self.headers.setdefault("Content-Type", "application/json; charset=utf-8")
        return json.dumps(self.body).encode()


class Refusal(Exception):
    """The store rejects a call."""

    def __init__(self, response):
        super().__init__(response.status)
        self.response = response


class Simulator:
    """A store. Subclasses implement ``handle`` and the actions of staff and customers.

    Every action that changes an order creates the deliveries that the real store would send to
    registered webhooks, and appends them to ``deliveries``. They are sent by ``deliver`` or
    ``deliver_all`` only.
    """

    #: the adapter's code
    code = ""
    #: topics of its webhooks; none means that it has to be polled
    topics = ()
    #: capabilities the store lacks, so that tests skip them:
    #: "webhooks", "refund", "partial_cancel", "cancel_request", "push_refund",
    #: "push_cancel", "compare_and_set", "locations", "edit", "address",
    #: "ship_there" (others ship units, and the store reports them), "exchange"
    lacks = frozenset()
    #: whether lines can be added to a shipped order, as for an exchange
    adds_to_shipped = True

    def __init__(self, port=0, seed=1):
        self.random = random.Random(seed)
        self.now = datetime(2026, 3, 1, 9, 0, 0, tzinfo=timezone.utc)
        self.lock = threading.RLock()
        self.deliveries = deque()
        #: every received call: (method, path without query)
        self.calls = Counter()
        self.requests = deque(maxlen=20_000)
        #: what was pushed to the store, in order: dicts, by kind
        self.shipments, self.cancellations, self.refunds_told = [], [], []
        self.prices = {}
        self._faults = deque()
        self.error_rate = 0.0
        self.slow_seconds = 0.0
        handler = type("Handler", (_Handler,), {"simulator": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.thread = None

    # === SERVER === #

    @property
    def url(self):
        host, port = self.server.server_address[:2]
        return f"http://{host}:{port}"

    def start(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()

    # === TIME AND FAULTS === #

    def tick(self, seconds=1):
        """Advance the clock; every change has its own time, as in a real store."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def fail(self, times=1, status=500, path="", headers=None, body=b"", after=False):
        """Respond to the next calls with an error.

        :param str path: only calls whose path contains it
        :param bool after: whether the call is carried out first and only its response is lost
        """
        for _ in range(times):
            self._faults.append((status, path, headers or {}, body, after))

    def throttle(self, times=1, seconds=1, path=""):
        """Respond to the next calls with 429."""
        self.fail(times, 429, path, {"Retry-After": str(seconds)})

    def heal(self):
        self._faults.clear()
        self.error_rate = 0.0
        self.slow_seconds = 0.0

    def _next_fault(self, path):
        for fault in self._faults:
            if fault[1] in path:
                self._faults.remove(fault)
                return fault
        if self.error_rate and self.random.random() < self.error_rate:
            status = self.random.choice((500, 502, 503, 429))
            headers = {"Retry-After": "1"} if status == 429 else {}
            return status, "", headers, b"", self.random.random() < 0.5
        return None

    def respond(self, request):
        """Handle one call, with the requested faults."""
        self.calls[request.method, request.path] += 1
        self.requests.append(request)
        if self.slow_seconds:
            time.sleep(self.slow_seconds)
        with self.lock:
            fault = self._next_fault(request.path)
            if fault and not fault[4]:
                return Response(fault[0], fault[3], fault[2])
            try:
                response = self.handle(request)
            except Refusal as refusal:
                response = refusal.response
            if fault:
                return Response(fault[0], fault[3], fault[2])
            return response

    def handle(self, request):
        """Handle one call as the store does.

        :rtype: Response
        """
        raise NotImplementedError

    # === CONNECTION === #

    def credentials(self):
        """:return: the values of the connection fields of ``oms.channel``"""
        raise NotImplementedError

    # === ACTIONS === #

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        """Add a product. :return: the store's id of the listing"""
        raise NotImplementedError

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """Place an order.

        :param lines: tuples (SKU, quantity, unit price as text)
        :param bool paid: whether it is paid; ``None`` where the payment is authorized only
        :param str status: ``open`` or ``pending``
        :param shape: further properties of the order: ``email``, ``name``, ``country``, ``note``,
            ``shipping`` (price as text), ``tax_rate`` (percent, prices include it),
            ``discount`` (text, on the whole order), ``cash`` (whether it is paid on delivery,
            so not yet), ``currency``…; simulators may support more
        :return: the store's order id
        :rtype: str
        """
        raise NotImplementedError

    def pay(self, ref):
        """Pay the rest of the order."""
        raise NotImplementedError

    def edit_order(self, ref, lines):
        """Replace the lines of a placed order."""
        raise NotImplementedError

    def add_line(self, ref, sku, quantity, price):
        """Add one line to the order; the others, refunded or not, do not change."""
        raise NotImplementedError

    def ship_there(self, ref, sku, quantity):
        """Ship some units of a line, by the store's staff or another service."""
        raise NotImplementedError

    def change_address(self, ref, city):
        """Change the city of the shipping address."""
        raise NotImplementedError

    def touch(self, ref):
        """Change something irrelevant to us (a tag, a note of staff)."""
        raise NotImplementedError

    def reopen_order(self, ref):
        """Reopen a cancelled order, with its payments."""
        raise NotImplementedError

    def cancel_order(self, ref):
        """Cancel the whole order, by the store or the customer."""
        raise NotImplementedError

    def request_cancel(self, ref):
        """Request a cancellation, which the seller has to decide."""
        raise NotImplementedError

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        """Refund money in the store.

        :param lines: tuples (SKU, quantity); empty for an amount only
        :param str amount: the amount; ``None`` for the lines' share
        :param bool returned: whether the units were shipped
        """
        raise NotImplementedError

    def orders(self):
        """Return the store's state, for comparison.

        :return: by order id, dicts with ``total`` (text, as placed), ``currency``,
            ``cancelled`` (bool), ``paid`` and ``refunded`` (Decimal), ``quantities``
            (by SKU, units not cancelled)
        :rtype: dict[str, dict]
        """
        raise NotImplementedError

    def stock(self):
        """:return: the store's available quantities, by (SKU, location)
        :rtype: dict[tuple[str, str], int]
        """
        raise NotImplementedError

    # === DELIVERIES === #

    def pop_deliveries(self):
        """:return: the deliveries that were not accepted yet, oldest first"""
        with self.lock:
            taken = list(self.deliveries)
            self.deliveries.clear()
        return taken

    def deliver_all(self, send=None):
        """Send pending deliveries, in order.

        :param send: called with each delivery, returns the HTTP status; ``None`` posts it to the
            webhook's address
        :return: the statuses
        """
        return [(send or self.post)(delivery) for delivery in self.pop_deliveries()]

    def webhook_address(self, topic):
        """:return: the address for deliveries of a topic"""
        raise NotImplementedError

    def post(self, delivery):
        """Post a delivery over HTTP. :return: the status; 0 without a response"""
        request = urllib.request.Request(
            self.webhook_address(delivery.topic),
            data=delivery.body,
            headers=delivery.headers,
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    simulator = None

    def log_message(self, *args):
        """Log nothing: tests read what they need from the simulator."""

    def _serve(self):
        length = min(int(self.headers.get("Content-Length") or 0), MAX_BODY)
        parts = urlsplit(self.path)
        response = self.simulator.respond(
            Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                self.headers,
                self.rfile.read(length),
            )
        )
        body = response.encoded()
        with contextlib.suppress(OSError):
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve
