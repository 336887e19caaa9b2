"""The store: actions in the admin, and the root of the API."""

from ..base import Simulator
from .editing import Editing
from .graph import Graph
from .graph_values import connection, gid
from .mutations_orders import OrderMutations
from .mutations_stock import StockMutations
from .selling import Selling
from .server import Server
from .shipping import Shipping
from .webhooks import TOPICS, Webhooks

SCOPES = (
    "write_orders",
    "read_customers",
    "write_products",
    "write_inventory",
    "read_locations",
    "read_fulfillments",
    "write_merchant_managed_fulfillment_orders",
)


class ShopifySimulator(
    Selling, Editing, Shipping, Webhooks, StockMutations, OrderMutations, Server, Simulator
):
    """A store with one app installed.

    :param schema: the file of the GraphQL schema; by default a reduced one
    :param float restore_rate: points per second
    """

    code = "shopify"
    topics = TOPICS
    # Buyers cannot request a cancellation in the store.
    lacks = frozenset({"cancel_request", "reopen"})

    def __init__(self, port=0, seed=1, schema=None, restore_rate=1000.0):
        super().__init__(port, seed)
        self.start_server(schema, restore_rate)
        self.token, self.secret = f"shpat_{seed:032x}", f"shpss_{seed:032x}"
        self.scopes = [*SCOPES, "read_payment_terms"]
        self.domain = "simulated.myshopify.com"
        self.currency = "EUR"
        self.locations = {71: {"name": "Warehouse"}, 72: {"name": "Shop floor"}}
        self.graph = Graph(self)
        self.by_id, self.variants, self.subscriptions = {}, {}, {}
        self._number = 1000

    def new_id(self):
        self._number += 1
        return self._number

    def credentials(self):
        return {"base_url": self.url, "api_key": self.token, "webhook_secret": self.secret}

    def stamp(self):
        return self.tick().strftime("%Y-%m-%dT%H:%M:%SZ")

    def root(self, whole=False):
        return {
            "orders": self.orders_field(whole),
            "ordersCount": self.count_orders,
            "order": lambda info, id: self.find(id),
            "node": lambda info, id: self.find(id),
            "nodes": lambda info, ids: [self.find(value) for value in ids],
            "productVariants": lambda info, first=None, after=None: connection(
                [self.graph.variant(variant) for variant in self.variants.values()]
            )(first=first, after=after),
            "locations": lambda info, first=None, after=None: connection(
                [self.graph.location(number) for number in self.locations]
            )(first=first, after=after),
            "shop": {
                "name": "Simulated",
                "myshopifyDomain": self.domain,
                "currencyCode": self.currency,
            },
            "currentAppInstallation": {"accessScopes": [{"handle": s} for s in self.scopes]},
            "webhookSubscriptions": lambda info, first=None, after=None: connection(
                [
                    {"id": gid("WebhookSubscription", number), **subscription}
                    for number, subscription in self.subscriptions.items()
                ]
            )(first=first, after=after),
            "bulkOperation": self.export_state,
            "bulkOperationRunQuery": self.start_export,
            "inventorySetQuantities": self.set_quantities,
            "productVariantsBulkUpdate": self.set_prices,
            "fulfillmentOrderOpen": self.open_part,
            "fulfillmentCreate": self.fulfil,
            "fulfillmentTrackingInfoUpdate": self.track,
            "orderCancel": self.resolve_cancel,
            "refundCreate": self.resolve_refund,
            "webhookSubscriptionCreate": self.subscribe,
            "webhookSubscriptionDelete": self.unsubscribe,
        }

    def count_orders(self, info, query=None, limit=10000):
        times = {"updated_at": "updated"}
        found = self.search(
            self.by_id.values(), query, lambda o, name: getattr(o, times.get(name, "created"))
        )
        return {"count": len(found), "precision": "EXACT"}

    def find(self, value):
        """:return: the node of a global id, ``None`` when there is none"""
        kind, number = value.removeprefix("gid://shopify/").split("/")
        number = int(number)
        if kind == "Order":
            return self.graph.order(self.by_id[number]) if number in self.by_id else None
        if kind in ("ProductVariant", "InventoryItem"):
            show = self.graph.variant if kind == "ProductVariant" else self.graph.item
            return next(
                (show(v) for v in self.variants.values() if number in (v.id, v.item_id)), None
            )
        if kind == "Customer":
            return next(
                (
                    self.graph.customer(order.customer)
                    for order in self.by_id.values()
                    if order.customer and order.customer["id"] == number
                ),
                None,
            )
        lists = {
            "FulfillmentOrder": ("parts", self.graph.part),
            "Fulfillment": ("fulfilments", self.graph.fulfilment),
            "Refund": ("refunds", self.graph.refund),
        }
        name, show = lists[kind]
        for order in self.by_id.values():
            for record in getattr(order, name):
                if record.id == number:
                    return show(order, record)
        return None

    def _errors(self, name, *errors, key="userErrors"):
        """:return: a response with errors only: (field, message) or (field, message, code)"""
        keys = ("field", "message", "code")
        return {name: None, key: [dict(zip(keys, error, strict=False)) for error in errors]}
