"""An order of Amazon in the format of version 2026-01-01 of the API."""

from datetime import timedelta

STATUSES_2026 = {
    "Pending": "PENDING",
    "Unshipped": "UNSHIPPED",
    "PartiallyShipped": "PARTIALLY_SHIPPED",
    "Shipped": "SHIPPED",
    "Canceled": "CANCELLED",
}


def iso(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class Order2026:
    """Mixed into ``Order``, which has the data."""

    def v2026(self, included, personal=True):
        """:return: the order in version 2026-01-01

        :param included: the requested data sets
        :param bool personal: whether the account may see buyer data
        """
        told = {
            "orderId": self.ref,
            "createdTime": iso(self.placed),
            "lastUpdatedTime": iso(self.updated),
            "programs": ["AMAZON_BUSINESS"] if self.company else [],
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": self.market,
                "marketplaceName": self.site,
            },
            "orderItems": [self._item_2026(item, included) for item in self.items],
        }
        is_told = self.status not in ("Pending", "Canceled")
        if "FULFILLMENT" in included:
            told["fulfillment"] = self._fulfillment_2026()
        if "PROCEEDS" in included and is_told:
            told["proceeds"] = {"grandTotal": self._money_2026(self.total)}
            if self.tip:
                tip = {"type": "DELIVERY_TIP", "status": "FINALIZED"}
                tip["subtotal"] = self._money_2026(self.tip)
                told["proceeds"]["breakdowns"] = [tip]
        if "PAYMENT" in included and self.cash and is_told:
            amount = self._money_2026(self.total)
            executions = [{"paymentMethod": "CashOnDelivery", "paymentAmount": amount}]
            told["payment"] = {"paymentExecutions": executions}
        if "BUYER" in included and personal and is_told:
            told["buyer"] = {"buyerName": self.name, "buyerEmail": self.email}
            if self.company:
                told["buyer"]["buyerCompanyName"] = self.company
            if self.purchase_order:
                told["buyer"]["buyerPurchaseOrderNumber"] = self.purchase_order
        if "RECIPIENT" in included and is_told:
            told["recipient"] = {"deliveryAddress": self._address_2026(personal)}
        return told

    def _fulfillment_2026(self):
        return {
            "fulfillmentStatus": STATUSES_2026[self.status],
            "fulfilledBy": "AMAZON" if self.afn else "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"latestDateTime": iso(self.placed + timedelta(days=2))},
            "deliverByWindow": {"latestDateTime": iso(self.placed + timedelta(days=5))},
        }

    def _address_2026(self, personal):
        told = {"city": "Leeds", "postalCode": "LS1 1AA", "countryCode": self.country}
        if self.state:
            told["stateOrRegion"] = self.state
        if personal:
            told |= {"name": self.name, "addressLine1": "1 High Street"}
            told |= {"phone": "+44 113 496 0000", "addressType": "RESIDENTIAL"}
        return told

    def _item_2026(self, item, included):
        told = {
            "orderItemId": item.ref,
            "quantityOrdered": item.quantity,
            "product": {"sellerSku": item.sku, "title": item.title, "asin": f"B0{item.sku[:8]}"},
        }
        if "FULFILLMENT" in included:
            told["fulfillment"] = {
                "quantityFulfilled": self.shipped(item),
                "quantityUnfulfilled": item.quantity - self.shipped(item),
            }
            if self.gift_message:
                told["fulfillment"]["packing"] = {"giftOption": {"giftMessage": self.gift_message}}
        if "CANCELLATION" in included and item.cancel_reason:
            request = {"requester": "BUYER", "cancelReason": item.cancel_reason}
            told["cancellation"] = {"cancellationRequest": request}
        if self.status == "Pending" or not item.quantity:
            return told
        if "PROCEEDS" in included:
            told["proceeds"] = {"breakdowns": self._breakdowns_2026(item)}
        if "TAX" in included and self.by_amazon:
            collection = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon"}
            told["tax"] = {"taxCollections": [collection]}
        return told

    def _breakdowns_2026(self, item):
        price, shipping = item.part(item.price), item.part(item.shipping)
        discount = item.part(item.discount)
        amounts = {"ITEM": price}
        if shipping:
            amounts["SHIPPING"] = shipping
        if discount:
            amounts["DISCOUNT"] = -discount
        told = [{"type": k, "subtotal": self._money_2026(a)} for k, a in amounts.items()]
        taxes = {"ITEM": self.tax(item, price - discount)}
        taxes |= {"SHIPPING": self.tax(item, shipping)} if shipping else {}
        if taxes["ITEM"] is not None:
            told.append(
                {
                    "type": "TAX",
                    "subtotal": self._money_2026(sum(taxes.values())),
                    "detailedBreakdowns": [
                        {"subtype": kind, "value": self._money_2026(tax)}
                        for kind, tax in taxes.items()
                    ],
                }
            )
        return told

    def _money_2026(self, amount):
        return {"currencyCode": self.currency, "amount": f"{amount:.2f}"}
