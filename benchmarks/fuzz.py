"""Hostile input for a time: webhooks, the API, uploaded files and documents.

Cases are made of a corpus of inputs that broke something once and of golden messages, changed at
random; the seed and the number of a case make it again. Looked for are crashes, answers of the
server's fault (5xx), inputs that take longer than a second, and memory.
"""

import base64
import gzip
import hmac
import http.client
import io
import itertools
import json
import random
import resource
import time
import traceback
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil

from odoo import Command, fields

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools import bounded, csv_orders, signature, tracking_document
from odoo.addons.oms_addon.tools.document_values import DocumentError
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.order_document import parse_document
from odoo.addons.oms_addon.tools.table import read_table

from benchmarks import odoo_server

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
SECRET = "fuzz"
ADAPTERS = ("canonical", "shopify", "woocommerce", "prestashop", "amazon")
#: seconds an input may take, megabytes memory may grow by
SLOW, MEMORY = 1.0, 200
SHOWN = 10
REFUSALS = (DocumentError, FinalError, RetryableError)
#: values of texts and numbers that broke something once
VALUES = (
    *(
        "",
        "\x00",
        "\ud800",
        "..",
        "../../web",
        "9" * 5000,
        "1" * 20_000 + "x",
        "1e999",
        "-0",
        "NaN",
    ),
    *("2026-01-01T00:00:00." + "1" * 5000, "0001-01-01T00:00:00+23:59", "a@" * 8000, "." * 20_000),
    *(
        "<br>" * 5000,
        "Notice " + "[" * 20_000,
        "x" * 200_000,
        "\u0130" * 20_000,
        "=cmd|' /C calc'!A0",
    ),
    *(10**400, -1, 1e308, 0, True, None, [], {}, [[[]]], {"a": {"b": []}}, [None] * 1000),
)
#: bodies that are no documents at all
BODIES = (
    *(b"", b"{", b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900, b"9" * 5000),
    *(b"[" + b"1," * 400_000 + b"1]", b"\xff\xfe{\x00", b'{"id": 1e999}', b"webhook_id=1", b"null"),
    *(gzip.compress(bytes(50 * 1024**2)), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
)
PATHS = (
    *("webhook/{token}", "tracking/{token}", "api/v1/orders", "api/v1/orders/{odd}"),
    *("api/v1/orders/{odd}/cancel", "api/v1/orders/{odd}/returns", "api/v1/carts/{odd}"),
    *("api/v1/availability", "webhook/{odd}", "api/v1/openapi.json", "api//v1/orders"),
)
TOPICS = (
    *("orders", "orders/create", "orders/updated", "orders/cancelled", "refunds/create", "refunds"),
    *("order.created", "order.updated", "order.deleted", "product.updated", "tracking", "weather"),
)
METHODS = {
    "webhook/{token}": ("POST",),
    "tracking/{token}": ("POST",),
    "api/v1/orders/{odd}": ("GET",),
    "api/v1/orders/{odd}/cancel": ("POST",),
    "api/v1/orders/{odd}/returns": ("POST",),
    "api/v1/carts/{odd}": ("POST", "DELETE"),
    "api/v1/availability": ("GET",),
}


def main(env, args):
    """Send and read hostile input for a time.

    :param args: ``--seconds N``, ``--seed N``
    :return: how many inputs there were, and what went wrong
    """
    options = {"seconds": 60, "seed": 1}
    for name, value in itertools.pairwise(args):
        if name.removeprefix("--") in options:
            options[name.removeprefix("--")] = int(value)
    world = _World(env)
    found = _Found(options["seed"])
    with odoo_server.serving(env.cr.dbname) as address:
        server = _server_of(psutil.Process())
        floor = server.memory_info().rss
        until, number = time.monotonic() + options["seconds"], 0
        while time.monotonic() < until:
            number += 1
            dice = random.Random(f"{options['seed']}:{number}")  # noqa: S311
            case = _request if number % 2 else dice.choice((_file, _document))
            found.note(number, *case(dice, world, address))
            found.grown = max(found.grown, server.memory_info().rss - floor)
    return found.report(world.base)


class _World:
    """What there is to send to: a channel of each kind, a key, golden messages."""

    def __init__(self, env):
        self.env = env
        self.channels = env["oms.channel"].create(
            [{"name": f"Fuzz {a}", "adapter": a, "webhook_secret": SECRET} for a in ADAPTERS]
        )
        user = env["res.users"].create(
            {
                "name": "Fuzz",
                "login": "fuzz",
                "group_ids": [Command.link(env.ref("oms_addon.oms_addon_group_agent").id)],
            }
        )
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        self.key = env["res.users.apikeys"].with_user(user)._generate("oms", "fuzz", tomorrow)
        env.cr.commit()
        paths = [p for p in FIXTURES.rglob("*") if p.suffix in (".json", ".csv") and p.is_file()]
        # Messages of its own kind get further into what reads them.
        self.golden = {
            adapter: [
                path.read_bytes()
                for path in sorted(paths)
                if adapter in path.parts and path.stat().st_size < 200_000
            ]
            for adapter in (*ADAPTERS, "csv_file")
        }
        self.base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _server_of(process):
    """:return: the process of the server that was started"""
    return next(child for child in process.children() if "-m odoo" in " ".join(child.cmdline()))


class _Found:
    """What the inputs did."""

    def __init__(self, seed):
        self.seed, self.count, self.grown = seed, 0, 0
        self.statuses, self.faults = {}, []
        self.longest = 0.0

    def note(self, number, label, call):
        """Run a case and keep what goes wrong with it.

        :param call: gives the status of an answer, or nothing
        """
        self.count += 1
        started, status = time.perf_counter(), None
        try:
            status = call()
        except REFUSALS:
            status = "refused"
        except Exception:  # noqa: BLE001
            self.fault(number, "crash", label, traceback.format_exc(limit=-3))
        spent = time.perf_counter() - started
        self.longest = max(self.longest, spent)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if isinstance(status, int) and status >= 500:
            self.fault(number, "5xx", label, str(status))
        if spent > SLOW:
            self.fault(number, "slow", label, f"{spent:.2f} s")

    def fault(self, number, kind, label, text):
        """Keep, and print, what went wrong."""
        self.faults.append(kind)
        if len(self.faults) <= SHOWN:
            print(f"{kind}: case {self.seed}:{number} {label}\n{text}")

    def report(self, base):
        """:return: the result of the benchmark"""
        own = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) * 1024
        megabytes = round(max(self.grown, own) / 1024**2)
        counts = {kind: self.faults.count(kind) for kind in ("crash", "5xx", "slow")}
        return {
            "ratios": {"without_faults": 1 - len(self.faults) / max(self.count, 1)},
            "figures": {
                "inputs": self.count,
                **counts,
                "longest_seconds": round(self.longest, 3),
                "memory_growth_mb": megabytes,
                "memory_within_limit": megabytes < MEMORY,
                **{f"answered {status}": n for status, n in sorted(self.statuses.items(), key=str)},
            },
        }


