"""What every simulated shop has: an HTTP server, orders, deliveries, faults on demand.

A simulator is a real HTTP server on this machine that speaks the shop's published
interface, keeps its state as the shop does and refuses what the shop refuses. Tests, the
soak and `./oms simulate` drive the same object. Standard library only.
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
    """One message of the shop to us, as it goes over the wire, signed."""

    topic: str
    headers: dict
    body: bytes
    order_ref: str = ""


@dataclass
class Request:
    """One call of ours, as it arrived: ``headers`` compare without case."""

    method: str
    path: str
    query: dict
    headers: object
    body: bytes

    def json(self):
        return json.loads(self.body or b"null")


@dataclass
class Response:
    """What the shop answers; a ``dict`` or ``list`` as body becomes JSON."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)

    def encoded(self):
        if isinstance(self.body, (bytes, str)):
            return self.body.encode() if isinstance(self.body, str) else self.body
        self.headers.setdefault("Content-Type", "application/json; charset=utf-8")
        return json.dumps(self.body).encode()


class Refusal(Exception):
    """The shop refuses a call."""

    def __init__(self, response):
        super().__init__(response.status)
        self.response = response


class Simulator:
    """A shop. Subclasses override the verbs of a shopkeeper's day and ``handle``.

    Every verb that changes an order makes the deliveries the real shop would send, as far
    as webhooks are registered, and appends them to ``deliveries``. Nothing is sent unless
    ``deliver`` or ``deliver_all`` is called with a way to send it.
    """

    #: the adapter's code
    code = ""
    #: the topics of the webhooks it can send; none means that it has to be polled
    topics = ()
    #: capabilities the shop lacks, so that tests leave them out by name:
    #: "webhooks", "refund", "partial_cancel", "cancel_request", "push_refund",
    #: "push_cancel", "compare_and_set", "locations", "edit", "address",
    #: "ship_there" (pieces are shipped by others, and it says which), "exchange"
    lacks = frozenset()
    #: whether something can be added to an order that was shipped, as for an exchange
    adds_to_shipped = True

    def __init__(self, port=0, seed=1):
        self.random = random.Random(seed)
        self.now = datetime(2026, 3, 1, 9, 0, 0, tzinfo=timezone.utc)
        self.lock = threading.RLock()
        self.deliveries = deque()
        #: every call that came: (method, path without query)
        self.calls = Counter()
        self.requests = deque(maxlen=20_000)
        #: what we told the shop, in order: dicts, of each kind
        self.shipments, self.cancellations, self.refunds_told = [], [], []
        self.prices = {}
        self._faults = deque()
        self.error_rate = 0.0
        self.slow_seconds = 0.0
        handler = type("Handler", (_Handler,), {"simulator": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.thread = None

    # === THE SERVER === #

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
        """Let time pass; every change has a time of its own, as at a real shop."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def fail(self, times=1, status=500, path="", headers=None, body=b"", after=False):
        """Answer the next calls with an error.

        :param str path: only calls whose path contains it
        :param bool after: whether the call is carried out first and only its answer lost
        """
        for _ in range(times):
            self._faults.append((status, path, headers or {}, body, after))

    def throttle(self, times=1, seconds=1, path=""):
        """Answer the next calls with 429."""
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
        """Answer one call, with faults where they are asked for."""
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
        """Answer one call as the shop does.

        :rtype: Response
        """
        raise NotImplementedError

    # === WHAT A CONNECTION NEEDS === #

    def credentials(self):
        """:return: the values of the connection fields of ``oms.channel``"""
        raise NotImplementedError

    # === A SHOPKEEPER'S DAY === #

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        """Offer a product. :return: the shop's id of the listing"""
        raise NotImplementedError

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """A customer buys.

        :param lines: tuples (SKU, quantity, unit price as text)
        :param bool paid: whether the money is there; ``None`` where it is authorised only
        :param str status: ``open`` or ``pending``
        :param shape: what else the order has: ``email``, ``name``, ``country``, ``note``,
            ``shipping`` (price as text), ``tax_rate`` (percent, prices include it),
            ``discount`` (text, off the whole order), ``cash`` (whether it is paid on delivery,
            so not now), ``currency``…; a simulator may know more
        :return: the shop's order id
        :rtype: str
        """
        raise NotImplementedError

    def pay(self, ref):
        """The rest of the money comes."""
        raise NotImplementedError

    def edit_order(self, ref, lines):
        """The order's lines become others after it was placed."""
        raise NotImplementedError

    def add_line(self, ref, sku, quantity, price):
        """The order gets one line more; the others, refunded or not, stay as they are."""
        raise NotImplementedError

    def ship_there(self, ref, sku, quantity):
        """Staff of the shop, or another service, ship some pieces of a line."""
        raise NotImplementedError

    def change_address(self, ref, city):
        """The order is to go to another city."""
        raise NotImplementedError

    def touch(self, ref):
        """Something about the order changes that is nothing to us (a tag, a note of staff)."""
        raise NotImplementedError

    def reopen_order(self, ref):
        """The shop goes on with an order that was cancelled, paid as it was."""
        raise NotImplementedError

    def cancel_order(self, ref):
        """The shop or the customer cancels the whole order."""
        raise NotImplementedError

    def request_cancel(self, ref):
        """The buyer asks to cancel; the shop leaves it to the seller."""
        raise NotImplementedError

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        """The shop gives money back.

        :param lines: tuples (SKU, quantity); none for money only
        :param str amount: what is given back; ``None`` for the lines' share
        :param bool returned: whether the pieces had left
        """
        raise NotImplementedError

    def orders(self):
        """Return what the shop holds to be true, for comparison.

        :return: by order id, dicts with ``total`` (text, as placed), ``currency``,
            ``cancelled`` (bool), ``paid`` and ``refunded`` (Decimal), ``quantities``
            (by SKU, what is still wanted)
        :rtype: dict[str, dict]
        """
        raise NotImplementedError

    def stock(self):
        """:return: what the shop says can be sold, by (SKU, location)
        :rtype: dict[tuple[str, str], int]
        """
        raise NotImplementedError

    # === DELIVERIES === #

    def take_deliveries(self):
        """:return: the deliveries that were not taken yet, oldest first"""
        with self.lock:
            taken = list(self.deliveries)
            self.deliveries.clear()
        return taken

    def deliver_all(self, send=None):
        """Send what waits to be sent, in order.

        :param send: called with each delivery, returns the HTTP status; ``None`` posts it
            to the address the webhook was registered with
        :return: the statuses
        """
        return [(send or self.post)(delivery) for delivery in self.take_deliveries()]

    def webhook_address(self, topic):
        """:return: where deliveries of a topic go"""
        raise NotImplementedError

    def post(self, delivery):
        """Post a delivery over HTTP. :return: the status; 0 when nobody answered"""
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
        """Nothing: a test reads what it needs from the simulator."""

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
