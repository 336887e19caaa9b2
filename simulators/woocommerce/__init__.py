"""A simulated WooCommerce store: REST API v3 of 11.0.1, webhooks, stock, refunds.

Observed on a real server: an order sends both created and updated; a payload is built on delivery;
stock used by an order sends product.updated; a webhook is disabled after more than five failures in
a row, and a new one sends a ping.
"""

from collections import Counter

from ..base import Simulator
from .api import Api
from .arguments import Arguments
from .auth import Gate
from .orders import Orders
from .products import Products
from .refunds import Refunds
from .webhooks import Webhooks


class WoocommerceSimulator(Products, Orders, Refunds, Webhooks, Api, Simulator):
    code = "woocommerce"
    topics = (
        "order.created",
        "order.updated",
        "order.deleted",
        "order.restored",
        "product.created",
        "product.updated",
        "product.deleted",
        "product.restored",
    )
    #: WooCommerce has no cancellation requests, and only one stock
    lacks = frozenset({"cancel_request", "locations", "ship_there"})

    def __init__(self, port=0, seed=1, index=None):
        """:param index: path of a store's route index, to check arguments with"""
        super().__init__(port, seed)
        self.gate = Gate("ck_simulated", "cs_simulated")
        self.webhook_secret = "whs_simulated"
        self.arguments = Arguments(index)
        #: whether calls are treated as HTTPS
        self.secure = False
        self.plain_permalinks = False
        #: stores before 10.3 list variations of one product only
        self.lists_variations = True
        #: ids that a plugin removes from pages after they were counted
        self.hidden = set()
        #: whether a proxy passes the headers of lists
        self.tells_counts = True
        self.book, self.refunds, self.notes = {}, {}, {}
        self.products, self.variations, self.webhooks = {}, {}, {}
        self.broken_products = set()
        self._postage, self._trashed = {}, {}
        self.currency = "USD"
        self.settings = {
            "woocommerce_prices_include_tax": "yes",
            "woocommerce_tax_round_at_subtotal": "no",
        }
        self.tax_rates = [
            {"id": 1, "country": "GB", "rate": "20.0000", "name": "VAT", "class": "standard"},
            {"id": 2, "country": "GB", "rate": "5.0000", "name": "VAT", "class": "reduced-rate"},
            {"id": 3, "country": "IE", "rate": "20.0000", "name": "VAT", "class": "standard"},
        ]
        self._ids = Counter()

    def next_id(self, kind):
        # WordPress uses one sequence of ids for all records.
        self._ids["all"] += 1
        return self._ids["all"] + 100

    def credentials(self):
        return {
            "base_url": self.url,
            "api_key": self.gate.key,
            "api_secret": self.gate.secret,
            "webhook_secret": self.webhook_secret,
        }
