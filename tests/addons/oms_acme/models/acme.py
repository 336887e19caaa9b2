"""Acme, a marketplace that exists in tests only: all an add-on needs to add a channel."""

import hashlib
import hmac
import secrets
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome, ShipmentOutcome
from odoo.addons.oms_addon.documents.channel import Listing
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import (
    Address,
    Charge,
    Customer,
    Line,
    OrderDocument,
    Tax,
)
from odoo.addons.oms_addon.documents.values import DocumentError, to_moment

STATUSES = {"new": "pending", "paid": "open", "sent": "shipped", "cancelled": "cancelled"}
PAGE = 50


class OmsChannelAdapterAcme(models.AbstractModel):
    _name = "oms.channel.adapter.acme"
    _inherit = "oms.channel.adapter"
    _description = "Acme"

    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_push_shipment = True
    _can_push_stock = True
    _credentials = ("base_url", "api_key")
    _required_credentials = ("base_url", "api_key")
    _credential_labels = {"base_url": "Address of the API", "api_key": "Acme key"}
    _batch_sizes = {"stock": 20}
    _rate_limits = {"default": (5.0, 20.0)}

    # === IN: PARSING === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: Acme signs the body alone."""
        secret = (channel.sudo().webhook_secret or "").encode()
        expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        given = headers.get("Acme-Signature", "")
        if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
            return self.env._("the signature is wrong")
        return ""

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: a revision of an order is an event."""
        try:
            return self._event(loads(body), body)
        except (DocumentError, KeyError, TypeError):
            # What nobody can read is kept and shown.
            return Event("order", f"unread:{hashlib.sha256(body).hexdigest()}", body)

    @api.model
    def _event(self, order, body):
        return Event("order", f"order:{order['id']}:{order['rev']}", body, str(order["id"]))

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: Acme's order in our words."""
        order = loads(payload)
        try:
            return self._order_document(order)
        except (KeyError, TypeError, AttributeError) as error:
            raise DocumentError(f"this is no order of Acme's: {error!r}") from error

    @api.model
    def _order_document(self, order):
        taxes = (Tax(name="VAT", rate=Decimal(order["vat"])),)
        lines = [self._line(item, taxes) for item in order["items"]]
        if order["delivery_cents"]:
            price = _money(order["delivery_cents"])
            lines.append(
                Line(
                    kind="shipping",
                    name="Delivery",
                    quantity=Decimal(1),
                    unit_price=price,
                    taxes=taxes,
                )
            )
        return OrderDocument(
            ref=str(order["id"]),
            version=str(order["rev"]),
            updated_at=to_moment(order["changed"]),
            placed_at=to_moment(order["created"]),
            currency=order["currency"],
            total=_money(order["total_cents"]),
            prices_include_tax=True,
            customer=Customer(name=order["buyer"]["name"], email=order["buyer"]["mail"]),
            shipping=self._address(order["buyer"]["name"], order["ship_to"]),
            lines=tuple(lines),
            charges=self._charges(order),
            status=STATUSES[order["status"]],
        )

    @api.model
    def _line(self, item, taxes):
        return Line(
            ref=str(item["line"]),
            sku=item["sku"],
            name=item["title"],
            quantity=Decimal(item["qty"]),
            unit_price=_money(item["price_cents"]),
            taxes=taxes,
        )

    @api.model
    def _address(self, name, place):
        return Address(
            name=name,
            street=place["street"],
            city=place["town"],
            zip=place["code"],
            country=place["land"],
        )

    @api.model
    def _charges(self, order):
        payment = order.get("payment")
        if not payment:
            return ()
        return (
            Charge(
                ref=payment["id"],
                kind="charge",
                status="success",
                amount=_money(order["total_cents"]),
                currency=order["currency"],
                at=to_moment(payment["at"]),
            ),
        )

    # === IN: ASKING === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: Acme counts the changes of all orders."""
        params = {"after": channel.cursor or "0", "limit": limit or PAGE}
        answer = self._send_request(channel, "GET", "/v1/orders", params=params)
        return self._events(answer["orders"]), str(answer["last"])

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`."""
        answer = self._send_request(channel, "GET", "/v1/orders", params={"ids": ",".join(refs)})
        return self._events(answer["orders"])

    @api.model
    def _events(self, texts):
        """:return: the events of orders, each as the text Acme signs, too"""
        return [self._event(loads(text), text.encode()) for text in texts]

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`."""
        answer = self._send_request(channel, "GET", "/v1/offers", params={"page": cursor or "1"})
        listings = [
            Listing(ref=offer["id"], sku=offer["sku"], name=offer["title"])
            for offer in answer["offers"]
        ]
        return listings, answer["next"]

    # === OUT === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`."""
        content = {
            "parcels": [parcel["number"] for parcel in shipment["parcels"] if parcel["number"]],
            "items": [
                {"line": int(line["line_ref"]), "qty": int(line["quantity"])}
                for line in shipment["lines"]
            ],
        }
        path = f"/v1/orders/{shipment['order_ref']}/shipments"
        answer = self._send_request(channel, "POST", path, body=content, headers={"Acme-Once": key})
        return ShipmentOutcome(details=answer)

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: Acme names the offers it does not take."""
        content = [{"offer": item["ref"], "quantity": item["quantity"]} for item in items]
        answer = self._send_request(
            channel, "PUT", "/v1/stock", body=content, headers={"Acme-Once": key}
        )
        refused = answer["refused"]
        failed = {
            position: refused[item["ref"]]
            for position, item in enumerate(items)
            if item["ref"] in refused
        }
        return ItemsOutcome(failed=failed)

    # === CONNECTION === #

    @api.model
    def _send_request(self, channel, method, path, **options):
        """:return: the JSON Acme answers"""
        headers = {"Acme-Key": channel.sudo().api_key or "", **options.pop("headers", {})}
        return self._call(channel, method, path, headers=headers, **options).json()

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`."""
        if not (channel.base_url and channel.sudo().api_key):
            return self.env._("Enter the address of Acme's API and your key.")
        try:
            self._send_request(channel, "GET", "/v1/me")
        except UserError as error:
            return str(error)
        return ""

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: what Acme is to sign its messages with."""
        if not channel.sudo().webhook_secret:
            channel.sudo().webhook_secret = secrets.token_urlsafe(32)

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`."""
        hook = self._send_request(channel, "GET", "/v1/hook")
        if hook["url"] == channel.webhook_url:
            return []
        content = {"url": channel.webhook_url, "secret": channel.sudo().webhook_secret}
        self._send_request(channel, "PUT", "/v1/hook", body=content)
        return [self.env._("Messages about orders were not sent; now they are.")]

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`."""
        self._send_request(channel, "PUT", "/v1/hook", body={"url": "", "secret": ""})


def _money(cents):
    return Decimal(cents) / 100
