"""Amazon: push shipments."""

import zlib
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ShipmentOutcome
from odoo.addons.oms_addon.tools.paths import segment

#: Amazon's carrier codes, by a part of the carrier's name
CARRIERS = (
    ("dhl ecommerce", "DHL eCommerce"),
    ("dhl", "DHL"),
    ("ups", "UPS"),
    ("fedex", "FedEx"),
    ("usps", "USPS"),
    ("royal mail", "Royal Mail"),
    ("parcelforce", "Parcelforce"),
    ("dpd", "DPD"),
    ("gls", "GLS"),
    ("evri", "Evri"),
    ("hermes", "Hermes"),
    ("colissimo", "Colissimo"),
    ("chronopost", "Chronopost"),
    ("la poste", "La Poste"),
    ("deutsche post", "Deutsche Post"),
    ("postnl", "PostNL"),
    ("correos", "Correos"),
    ("seur", "SEUR"),
    ("poste italiane", "Poste Italiane"),
    ("brt", "BRT"),
    ("bpost", "BPOST"),
    ("tnt", "TNT"),
    ("canada post", "Canada Post"),
    ("australia post", "Australia Post"),
    ("yamato", "YAMATO"),
    ("sagawa", "SAGAWA"),
)


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _can_push_shipment = True
    _can_push_tracking = True

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: confirm each parcel with its contents.

        A parcel has the same number at every attempt, so that Amazon updates it.
        """
        ref = shipment["order_ref"]
        lines = [line for line in shipment["lines"] if line["line_ref"]] or self._all_items(
            channel, ref
        )
        parcels = shipment["parcels"] or [{"carrier": "", "carrier_code": "", "number": ""}]
        reported = []
        for position, (parcel, items) in enumerate(self._share(parcels, lines)):
            reported.append(self._confirm(channel, shipment, position, parcel, items))
        return ShipmentOutcome(details={"packages": reported})

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: parcels keep their numbers, so that Amazon updates
        them.
        """
        return self._push_shipment(channel, key, shipment)

    @api.model
    def _all_items(self, channel, ref):
        """:return: all unshipped items of an order, as lines of a shipment"""
        return [
            {"line_ref": item["OrderItemId"], "quantity": open_}
            for item in self._items(channel, ref)
            if (open_ := item["QuantityOrdered"] - item.get("QuantityShipped", 0)) > 0
        ]

    @api.model
    def _share(self, parcels, lines):
        """Distribute the units over parcels: contents are unknown, but Amazon requires at least one
        unit in each.

        :return: pairs (parcel, lines); parcels without units are left out
        """
        rest = [[line["line_ref"], int(Decimal(str(line["quantity"])))] for line in lines]
        rest = [pair for pair in rest if pair[1] > 0]
        others = []
        for parcel in parcels[1:]:
            if sum(count for _ref, count in rest) <= 1:
                break
            rest[-1][1] -= 1
            others.append((parcel, [[rest[-1][0], 1]]))
            rest = [pair for pair in rest if pair[1]]
        return [(parcels[0], rest), *others]

    @api.model
    def _confirm(self, channel, shipment, position, parcel, items):
        """Confirm one parcel. :return: its number on Amazon"""
        ref, name = shipment["order_ref"], shipment["shipment_ref"]
        package = str(zlib.crc32(f"{name}:{position}".encode()) % 10**9 + 1)
        code, carrier = self._carrier(parcel)
        detail = {
            "packageReferenceId": package,
            "carrierCode": code,
            **({"carrierName": carrier} if code == "Other" else {}),
            # Amazon requires a number for untracked mail, too.
            "trackingNumber": parcel.get("number") or name,
            "shipDate": f"{shipment['shipped_at'][:19].replace(' ', 'T')}Z",
            "orderItems": [{"orderItemId": item, "quantity": count} for item, count in items],
        }
        body = {"marketplaceId": self._market(channel, ref), "packageDetail": detail}
        body |= {"codCollectionMethod": "DirectPayment"} if self._is_cash(channel, ref) else {}
        path = f"/orders/v0/orders/{segment(ref)}/shipmentConfirmation"
        self._patiently(
            lambda: self._send_request(channel, "confirmShipment", "POST", path, body=body),
            position,
        )
        return package

    @api.model
    def _carrier(self, parcel):
        """:return: Amazon's code of a parcel's carrier, and its name where the code is Other"""
        name = parcel.get("carrier") or ""
        if parcel.get("carrier_code"):
            return parcel["carrier_code"], name
        words = f" {name.casefold()} "
        found = next((code for part, code in CARRIERS if f" {part} " in words), None)
        return (found, name) if found else ("Other", name or "Other")

    @api.model
    def _is_cash(self, channel, ref):
        """:return: whether an order is paid on delivery, which only Japan requires"""
        if self._currency(channel) != "JPY":
            return False
        order = self.env["sale.order"].search(
            [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", ref)], limit=1
        )
        return order._oms_terms() == "cod" if order else channel.payment_policy == "cod"

    @api.model
    def _market(self, channel, ref):
        """:return: the marketplace an order was placed on"""
        markets = self._account(channel)["markets"]
        if len(markets) == 1:
            return markets[0]
        message = self.env["oms.channel.message"].sudo()
        message = message.search(
            [("channel_id", "=", channel.id), ("direction", "=", "in"), ("order_ref", "=", ref)],
            order="id desc",
            limit=1,
        )
        try:
            document = message and self._parse(channel, message.topic, message._raw_payload())
        except ValueError:
            document = None
        reported = (getattr(document, "extra", None) or {}).get("marketplace")
        if reported in markets:
            return reported
        order = self._get_order(channel, ref) or {}
        reported = order.get("MarketplaceId") or (order.get("salesChannel") or {}).get(
            "marketplaceId"
        )
        return reported or markets[0]
