"""The door out against servers that want what is behind it: real ones, on this machine."""

import socket
import traceback

import pytest

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools import http, pinned
from odoo.addons.oms_addon.tools.outbound_address import AddressError, parse_trusted

from tests.loopback import FINE, page, server

from .test_connection_errors import HERE, certificate  # noqa: F401

MARK = "internal-page-4711"
PUBLIC = "93.184.216.34"


class Resolver:
    """Names mean what a test says, each time another thing; counts who asks."""

    def __init__(self, monkeypatch, *turns):
        self.turns, self.asked = list(turns), []
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host, port, *args, **kwargs):
        self.asked.append(host)
        numbers = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        return [
            (socket.AF_INET6 if ":" in n else socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, port))
            for n in numbers
        ]


@pytest.fixture
def connected(monkeypatch):
    """:return: the IP addresses that are connected to; nobody answers there"""
    found = []

    def connect(peers, timeout):
        found.extend(peer[0] for _family, peer in peers)
        raise ConnectionRefusedError

    monkeypatch.setattr(pinned, "connect", connect)
    return found


def calls(asked, *answers):
    """:return: an answer for ``server`` that keeps path and headers of each call"""
    left = list(answers)

    def answer(handler):
        asked.append((handler.path, dict(handler.headers)))
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


def refused(url, kind=AddressError, **options):
    with pytest.raises(kind) as caught:
        http.request("GET", url, **options)
    return caught.value


# === WHERE IT GOES === #


def test_a_name_is_looked_up_once_whatever_it_means_later(monkeypatch):
    asked = []
    moved = page(302, "", Location="/there")
    with server(calls(asked, moved, FINE)) as port:
        resolver = Resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
        url = f"http://shop.test:{port}/here"
        answer = http.request("GET", url, trusted=parse_trusted("shop.test"))
    assert answer.json() == {"ok": True}
    assert [path for path, _headers in asked] == ["/here", "/there"]
    assert {headers["Host"] for _path, headers in asked} == {f"shop.test:{port}"}
    assert resolver.asked == ["shop.test"]


def test_a_name_that_is_bound_to_this_machine_after_the_check_stays_where_it_was(
    monkeypatch, connected
):
    resolver = Resolver(monkeypatch, [PUBLIC], ["127.0.0.1"])
    refused("https://shop.test/x", RetryableError)
    assert (connected, resolver.asked) == ([PUBLIC], ["shop.test"])


@pytest.mark.parametrize(
    "number", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "0.0.0.0", "::1", "::ffff:127.0.0.1"]
)
def test_a_name_of_this_network_is_not_connected_to(monkeypatch, connected, number):
    Resolver(monkeypatch, [number])
    assert refused("https://shop.test/x").reason == "internal"
    Resolver(monkeypatch, [PUBLIC, number])
    assert refused("https://shop.test/x").reason == "internal"
    assert connected == []


def test_numbers_in_disguise_are_not_connected_to(connected):
    for host in ("127.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]", "localhost", "0"):
        assert refused(f"https://{host}/x").reason in ("malformed", "internal")
    assert connected == []


def test_http_is_spoken_only_with_hosts_that_are_trusted():
    asked = []
    with server(calls(asked, FINE)) as port:
        url = f"http://127.0.0.1:{port}/x"
        assert refused(url).reason == "plain"
        assert refused(url, trusted=parse_trusted("127.0.0.1:1")).reason == "plain"
        assert asked == []
        assert http.request("GET", url, trusted=parse_trusted(f"127.0.0.1:{port}")).status == 200
    assert len(asked) == 1


def test_a_certificate_has_to_be_for_the_name_not_for_the_number(
    certificate,  # noqa: F811
    monkeypatch,
):
    trusted = parse_trusted("shop.test other.test")
    files = certificate(name="shop.test")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    asked = []
    with server(calls(asked, FINE), files) as port:
        Resolver(monkeypatch, ["127.0.0.1"])
        answer = http.request("GET", f"https://shop.test:{port}/x", trusted=trusted)
        assert answer.status == 200
        said = str(refused(f"https://other.test:{port}/x", RetryableError, trusted=trusted))
    assert "was issued for another name" in said
    assert "Certificate: shop.test" in said
    assert len(asked) == 1


def test_a_certificate_is_looked_at_where_the_call_went(certificate, monkeypatch):  # noqa: F811
    with server(FINE, certificate(name="shop.test")) as port:
        resolver = Resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
        trusted = parse_trusted("shop.test")
        said = str(refused(f"https://shop.test:{port}/x", RetryableError, trusted=trusted))
    assert "is self-signed." in said
    assert "Certificate: shop.test, valid until" in said
    assert resolver.asked == ["shop.test"]


