"""The Acme marketplace: what ``tests/addons/oms_acme`` speaks to."""

import hashlib
import hmac
import json

from simulators.base import Delivery, Refusal, Response, Simulator

KEY = "acme-key"


class AcmeMarket(Simulator):
    code = "acme"
    topics = ("order",)
    lacks = frozenset({"refund", "partial_cancel", "cancel_request", "locations"})

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.offers, self.placed, self.changes = {}, {}, []
        self.levels, self.seen_once = {}, {}
        self.hook = {"url": "", "secret": ""}

    def credentials(self):
        return {"base_url": self.url, "api_key": KEY}

    # === A SHOPKEEPER'S DAY === #

    def add_product(self, sku, name, price="10.00", quantity=0, **values):
        ref = f"OFF-{len(self.offers) + 1}"
        self.offers[ref] = {"id": ref, "sku": sku, "title": name}
        self.levels[ref] = quantity
        return ref

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        number = len(self.placed) + 1
        now = self.tick().strftime("%Y-%m-%dT%H:%M:%SZ")
        items = [
            {"line": n, "sku": sku, "title": sku.title(), "qty": qty, "price_cents": _cents(price)}
            for n, (sku, qty, price) in enumerate(lines, 1)
        ]
        delivery = _cents(shape.get("shipping", "0"))
        self.placed[f"AC-{number}"] = {
            "id": f"AC-{number}",
            "rev": 1,
            "created": now,
            "changed": now,
            "status": "paid" if paid else "new",
            "currency": shape.get("currency", "USD"),
            "vat": shape.get("tax_rate", "0"),
            "buyer": {"name": shape.get("name", "Ann"), "mail": f"ann{number}@example.com"},
            "ship_to": {"street": "1 High St", "town": "Leeds", "code": "LS1 1AA", "land": "GB"},
            "items": items,
            "delivery_cents": delivery,
            "total_cents": sum(i["qty"] * i["price_cents"] for i in items) + delivery,
            "payment": {"id": f"PAY-{number}", "at": now} if paid else None,
        }
        self._changed(f"AC-{number}")
        return f"AC-{number}"

    def cancel_order(self, ref):
        order = self.placed[ref]
        order.update(rev=order["rev"] + 1, status="cancelled")
        order["changed"] = self.tick().strftime("%Y-%m-%dT%H:%M:%SZ")
        self._changed(ref)

    def orders(self):
        return self.placed

    def stock(self):
        return {(self.offers[ref]["sku"], ""): level for ref, level in self.levels.items()}

    # === DELIVERIES === #

    def _changed(self, ref):
        self.changes.append(ref)
        if self.hook["url"]:
            body = json.dumps(self.placed[ref]).encode()
            digest = hmac.new(self.hook["secret"].encode(), body, hashlib.sha256).hexdigest()
            headers = {
                "Acme-Signature": f"sha256={digest}",
                "Content-Type": "application/json",
            }
            self.deliveries.append(Delivery("order", headers, body, ref))

    def webhook_address(self, topic):
        return self.hook["url"]

    # === THE INTERFACE === #

    def handle(self, request):
        if request.headers.get("Acme-Key") != KEY:
            raise Refusal(Response(401, {"error": "unknown key"}))
        place = request.path.removeprefix("/v1/").split("/")
        once = request.headers.get("Acme-Once")
        if once and once in self.seen_once:
            return Response(body=self.seen_once[once])
        method = getattr(self, f"_{request.method.lower()}_{place[-1]}", None)
        if not method:
            raise Refusal(Response(404, {"error": "no such address"}))
        answer = method(request, *place[1:-1])
        if once:
            self.seen_once[once] = answer
        return Response(body=answer)

    def _get_me(self, request):
        return {"seller": "Test"}

    def _get_hook(self, request):
        return {"url": self.hook["url"]}

    def _put_hook(self, request):
        self.hook = request.json()
        return {"url": self.hook["url"]}

    def _get_orders(self, request):
        if "ids" in request.query:
            wanted = request.query["ids"].split(",")
            return {"orders": [json.dumps(self.placed[r]) for r in wanted if r in self.placed]}
        start = int(request.query["after"])
        refs = self.changes[start : start + int(request.query["limit"])]
        return {"orders": [json.dumps(self.placed[r]) for r in refs], "last": start + len(refs)}

    def _get_offers(self, request):
        return {"offers": list(self.offers.values()), "next": None}

    def _put_stock(self, request):
        refused = {}
        for row in request.json():
            if row["offer"] not in self.offers:
                refused[row["offer"]] = "no such offer"
            elif not isinstance(row["quantity"], int) or row["quantity"] < 0:
                refused[row["offer"]] = "no quantity"
            else:
                self.levels[row["offer"]] = row["quantity"]
        return {"refused": refused}

    def _post_shipments(self, request, ref):
        order, content = self.placed.get(ref), request.json()
        if not order or order["status"] != "paid":
            raise Refusal(Response(409, {"error": "not to be shipped"}))
        wanted = {item["line"]: item["qty"] for item in order["items"]}
        if {item["line"]: item["qty"] for item in content["items"]} != wanted:
            raise Refusal(Response(422, {"error": "not what was ordered"}))
        order["status"] = "sent"
        self.shipments.append({"order": ref, **content})
        return {"shipment": f"SH-{len(self.shipments)}"}


def _cents(price):
    whole, _point, rest = price.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0")[:2])
