"""The store: a shopkeeper's day, and what we tell it."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import urlsplit

from ..base import Delivery, Simulator
from . import rest
from .graph import Graph, amount, connection, gid, number_of
from .server import Server
from .store import (
    ZERO,
    Fulfilment,
    Line,
    Order,
    Part,
    Refund,
    Transaction,
    Variant,
    cents,
)

TOPICS = (
    "app/uninstalled",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/placed_on_hold",
    "fulfillments/create",
    "fulfillments/update",
    "inventory_levels/update",
    "order_transactions/create",
    "orders/cancelled",
    "orders/create",
    "orders/edited",
    "orders/fulfilled",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/risk_assessment_changed",
    "orders/updated",
    "products/create",
    "products/delete",
    "products/update",
    "refunds/create",
)
SCOPES = (
    "write_orders",
    "read_customers",
    "write_products",
    "write_inventory",
    "read_locations",
    "read_fulfillments",
    "write_merchant_managed_fulfillment_orders",
)
LOCAL = ("127.0.0.1", "localhost")


class ShopifySimulator(Server, Simulator):
    """A store with one app installed.

    :param schema: the file of the GraphQL schema it speaks; its own, reduced one by default
    :param float restore_rate: points per second
    """

    code = "shopify"
    topics = TOPICS
    # The buyer of a store asks the shopkeeper, not the store, to cancel.
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

    # === WHAT IS OFFERED === #

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        with self.lock:
            variant = Variant(
                *(self.new_id(), self.new_id(), self.new_id(), sku, name, Decimal(price)),
                levels={71: int(quantity), 72: int(values.get("shop_floor", 0))},
                barcode=values.get("barcode", ""),
                tracked=values.get("tracked", True),
            )
            self.variants[sku] = variant
            self.tell({"products/create": rest.product([variant])})
            return str(variant.id)

    def sell_at_till(self, sku, quantity=1, location=71):
        """The store's own stock changes: somebody bought in the shop."""
        with self.lock:
            variant = self.variants[sku]
            variant.levels[location] -= quantity
            self.tell_level(variant, location)

    def tell_level(self, variant, location):
        self.tell(
            {
                "inventory_levels/update": {
                    "inventory_item_id": variant.item_id,
                    "location_id": location,
                    "available": variant.levels[location],
                    "updated_at": self.stamp(),
                }
            }
        )

    def stock(self):
        with self.lock:
            return {
                (variant.sku, str(location)): quantity
                for variant in self.variants.values()
                for location, quantity in variant.levels.items()
            }

    # === A SHOPKEEPER'S DAY === #

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """See the base class. More shapes: ``tax_included`` (false adds the tax), ``hold`` and
        ``risk`` (words), ``pickup`` (bool), ``fulfill_at`` (ISO), ``company`` (name),
        ``gift_card`` (text, paid with one), ``tip``, ``fees``, ``duty`` (texts), ``rate``
        (of the shop's currency), ``test`` (bool), ``attributes`` (pairs), ``guest`` (bool),
        ``terms`` (name of the payment terms).
        """
        with self.lock:
            order = self._new_order(lines, shape)
            self.by_id[order.id] = order
            self._first_payment(order, paid, status, shape)
            self._plan(order, shape)
            bodies = {"orders/create": rest.order(order)}
            if order.financial_status == "paid":
                bodies["orders/paid"] = rest.order(order)
            self.tell(bodies, order)
            for made in order.transactions:
                self.tell({"order_transactions/create": rest.transaction(order, made)}, order)
            return str(order.id)

    def _new_order(self, lines, shape):
        number, at = self.new_id(), self.stamp()
        first, _space, last = shape.get("name", "Ann Example").partition(" ")
        address = {
            "first_name": first,
            "last_name": last,
            "name": f"{first} {last}".strip(),
            "company": shape.get("company"),
            "address1": "1 High Street",
            "address2": None,
            "city": "Leeds",
            "zip": "LS1 1AA",
            "province": shape.get("state_name", "England"),
            "province_code": shape.get("state", "ENG"),
            "country_code": shape.get("country", "GB"),
            "phone": None,
        }
        email = shape.get("email", f"ann.{number}@example.com")
        customer = {"id": number + 500_000, "first_name": first, "last_name": last, "email": email}
        order = Order(
            *(number, f"#{number}", at, at, email),
            None if shape.get("guest") else customer,
            None if shape.get("pickup") else address,
            address,
            shape.get("currency", self.currency),
            [self._line(*line) for line in lines],
            shop_currency=self.currency,
            rate=Decimal(shape.get("rate", "1")),
            taxes_included=shape.get("tax_included", True),
            note=shape.get("note"),
            attributes=list(shape.get("attributes", ())),
            risk=shape.get("risk", "none"),
            test=shape.get("test", False),
            tip=Decimal(shape.get("tip", "0.00")),
            fees=Decimal(shape.get("fees", "0.00")),
            terms=shape.get("terms"),
        )
        if shape.get("company"):
            order.company = {"id": 9001, "name": shape["company"], "tax_number": "DE123456789"}
        if shape.get("duty"):
            order.lines[0].duties = ((self.new_id(), "6912.00", Decimal(shape["duty"])),)
        if "shipping" in shape:
            line = Line(self.new_id(), "", "Standard", 1, Decimal(shape["shipping"]))
            order.shipping.append(line)
        self._spread_discount(order, Decimal(shape.get("discount", "0")))
        self._tax(order, shape.get("tax_rate"))
        return order

    def _line(self, sku, quantity, price):
        variant = self.variants.get(sku)
        title = variant.title if variant else sku.title()
        return Line(
            self.new_id(),
            sku,
            title,
            quantity,
            Decimal(price),
            variant=variant,
            gift_card=sku.startswith("GIFT"),
        )

    def _spread_discount(self, order, discount):
        """Allocate a discount of the whole order to its lines, to the cent."""
        total, left = sum(line.subtotal for line in order.lines), discount
        for line in order.lines[:-1]:
            line.discount = cents(discount * line.subtotal / total) if total else ZERO
            left -= line.discount
        order.lines[-1].discount = left

    def _tax(self, order, rate):
        if not rate:
            return
        share = Decimal(rate) / 100
        for line in (*order.lines, *order.shipping):
            base = line.subtotal / (1 + share) if order.taxes_included else line.subtotal
            line.taxes = [("VAT", share, cents(base * share))]

    def _first_payment(self, order, paid, status, shape):
        left = order.total
        if shape.get("gift_card"):
            part = min(Decimal(shape["gift_card"]), left)
            left -= part
            self._transact(order, "sale", part, gateway="gift_card", method="")
        if not left:
            return
        if shape.get("terms"):
            return
        if shape.get("cash"):
            cash = {"gateway": "Cash on Delivery (COD)", "method": ""}
            self._transact(order, "sale", left, status="pending", **cash)
        elif status == "pending":
            self._transact(order, "sale", left, status="pending")
        elif paid is None:
            self._transact(order, "authorization", left)
        elif paid:
            self._transact(order, "sale", left)

    def _transact(self, order, kind, value, **values):
        made = Transaction(self.new_id(), kind, cents(value), self.stamp(), **values)
        order.transactions.append(made)
        return made

    def _plan(self, order, shape):
        """Plan the fulfilment, and take the goods off what can be sold."""
        lines = [line for line in order.lines if not line.gift_card]
        if not lines:
            return
        part = Part(
            self.new_id(),
            71,
            [[self.new_id(), line, line.quantity] for line in lines],
            order.updated,
            method="PICK_UP" if shape.get("pickup") else "SHIPPING",
        )
        if shape.get("hold"):
            part.status, part.holds = "on_hold", [("other", shape["hold"])]
        if shape.get("fulfill_at"):
            part.status, part.fulfill_at = "scheduled", shape["fulfill_at"]
        order.parts.append(part)
        for line in lines:
            if line.variant:
                line.variant.levels[71] -= line.quantity
                self.tell_level(line.variant, 71)

    def pay(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            left = order.total - order.taken_off - order.paid
            promised = [
                t for t in order.transactions if t.kind == "authorization" or t.status == "pending"
            ]
            if promised and promised[-1].kind == "authorization":
                made = self._transact(order, "capture", left, parent=promised[-1].id)
            elif promised:
                made = promised[-1]
                made.status, made.at = "success", self.stamp()
            else:
                made = self._transact(order, "sale", left)
            self._changed(
                order, "orders/paid", {"order_transactions/create": rest.transaction(order, made)}
            )

    def edit_order(self, ref, lines):
        with self.lock:
            order = self.by_id[int(ref)]
            wanted = {sku: (quantity, price) for sku, quantity, price in lines}
            taken = Refund(self.new_id(), self.stamp(), "edited")
            for line in order.lines:
                quantity, _price = wanted.pop(line.sku, (0, None))
                current = line.quantity - line.gone
                if quantity < current:
                    taken.lines.append((line, current - quantity, "cancel"))
                    self._take_off(order, line, current - quantity)
                elif quantity > current:
                    self._add_to(order, line, quantity - current)
            for sku, (quantity, price) in wanted.items():
                self._sell_more(order, sku, quantity, price)
            more = {}
            if taken.lines:
                order.refunds.append(taken)
                more["refunds/create"] = rest.refund(order, taken)
            self._edited(order, more)

    def add_line(self, ref, sku, quantity, price):
        with self.lock:
            order = self.by_id[int(ref)]
            self._sell_more(order, sku, quantity, price)
            self._edited(order, {})

    def _sell_more(self, order, sku, quantity, price):
        line = self._line(sku, quantity, price)
        order.lines.append(line)
        part = order.parts[0]
        part.lines.append([self.new_id(), line, line.quantity])
        part.status = "open" if part.status == "closed" else part.status

    def _edited(self, order, more):
        body = {"order_edit": {"id": self.new_id(), "order_id": order.id}}
        self._changed(order, None, {"orders/edited": body, **more})

    def _add_to(self, order, line, quantity):
        """Sell more pieces of a line."""
        line.quantity += quantity
        part = order.parts[0]
        for entry in part.lines:
            if entry[1] is line:
                entry[2] += quantity
        part.status = "open" if part.status == "closed" else part.status

    def _take_off(self, order, line, quantity, *, returned=False):
        """Take pieces off a line and what is still to be sent of it; what comes back had left."""
        line.gone += quantity
        if returned:
            line.returned += quantity
            return
        for part in order.parts:
            for entry in part.lines:
                if entry[1] is line:
                    entry[2] -= min(quantity, entry[2])
            if not any(entry[2] for entry in part.lines) and part.status != "closed":
                part.status = "closed"
            part.updated = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def change_address(self, ref, city):
        with self.lock:
            order = self.by_id[int(ref)]
            order.address = {**order.address, "city": city}
            self._changed(order)

    def touch(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            order.tags.append(f"seen-{self.new_id()}")
            self._changed(order)

    def cancel_order(self, ref):
        with self.lock:
            order = self.by_id[int(ref)]
            self._cancel(order, "customer", refund=True, restock=True)

    def _cancel(self, order, reason, refund, restock):
        order.cancelled, order.cancel_reason = self.stamp(), reason
        made = Refund(self.new_id(), self.stamp(), "cancelled")
        made.lines = [
            (line, line.quantity - line.gone, "cancel" if restock else "no_restock")
            for line in order.lines
            if line.quantity > line.gone
        ]
        for line, quantity, _kind in made.lines:
            self._take_off(order, line, quantity)
        for promised in [t for t in order.transactions if t.kind == "authorization"]:
            if not order.paid:
                self._transact(order, "void", promised.amount, parent=promised.id)
        if refund:
            made.transactions = self._give_back(order, order.paid - order.refunded)
        for part in order.parts:
            part.status = "closed"
        order.refunds.append(made)
        self._changed(order, "orders/cancelled", {"refunds/create": rest.refund(order, made)})

    def refundable(self, order):
        """:return: pairs (payment, what of it was not given back)"""
        return [
            (
                payment,
                payment.amount
                - sum(
                    t.amount
                    for t in order.transactions
                    if t.kind == "refund" and t.parent == payment.id
                ),
            )
            for payment in order.transactions
            if payment.kind in ("sale", "capture") and payment.status == "success"
        ]

    def _give_back(self, order, value):
        made = []
        for payment, left in self.refundable(order):
            part = min(value, left)
            if part > 0:
                value -= part
                made.append(
                    self._transact(
                        order, "refund", part, parent=payment.id, gateway=payment.gateway
                    )
                )
        return made

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        with self.lock:
            order = self.by_id[int(ref)]
            made = Refund(self.new_id(), self.stamp(), "goodwill")
            due = ZERO
            for sku, quantity in lines:
                line = next(li for li in order.lines if li.sku == sku)
                made.lines.append((line, quantity, "return" if returned else "cancel"))
                due += order.worth(line, quantity)
                self._take_off(order, line, quantity, returned=returned)
            made.transactions = self._give_back(order, due if amount is None else Decimal(amount))
            order.refunds.append(made)
            self._changed(order, None, {"refunds/create": rest.refund(order, made)})
            return str(made.id)

    def ship_there(self, ref, sku, quantity):
        """Override: staff fulfil some pieces in the admin."""
        with self.lock:
            order = self.by_id[int(ref)]
            part, entry = next(
                (part, entry)
                for part in order.parts
                if part.status in ("open", "in_progress")
                for entry in part.lines
                if entry[1].sku == sku
            )
            item = {"id": gid("FulfillmentOrderLineItem", entry[0]), "quantity": quantity}
            given = {
                "fulfillmentOrderId": gid("FulfillmentOrder", part.id),
                "fulfillmentOrderLineItems": [item],
            }
            self.fulfil(None, {"lineItemsByFulfillmentOrder": [given]})
            self.shipments.clear()

    def change_location(self, ref, location):
        """Staff have another location fulfil what is left of an order."""
        with self.lock:
            for part in self.by_id[int(ref)].parts:
                if part.status in ("open", "in_progress"):
                    part.location, part.updated = location, self.stamp()

    def send_all(self, ref):
        """The shopkeeper fulfils all that is left, without a parcel's number."""
        with self.lock:
            order = self.by_id[int(ref)]
            for part in order.parts:
                if part.status == "open":
                    given = {"fulfillmentOrderId": gid("FulfillmentOrder", part.id)}
                    self.fulfil(None, {"lineItemsByFulfillmentOrder": [given]})
            self.shipments.clear()

    def hold(self, ref, words="Check the address", reason="incorrect_address"):
        """The shop puts the fulfilment on hold."""
        with self.lock:
            order = self.by_id[int(ref)]
            part = order.parts[0]
            part.status, part.updated = "on_hold", self.stamp()
            part.holds.append((reason, words))
            self._tell_part(part, "fulfillment_orders/placed_on_hold")

    def release(self, ref):
        with self.lock:
            part = self.by_id[int(ref)].parts[0]
            part.status, part.holds, part.updated = "open", [], self.stamp()
            self._tell_part(part, "fulfillment_orders/hold_released")

    def _tell_part(self, part, topic):
        body = {"id": gid("FulfillmentOrder", part.id), "status": part.status}
        self.tell({topic: {"fulfillment_order": body}})

    def judge(self, ref, risk):
        """An app judges the risk of an order: ``high``, ``medium``, ``low``."""
        with self.lock:
            order = self.by_id[int(ref)]
            order.risk = risk
            body = {
                "provider_title": "Judge",
                "risk_level": risk,
                "order_id": order.id,
                "admin_graphql_api_order_id": gid("Order", order.id),
            }
            self._changed(order, None, {"orders/risk_assessment_changed": body})

    def deliver_parcels(self, ref):
        """The carrier hands everything over."""
        with self.lock:
            order = self.by_id[int(ref)]
            for made in order.fulfilments:
                made.delivered = True
            body = rest.fulfilment(order, order.fulfilments[-1])
            self._changed(order, None, {"fulfillments/update": body})

    def orders(self):
        with self.lock:
            return {
                str(order.id): {
                    "total": f"{order.total - order.taken_off:.2f}",
                    "currency": order.currency,
                    "cancelled": bool(order.cancelled),
                    "paid": order.paid,
                    "refunded": order.refunded,
                    "quantities": {
                        line.sku: line.quantity - line.gone
                        for line in order.lines
                        if line.quantity > line.gone
                    },
                }
                for order in self.by_id.values()
            }

    # === DELIVERIES === #

    def _changed(self, order, topic=None, more=None):
        """Stamp an order, and tell of it: the topic, the update, and what else is given."""
        order.updated = self.stamp()
        bodies = {topic: rest.order(order)} if topic else {}
        bodies["orders/updated"] = rest.order(order)
        self.tell({**bodies, **(more or {})}, order)

    def tell(self, bodies, order=None):
        """Make the deliveries of one action: one for each subscription of its topics."""
        event = str(uuid.UUID(int=self.random.getrandbits(128)))
        for topic, body in bodies.items():
            code = topic.upper().replace("/", "_")
            for subscription in self.subscriptions.values():
                if subscription["topic"] == code:
                    self.deliveries.append(self.delivery(topic, body, event, order))

    def delivery(self, topic, body, event="", order=None):
        """:return: a signed delivery"""
        data = json.dumps(body).encode()
        digest = hmac.new(self.secret.encode(), data, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-API-Version": "2026-07",
            "X-Shopify-Webhook-Id": str(uuid.UUID(int=self.random.getrandbits(128))),
            "X-Shopify-Event-Id": event or str(uuid.UUID(int=self.random.getrandbits(128))),
            # The time of the shop's day is made up, that of the wire is not.
            "X-Shopify-Triggered-At": datetime.now(timezone.utc).isoformat(),
        }
        return Delivery(topic, headers, data, str(order.id) if order else "")

    def webhook_address(self, topic):
        code = topic.upper().replace("/", "_")
        return next(s["uri"] for s in self.subscriptions.values() if s["topic"] == code)

    def redact(self, ref, erase=True):
        """The shopkeeper has a customer erased. :param erase: whether Shopify did it yet"""
        with self.lock:
            order = self.by_id[int(ref)]
            body = {
                "shop_id": 1,
                "shop_domain": self.domain,
                "customer": {"id": order.customer["id"], "email": order.customer["email"]},
                "orders_to_redact": [order.id],
            }
            if erase:
                order.customer["email"] = None
            return self.delivery("customers/redact", body)

    def uninstall(self):
        """The shopkeeper removes the app: it may not ask any more."""
        with self.lock:
            self.tell({"app/uninstalled": {"id": 1, "myshopify_domain": self.domain}})
            self.subscriptions = {}
            self.token = "removed"

    # === QUERIES === #

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
            "orderCancel": self.told_to_cancel,
            "refundCreate": self.told_to_refund,
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

    # === WHAT WE TELL THE STORE === #

    def subscribe(self, info, topic, webhookSubscription):  # noqa: N803
        uri = webhookSubscription["uri"]
        parts = urlsplit(uri)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            message = "Address protocol http:// is not supported"
            return self._errors("webhookSubscription", [["webhookSubscription", "uri"], message])
        if {"topic": topic, "uri": uri} in self.subscriptions.values():
            message = "Address for this topic has already been taken"
            return self._errors("webhookSubscription", [["webhookSubscription", "uri"], message])
        number = self.new_id()
        self.subscriptions[number] = {"topic": topic, "uri": uri}
        made = {"id": gid("WebhookSubscription", number), "topic": topic, "uri": uri}
        return {"webhookSubscription": made, "userErrors": []}

    def unsubscribe(self, info, id):
        if not self.subscriptions.pop(number_of(id), None):
            return self._errors("deletedWebhookSubscriptionId", [["id"], "Does not exist"])
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}

    def _errors(self, name, *errors, key="userErrors"):
        """:return: an answer of nothing but errors: (field, message) or (field, message, code)"""
        keys = ("field", "message", "code")
        return {name: None, key: [dict(zip(keys, error, strict=False)) for error in errors]}

    def set_quantities(self, info, input):
        quantities = input["quantities"]

        def conflict(code, message):
            return self._errors("inventoryAdjustmentGroup", (None, message, code))

        if any("changeFromQuantity" not in quantity for quantity in quantities):
            return conflict("CHANGE_FROM_QUANTITY_STALE", "changeFromQuantity must be given")
        return self.once(info, input, lambda: self._set_quantities(input, quantities), conflict)

    def _set_quantities(self, input, quantities):
        errors = list(self._quantity_errors(input, quantities))
        if errors:
            return self._errors("inventoryAdjustmentGroup", *errors)
        items = {variant.item_id: variant for variant in self.variants.values()}
        for quantity in quantities:
            variant = items[number_of(quantity["inventoryItemId"])]
            location = number_of(quantity["locationId"])
            variant.levels[location] = quantity["quantity"]
            self.tell_level(variant, location)
        return {"userErrors": []}

    def _quantity_errors(self, input, quantities):
        if input["name"] not in ("available", "on_hand"):
            yield ["input", "name"], "The quantity name must be 'available'.", "INVALID_NAME"
        if input["reason"] != "correction":
            yield ["input", "reason"], "The specified reason is invalid.", "INVALID_REASON"
        items = {variant.item_id: variant for variant in self.variants.values()}
        seen = set()
        for index, quantity in enumerate(quantities):
            path = ["input", "quantities", str(index)]
            item = items.get(number_of(quantity["inventoryItemId"]))
            location = number_of(quantity["locationId"])
            expected = quantity["changeFromQuantity"]
            if (item and item.item_id, location) in seen:
                code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
                yield path, "The same item and location came twice.", code
            elif not item:
                message = "The specified inventory item could not be found."
                yield [*path, "inventoryItemId"], message, "INVALID_INVENTORY_ITEM"
            elif location not in self.locations:
                message = "The specified location could not be found."
                yield [*path, "locationId"], message, "INVALID_LOCATION"
            elif location not in item.levels:
                message = "The specified inventory item is not stocked at the location."
                yield [*path, "locationId"], message, "ITEM_NOT_STOCKED_AT_LOCATION"
            elif quantity["quantity"] < 0:
                message = "The quantity can't be negative."
                yield [*path, "quantity"], message, "INVALID_QUANTITY_NEGATIVE"
            elif expected is not None and expected != item.levels[location]:
                message = "The changeFromQuantity value does not match persisted value."
                yield [*path, "changeFromQuantity"], message, "CHANGE_FROM_QUANTITY_STALE"
            seen.add((item and item.item_id, location))

    def set_prices(self, info, productId, variants, allowPartialUpdates=False):  # noqa: N803
        by_id = {
            variant.id: variant
            for variant in self.variants.values()
            if variant.product_id == number_of(productId)
        }
        errors = []
        for index, given in enumerate(variants):
            path = ["variants", str(index)]
            variant = by_id.get(number_of(given["id"]))
            if not variant:
                code = "PRODUCT_VARIANT_DOES_NOT_EXIST"
                errors.append(([*path, "id"], "Product variant does not exist", code))
            elif Decimal(given["price"]) < 0:
                message = "Price must be greater than or equal to 0"
                errors.append(([*path, "price"], message, "INVALID_INPUT"))
        wrong = {int(field[1]) for field, _message, _code in errors}
        if not errors or allowPartialUpdates:
            for index, given in enumerate(variants):
                if index not in wrong:
                    variant = by_id[number_of(given["id"])]
                    variant.price = Decimal(given["price"])
                    self.prices[variant.sku] = given["price"]
        return self._errors("product", *errors)

    def _find_part(self, number):
        return next(
            (order, part)
            for order in self.by_id.values()
            for part in order.parts
            if part.id == number
        )

    def open_part(self, info, id):
        order, part = self._find_part(number_of(id))
        part.status, part.updated = "open", self.stamp()
        return {"fulfillmentOrder": self.graph.part(order, part), "userErrors": []}

    def fulfil(self, info, fulfillment):
        tracking = fulfillment.get("trackingInfo") or {}
        made = Fulfilment(
            self.new_id(),
            self.stamp(),
            [],
            tracking.get("numbers") or [],
            tracking.get("urls") or [],
            tracking.get("company") or "",
        )
        chosen, places = [], set()
        for given in fulfillment["lineItemsByFulfillmentOrder"]:
            order, part = self._find_part(number_of(given["fulfillmentOrderId"]))
            places.add(part.location)
            if part.status not in ("open", "in_progress"):
                message = f"Fulfillment order has an unfulfillable status: {part.status}."
                return self._errors("fulfillment", [["fulfillment"], message])
            wanted = {
                number_of(line["id"]): line["quantity"]
                for line in given.get("fulfillmentOrderLineItems") or ()
            } or {number: remaining for number, _line, remaining in part.lines}
            for entry in part.lines:
                quantity = wanted.pop(entry[0], 0)
                if quantity > entry[2]:
                    message = "Invalid fulfillment order line item quantity requested."
                    return self._errors("fulfillment", [["fulfillment"], message])
                if quantity:
                    chosen.append((part, entry, quantity))
            if wanted:
                message = "Fulfillment order line item does not exist."
                return self._errors("fulfillment", [["fulfillment"], message])
        if len(places) > 1:
            message = "All fulfillment orders must be assigned to the same location."
            return self._errors("fulfillment", [["fulfillment"], message])
        for part, entry, quantity in chosen:
            entry[2] -= quantity
            made.lines.append((self.new_id(), entry[1], quantity))
            made.location = part.location
            is_done = not any(remaining for _number, _line, remaining in part.lines)
            part.status, part.updated = "closed" if is_done else "in_progress", made.at
        order.fulfilments.append(made)
        self.shipments.append(
            {
                "order_ref": str(order.id),
                "numbers": list(made.numbers),
                "quantities": {line.sku: q for _i, line, q in made.lines},
                "notify": fulfillment.get("notifyCustomer", False),
            }
        )
        whole = order.fulfillment_status == "fulfilled"
        self._changed(
            order,
            "orders/fulfilled" if whole else "orders/partially_fulfilled",
            {"fulfillments/create": rest.fulfilment(order, made)},
        )
        return {"fulfillment": self.graph.fulfilment(order, made), "userErrors": []}

    def track(self, info, fulfillmentId, trackingInfoInput, **options):  # noqa: N803
        number = number_of(fulfillmentId)
        for order in self.by_id.values():
            for made in order.fulfilments:
                if made.id == number:
                    made.numbers = trackingInfoInput.get("numbers") or []
                    made.urls = trackingInfoInput.get("urls") or []
                    made.company = trackingInfoInput.get("company") or ""
                    body = rest.fulfilment(order, made)
                    self._changed(order, None, {"fulfillments/update": body})
                    return {"fulfillment": self.graph.fulfilment(order, made), "userErrors": []}
        return self._errors("fulfillment", (["fulfillmentId"], "Fulfillment not found."))

    def told_to_cancel(self, info, orderId, reason, restock, **options):  # noqa: N803
        order = self.by_id.get(number_of(orderId))
        key = "orderCancelUserErrors"
        if not order:
            return self._errors("job", (["orderId"], "Order not found", "NOT_FOUND"), key=key)
        if order.cancelled:
            message = "Order has already been cancelled"
            return self._errors("job", (["orderId"], message, "INVALID"), key=key)
        if order.fulfilments:
            message = "Cannot cancel order with fulfillments"
            return self._errors("job", (["orderId"], message, "INVALID"), key=key)
        refund = bool((options.get("refundMethod") or {}).get("originalPaymentMethodsRefund"))
        self._cancel(order, reason.lower(), refund, restock)
        self.cancellations.append(
            {"order_ref": str(order.id), "lines": {}, "refund": refund, "restock": restock}
        )
        return {"job": {"id": gid("Job", self.new_id())}, key: []}

    def told_to_refund(self, info, input):
        def conflict(code, message):
            return self._errors("refund", (None, message))

        return self.once(info, input, lambda: self._refund(input), conflict)

    def _refund(self, input):
        order = self.by_id.get(number_of(input["orderId"]))
        if not order:
            return self._errors("refund", (["orderId"], "Order does not exist"))
        problem = self._refund_problem(order, input)
        if problem:
            return self._errors("refund", ([], problem))
        made = Refund(self.new_id(), self.stamp(), input.get("note") or "")
        by_id = {line.id: line for line in order.lines}
        for given in input.get("refundLineItems") or ():
            line = by_id[number_of(given["lineItemId"])]
            kind = (given.get("restockType") or "NO_RESTOCK").lower()
            made.lines.append((line, given["quantity"], kind))
            self._take_off(order, line, given["quantity"], returned=kind == "return")
        made.shipping = Decimal((input.get("shipping") or {}).get("amount") or "0.00")
        made.transactions = [
            self._transact(
                order,
                "refund",
                Decimal(given["amount"]),
                parent=given.get("parentId") and number_of(given["parentId"]),
                gateway=given["gateway"],
            )
            for given in input.get("transactions") or ()
        ]
        order.refunds.append(made)
        told = {
            "order_ref": str(order.id),
            "refund_ref": str(made.id),
            "amount": amount(sum((t.amount for t in made.transactions), ZERO)),
            "lines": {line.sku: quantity for line, quantity, _kind in made.lines},
        }
        if any(kind == "cancel" for _line, _quantity, kind in made.lines):
            self.cancellations.append({**told, "refund": bool(made.transactions), "restock": True})
        else:
            self.refunds_told.append(told)
        self._changed(order, None, {"refunds/create": rest.refund(order, made)})
        return {"refund": self.graph.refund(order, made), "userErrors": []}

    def _refund_problem(self, order, input):
        """:return: why the store refuses a refund, '' when it does not"""
        by_id = {line.id: line for line in order.lines}
        for given in input.get("refundLineItems") or ():
            line = by_id.get(number_of(given["lineItemId"]))
            if not line or given["quantity"] > line.quantity - line.gone:
                return "Quantity cannot refund more items than were purchased"
            if given.get("restockType") in ("CANCEL", "RETURN") and not given.get("locationId"):
                return "Location is required to restock"
        left = {payment.id: value for payment, value in self.refundable(order)}
        for given in input.get("transactions") or ():
            if given["kind"] != "REFUND":
                return "Transactions must be refunds"
            parent = given.get("parentId") and number_of(given["parentId"])
            if parent not in left or Decimal(given["amount"]) > left[parent]:
                return "Refund amount exceeds the amount that can be refunded"
            left[parent] -= Decimal(given["amount"])
        if order.currency != order.shop_currency and not input.get("currency"):
            return "Currency must be given"
        return ""