def test_nothing_of_the_machine_is_sent_along_or_in_between(monkeypatch, tmp_path):
    secrets = tmp_path / "netrc"
    secrets.write_text("default login admin password word\n")
    monkeypatch.setenv("NETRC", str(secrets))
    asked, proxied = [], []
    with server(calls(asked, FINE)) as port, server(calls(proxied, FINE)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("NO_PROXY", "")
        http.request("GET", f"http://127.0.0.1:{port}/x", trusted=HERE)
    assert proxied == []
    assert "Authorization" not in asked[0][1]


# === WHERE IT IS SENT ON TO === #


@pytest.mark.parametrize(
    "there",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:{other}/",
        "http://127.0.0.1:{other}/",
        "//127.0.0.1:{other}/",
        "https://127.0.0.1:{port}/",
        "http://user:word@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/",
        "http://127.0.0.1:{other}\\@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/x#y",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{other}/",
    ],
)
def test_a_call_is_sent_on_to_no_other_server(there):
    first, second = [], []
    with server(calls(second, FINE)) as other:
        sent_on = []

        def answer(handler):
            port = handler.server.server_address[1]
            first.append(handler.path)
            sent_on.append(there.format(port=port, other=other))
            page(302, MARK, Location=sent_on[0])(handler)

        with server(answer) as port:
            url, headers = f"http://127.0.0.1:{port}/x", {"X-Token": "secret"}
            error = refused(url, FinalError, headers=headers, trusted=HERE)
            assert "word" not in str(error)
            assert MARK not in str(error)
            with pytest.raises(FinalError) as caught:
                http.request("POST", url, body=b"x", headers=headers, trusted=HERE)
            assert "word" not in str(caught.value)
    assert (first, second) == (["/x", "/x"], [])


# === WHAT IS SAID OF IT === #


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 429, 500, 502, 503])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", f"<html><title>{MARK}</title><h1>{MARK}</h1></html>"),
        ("text/html", f"<html><title>{MARK}</title><input type='password'></html>"),
        ("text/html", f"<html><title>{MARK} maintenance</title></html>"),
        ("text/plain", f"root:x:0:0:{MARK}:/root:/bin/bash"),
        ("text/xml", f"<?xml version='1.0'?><a>{MARK}</a>"),
        ("application/json", f'{{"AccessKeyId": "{MARK}", "Token": "{MARK}"}}x'),
        ("application/json", f'{{"AccessKeyId": "{MARK}", "Token": "{MARK}"}}'),
        ("application/json", f'"{MARK}"'),
        ("application/octet-stream", f"\x00\x01{MARK}"),
    ],
)
def test_no_text_quotes_what_was_answered(status, kind, body):
    with server(page(status, body, kind)) as port:
        url = f"http://127.0.0.1:{port}/x"
        with pytest.raises((RetryableError, FinalError)) as caught:
            answer = http.request("GET", url, trusted=HERE)
            assert status == 200
            if answer.json():
                raise FinalError("It is data.")
    assert MARK not in str(caught.value)
    if str(caught.value) != "It is data.":
        assert MARK in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"message": "No such order."}', "No such order."),
        (
            '{"code": "no_order", "message": "<b>No</b> such\\n order."}',
            "No such order. (no_order)",
        ),
        (
            '{"errors": [{"code": "X", "message": "Bad sku"}, {"message": "Bad"}]}',
            "Bad sku (X); Bad",
        ),
        ('<br />\n<b>Notice</b>: x in <b>y</b><br />\n{"message": "No."}', "No."),
        ('{"errors": "Not Found"}', "Not Found"),
        ('{"error": "invalid_grant", "error_description": "It ran out."}', "It ran out."),
        ('{"error": {"message": "It broke."}}', "It broke."),
    ],
)
def test_the_error_of_an_api_is_said(body, words):
    with server(page(400, body, "application/json")) as port:
        url = f"http://127.0.0.1:{port}/x"
        assert str(refused(url, FinalError, trusted=HERE)).endswith(
            f"rejected with status 400. {words}"
        )
        other = str(refused(url, FinalError, trusted=HERE, quoted=False))
    assert words not in other
    assert "The log of the Odoo server contains the response" in other


def test_the_error_of_an_api_is_short():
    with server(page(400, '{"message": "%s"}' % ("long " * 4000), "application/json")) as port:
        said = str(refused(f"http://127.0.0.1:{port}/x", FinalError, trusted=HERE))
    assert len(said) < 400
