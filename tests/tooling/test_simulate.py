import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from simulators import catalogue
from simulators.base import Delivery, Response, Simulator
from tooling import cli
from tooling.commands import simulate


class Corner(Simulator):
    code = "corner"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.placed = {}
        self.address = ""

    def credentials(self):
        return {"base_url": self.url, "api_key": "sesame", "account_ref": ""}

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        return sku

    def place_order(self, lines=(), **values):
        ref = str(len(self.placed) + 1)
        self.placed[ref] = self.now, lines
        if self.address:
            self.deliveries.append(Delivery("orders", {}, json.dumps(ref).encode(), ref))
        return ref

    def orders(self):
        return self.placed

    def webhook_address(self, topic):
        return self.address

    def handle(self, request):
        return Response(body=list(self.placed))


@pytest.fixture
def corner(monkeypatch):
    """Offer one shop; return those that were opened."""
    opened = []

    class Opened(Corner):
        def start(self):
            opened.append(self)
            return super().start()

    def find(name):
        if name != "corner":
            raise LookupError(name)
        return Opened

    monkeypatch.setattr(catalogue, "names", lambda: ["corner"])
    monkeypatch.setattr(catalogue, "find", find)
    monkeypatch.setattr(simulate, "PAUSE_SECONDS", 0.01)
    return opened


@pytest.fixture
def listener():
    """Return a server that takes messages; its answers are taken from ``statuses``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.bodies, server.statuses = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_shop_says_what_to_type_to_connect_to_it(corner, capsys):
    assert cli.main(["simulate", "corner", "--orders", "4", "--seconds", "0"]) == 0
    told = capsys.readouterr().out
    [shop] = corner
    assert shop.url in told
    assert "sesame" in told
    assert "Account" not in told
    assert "MUG" in told
    assert "4 orders are in the shop" in told


def test_orders_of_the_past_lie_in_the_last_days_in_their_order(corner):
    cli.main(["simulate", "corner", "--orders", "4", "--seconds", "0"])
    [shop] = corner
    moments = [at for at, _lines in shop.placed.values()]
    assert moments == sorted(moments)
    assert (shop.now - moments[0]).days == 3
    assert all(1 <= len(lines) <= 3 for _at, lines in shop.placed.values())


def test_customers_go_on_buying_at_the_rate(corner, capsys):
    cli.main(["simulate", "corner", "--orders", "0", "--rate", "1200", "--seconds", "0.6"])
    [shop] = corner
    assert 5 <= len(shop.placed) <= 13
    assert "order 1 placed" in capsys.readouterr().err


def test_messages_go_where_the_channel_asked_for_them_and_are_sent_again(corner, listener, capsys):
    shop = Corner()
    shop.address = f"http://127.0.0.1:{listener.server_address[1]}/in"
    listener.statuses += [503]
    day = simulate.Day(shop, 0)
    shop.place_order()
    day.step()
    assert len(day.waiting) == 1
    day.step()
    day.step()
    shop.server.server_close()
    assert listener.bodies == [b'"1"', b'"1"']
    assert capsys.readouterr().err.splitlines() == ["  orders 1 → 503", "  orders 1 → 200"]


def test_a_message_nobody_takes_is_given_up(corner):
    shop = Corner()
    shop.address = "http://127.0.0.1:9/in"
    shop.server.server_close()
    day = simulate.Day(shop, 0)
    shop.place_order()
    for _turn in range(simulate.TRIES):
        day.step()
    assert day.waiting == []


@pytest.mark.parametrize("arguments", [[], ["dreamshop"]])
def test_an_unknown_shop_names_those_there_are(corner, capsys, arguments):
    assert cli.main(["simulate", *arguments]) == 1
    assert "there are: corner" in capsys.readouterr().err
    assert not corner


def test_a_port_in_use_is_a_clear_error(corner, listener, capsys):
    port = str(listener.server_address[1])
    assert cli.main(["simulate", "corner", "--port", port]) == 1
    assert f"port {port} cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("name", catalogue.names())
def test_every_simulated_shop_opens_with_products_and_orders(name, capsys):
    assert cli.main(["simulate", name, "--orders", "3", "--rate", "600", "--seconds", "1"]) == 0
    captured = capsys.readouterr()
    assert "3 orders are in the shop" in captured.out
    assert "placed" in captured.err
