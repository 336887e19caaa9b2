"""Run a simulated shop to connect a channel to, without an account anywhere.

It serves the shop's published interface on this machine, with some products and orders,
and prints what to type into "Connect Channel". Messages go to where the channel asked
for them; with --rate customers go on buying. Ctrl-C ends it, and nothing of it is kept.
"""

import time
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from .. import console

FIELDS = {
    "base_url": "Store Address",
    "account_ref": "Account",
    "api_key": "Key",
    "api_secret": "Secret",
    "webhook_secret": "Webhook secret",
}
PRODUCTS = (
    ("MUG", "Mug", "10.00"),
    ("POT", "Tea pot", "24.50"),
    ("TRAY", "Tray", "15.90"),
    ("SPOON", "Spoon", "2.40"),
    ("CANDLE", "Scented candle", "12.00"),
)
STOCK = 100
TRIES = 5
PAUSE_SECONDS = 0.5


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("name", nargs="?", help="which shop; without a name they are listed")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument(
        "--orders", type=int, default=10, metavar="N", help="orders of the last days (default: 10)"
    )
    parser.add_argument(
        "--rate", type=float, default=0, metavar="N", help="new orders a minute (default: none)"
    )
    parser.add_argument(
        "--seconds", type=float, metavar="N", help="end after so long (default: at Ctrl-C)"
    )


def run(options):
    """Start a shop, say how to connect to it, let its day pass."""
    # Not at the top: --help and the other commands do without the simulators.
    from simulators import catalogue

    try:
        shop_class = catalogue.find(options.name)
    except LookupError:
        wrong = f"no simulated shop {options.name!r}" if options.name else "which shop?"
        there = ", ".join(catalogue.names()) or "none yet"
        raise console.OmsError(wrong, hint=f"there are: {there}") from None
    try:
        shop = shop_class(port=options.port)
    except OSError as error:
        raise console.OmsError(
            f"port {options.port} cannot be used: {error.strerror}",
            hint="--port names another; without it any free one is taken",
        ) from None
    with shop:
        furnish(shop, options.orders)
        announce(shop)
        Day(shop, options.rate).pass_until(options.seconds)
    return 0


def furnish(shop, orders):
    """Give a shop products and orders of the last days."""
    for sku, name, price in PRODUCTS:
        shop.add_product(sku, name, price, quantity=STOCK)
    first = datetime.now(timezone.utc) - timedelta(days=3)
    for number in range(orders):
        shop.now = first + timedelta(hours=72 * number / orders)
        buy(shop)
    shop.now = datetime.now(timezone.utc)


def buy(shop):
    """Let a customer buy one to three things. :return: the order's id"""
    chosen = shop.random.sample(PRODUCTS, shop.random.randint(1, 3))
    return shop.place_order(
        [(sku, shop.random.randint(1, 3), price) for sku, _name, price in chosen]
    )


def announce(shop):
    """Print where the shop is and what to type to connect to it."""
    print(f"\nThe simulated {shop.code} shop runs at {shop.url}\n")
    console.table(
        [(FIELDS.get(key, key), value) for key, value in shop.credentials().items() if value],
        ("field in Channels → Connect Channel", "value"),
    )
    host = urlsplit(shop.url).hostname
    print(f"\nFirst, as administrator, in Settings → Orders Hub → Allowed Hosts: {host}")
    print()
    console.table(
        [(sku, name, price) for sku, name, price in PRODUCTS], ("SKU", "product", "price")
    )
    print(f"\n{len(shop.orders())} orders are in the shop. Press Ctrl-C to stop it.\n", flush=True)


class Day:
    """A shop's day as it passes: customers buy, messages are sent and sent again."""

    def __init__(self, shop, rate):
        self.shop = shop
        self.pause = 60 / rate if rate > 0 else None
        self.next_order = time.monotonic() + (self.pause or 0)
        self.waiting = []

    def pass_until(self, seconds):
        """Let time pass, for so long or until somebody ends it."""
        end = time.monotonic() + seconds if seconds is not None else None
        while end is None or time.monotonic() < end:
            self.step()
            time.sleep(PAUSE_SECONDS)

    def step(self):
        """Do what is due now."""
        with self.shop.lock:
            self.shop.now = max(self.shop.now, datetime.now(timezone.utc))
            if self.pause and time.monotonic() >= self.next_order:
                self.next_order += self.pause
                console.say(f"order {buy(self.shop)} placed")
        self.send()

    def send(self):
        """Send the messages that wait; those nobody takes are sent again, a few times."""
        again = []
        for delivery, tries in [*self.waiting, *((d, 1) for d in self.shop.pop_deliveries())]:
            status = self.shop.post(delivery)
            console.say(f"  {delivery.topic} {delivery.order_ref} → {status or 'no answer'}")
            if not 200 <= status < 300 and tries < TRIES:
                again.append((delivery, tries + 1))
        self.waiting = again
