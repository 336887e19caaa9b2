"""No call takes longer than it may, however a server spreads what it sends: real servers."""

import contextlib
import socket
import threading
import time

import pytest

from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.tools import http, pinned

TRUSTED = http.addresses.parse_trusted("127.0.0.1")
SECONDS = 0.6
#: what a test waits for at most before it says that the call has no end
PATIENCE = 6.0


def drip(text, pause=0.05):
    """:return: a talk that sends a text byte by byte, again and again"""

    def talk(connection):
        while True:
            for byte in text:
                connection.sendall(bytes([byte]))
                time.sleep(pause)

    return talk


def after(start, text):
    """:return: a talk that begins at once and goes on slowly"""

    def talk(connection):
        connection.recv(4096)
        connection.sendall(start)
        drip(text)(connection)

    return talk


def flood(text):
    """:return: a talk that sends a text as fast as it can, without end"""

    def talk(connection):
        connection.recv(4096)
        while True:
            connection.sendall(text)

    return talk


def deaf(connection):
    """A talk that reads a byte now and then."""
    while True:
        connection.recv(1)
        time.sleep(0.05)


TALKS = {
    "a status": drip(b"HTTP/1.1 200 O"),
    "headers": after(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "one long header": after(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "a body with a length": after(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"a"),
    "a body without one": after(b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
    "chunks": after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "the size of a chunk": after(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"000000"
    ),
    "compressed": after(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b", b"\x08"),
    "go on, go on": flood(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "an error": after(b"HTTP/1.1 500 Broken\r\nContent-Length: 999999\r\n\r\n", b"a"),
}


@contextlib.contextmanager
def talking(talk):
    """Serve one talk to every connection; :return: the port"""
    listener = socket.create_server(("127.0.0.1", 0))
    opened = [listener]

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = listener.accept()
                opened.append(connection)
                threading.Thread(target=quietly, args=(connection,), daemon=True).start()

    def quietly(connection):
        with contextlib.suppress(OSError):
            talk(connection)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        for each in opened:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def call(port, scheme="http", **options):
    """:return: what a call raised, and the seconds it took; it is given up after a while"""
    found = []

    def run():
        start = time.monotonic()
        try:
            url = f"{scheme}://127.0.0.1:{port}/x"
            http.request(options.pop("method", "GET"), url, trusted=TRUSTED, **options)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found.extend((error, time.monotonic() - start))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found, "the call has no end"
    return found


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", SECONDS)


@pytest.mark.parametrize("name", TALKS)
def test_a_slow_answer_ends_in_time_whatever_is_slow(name):
    with talking(TALKS[name]) as port:
        error, seconds = call(port)
    assert isinstance(error, RetryableError)
    assert error.unreachable
    assert "did not complete its response within 0.6 seconds" in str(error)
    assert SECONDS * 0.9 <= seconds < SECONDS + 2


def test_a_slow_handshake_ends_in_time():
    with talking(drip(b"\x16\x03\x03\x40\x00")) as port:
        error, seconds = call(port, scheme="https")
    assert "did not complete its response" in str(error)
    assert seconds < SECONDS + 2


def test_a_server_that_does_not_read_ends_in_time():
    with talking(deaf) as port:
        error, seconds = call(port, method="POST", body=b"x" * 32 * 1024**2)
    assert isinstance(error, RetryableError)
    assert seconds < SECONDS + 2


def test_a_file_has_its_own_time():
    with talking(TALKS["chunks"]) as port:
        error, seconds = call(port, seconds=1.2)
    assert "within 1.2 seconds" in str(error)
    assert seconds >= 1.1


def test_a_redirect_is_part_of_the_call():
    def talk(connection):
        connection.recv(4096)
        time.sleep(SECONDS / 2)
        connection.sendall(b"HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

    with talking(talk) as port:
        error, seconds = call(port)
    assert "did not complete its response" in str(error)
    assert seconds < SECONDS + 1


def test_a_certificate_is_looked_at_no_longer_than_it_may():
    with talking(drip(b"\x16\x03\x03\x40\x00")) as port:
        start = time.monotonic()
        peers = pinned.resolve(http.addresses.parse(f"https://127.0.0.1:{port}"))
        assert pinned.certificate_of("127.0.0.1", peers, SECONDS) is None
    assert time.monotonic() - start < SECONDS + 2


def test_a_name_server_that_never_answers_holds_nobody_up(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: ended.wait(PATIENCE * 2))
    monkeypatch.setattr(pinned, "LOOKUP_SECONDS", SECONDS / 3)
    start = time.monotonic()
    with pytest.raises(RetryableError) as caught:
        http.request("GET", "https://shop.example.com/x")
    assert time.monotonic() - start < SECONDS + 2
    ended.set()
    assert caught.value.unreachable
    assert "shop.example.com could not be resolved" in str(caught.value)


def test_an_answer_in_time_leaves_no_timer_and_no_connection(monkeypatch):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    made = []

    class Timer(threading.Timer):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(pinned.threading, "Timer", Timer)
    with talking(talk) as port:
        for _call in range(5):
            answer = http.request("GET", f"http://127.0.0.1:{port}/", trusted=TRUSTED)
            assert answer.json() == {}
    assert len(made) == 5
    for timer in made:
        # A cancelled timer ends as soon as its thread gets to it; one left would last a minute.
        timer.join(PATIENCE)
    assert not [timer for timer in made if timer.is_alive()]