# === CASES === #


def _request(dice, world, address):
    """:return: a label, and the call of a request"""
    odd = quote(str(dice.choice(VALUES))[:3000], safe="", errors="replace")
    channel, way = dice.choice(world.channels), dice.choice(PATHS)
    if "api" in way and dice.random() < 0.9:
        channel = world.channels[0]
    path = "/oms/" + way.format(token=channel.token, odd=odd or "x")
    if dice.random() < 0.3:
        field = dice.choice(("limit", "cursor", "updated_after", "sku"))
        value = quote(str(dice.choice(VALUES))[:3000], safe="", errors="replace")
        path += f"?{field}={value}"
    body, stamp = _body(dice, world, channel.adapter), str(int(time.time()))
    digest = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {world.key}",
        "X-Oms-Channel": channel.token,
        "X-Oms-Timestamp": stamp,
        "X-Oms-Signature": signature.sign(SECRET, stamp, body),
        "X-WC-Webhook-Signature": digest,
        "X-WC-Webhook-Topic": dice.choice(TOPICS),
        "X-Shopify-Hmac-Sha256": digest,
        "X-Shopify-Topic": dice.choice(TOPICS),
    }
    if dice.random() < 0.3:
        name = dice.choice((*headers, "Idempotency-Key", "X-Oms-Event"))
        text = "".join(c for c in str(dice.choice(VALUES))[:3000] if c.isprintable())
        headers[name] = text.encode("latin-1", "replace").decode("latin-1")
    method = dice.choice(METHODS.get(way, ("GET", "POST")))
    if dice.random() < 0.05:
        method = dice.choice(("DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"))

    def call():
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request(method, path, body if method != "GET" else None, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    return f"{method} {path[:80]} {body[:60]!r}", call


def _file(dice, world, _address):
    """:return: a label, and the reading of an uploaded file"""
    kind = dice.choice(tuple(world.golden))
    data = dice.choice((_body, _archive, _sheet))(dice, world, kind)
    if dice.random() < 0.5:
        data = _damaged(dice, data)
    read = dice.choice(
        (
            read_table,
            csv_orders.parse_orders,
            tracking_document.read_csv,
            bounded.gunzip,
            read_json,
        )
    )
    return f"{read.__name__} {data[:60]!r}", lambda: _done(read(data))


def _document(dice, world, _address):
    """:return: a label, and what an adapter makes of a message"""
    channel = dice.choice(world.channels)
    adapter, topic = channel._adapter(), dice.choice(TOPICS)
    body = _body(dice, world, channel.adapter)
    read = dice.choice((adapter._parse, lambda *_args: parse_document(body)))
    return f"{channel.adapter} {topic} {body[:60]!r}", lambda: _done(read(channel, topic, body))


def _done(_result):
    return "read"


# === INPUT === #


def _body(dice, world, adapter):
    """:return: a body: of the corpus, or a golden one that was changed"""
    if dice.random() < 0.2:
        return dice.choice(BODIES)
    golden = dice.choice(world.golden[adapter] or BODIES)
    if dice.random() < 0.2:
        return _damaged(dice, golden)
    with suppress(ValueError):
        data = json.loads(golden)
        for _change in range(dice.randint(1, 3)):
            data = _changed(dice, data)
        return json.dumps(data).encode()
    return golden


def _changed(dice, data):
    """:return: JSON data of which one value is another"""
    if isinstance(data, dict) and data and dice.random() < 0.9:
        key = dice.choice(list(data))
        return {**data, key: _changed(dice, data[key])}
    if isinstance(data, list) and data and dice.random() < 0.9:
        place = dice.randrange(len(data))
        return [*data[:place], _changed(dice, data[place]), *data[place + 1 :]]
    return dice.choice(VALUES)


def _damaged(dice, data):
    """:return: bytes of which some are others, missing or twice there"""
    data = bytearray(data)
    for _change in range(dice.randint(1, 8)):
        if data:
            place = dice.randrange(len(data))
            data[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 4))
    return bytes(data)


def _archive(dice, _world, _adapter):
    """:return: a packed file, of zeros or of many"""
    if dice.random() < 0.5:
        return gzip.compress(bytes(dice.choice((0, 100, 80 * 1024**2)))) * dice.choice((1, 3))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(dice.choice((1, 50, 1500))):
            target.writestr(f"xl/worksheets/sheet{number}.xml", b"<row/>" * dice.choice((1, 2000)))
    return file.getvalue()


def _sheet(dice, _world, _adapter):
    """:return: a workbook whose sheet is small in the file alone"""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = dice.choice(
        (
            '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
            '<row><c r="XFD1"><v>1</v></c></row>' * 3,
            "<row/>" * 300_000,
            f"<row>{'<c/>' * 300_000}</row>",
            f"<row><c><v>{'9' * 5000}</v></c></row>",
            "<row><c t='s'><v>7</v></c></row>",
            f"<row><c t='str'><v>{'x' * 100_000}</v></c></row>",
        )
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{links}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        target.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet r:id="r1"/></sheets>'
            "</workbook>",
        )
        target.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{rows}</worksheet>")
    return file.getvalue()
