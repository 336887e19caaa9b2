"""An order of Amazon, and its format in both API versions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .order_2026 import Order2026, iso

CENT = Decimal("0.01")


@dataclass(eq=False)
class Item:
    """One item of an order; amounts are for all units originally ordered."""

    ref: str
    sku: str
    title: str
    ordered: int
    price: Decimal
    discount: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    cancelled: int = 0
    #: units refunded before they were shipped; they are still included in the order
    refunded_unshipped: int = 0
    cancel_reason: str = ""
    #: refunded amounts, by component
    back: dict = field(default_factory=dict)

    @property
    def quantity(self):
        return self.ordered - self.cancelled

    def part(self, amount):
        """:return: the share of an amount for the units not cancelled"""
        return (amount * self.quantity / (self.ordered or 1)).quantize(CENT, ROUND_HALF_UP)


@dataclass(eq=False)
class Order(Order2026):
    """Amazon's data of an order, which the API never returns completely."""

    ref: str
    market: str
    site: str
    currency: str
    placed: datetime
    updated: datetime
    items: list
    email: str
    name: str
    country: str
    tax_added: bool = False
    by_amazon: bool = False
    paid: bool = True
    #: the buyer pays the carrier on delivery, as in Japan
    cash: bool = False
    cancelled: bool = False
    afn: bool = False
    gift_message: str = ""
    company: str = ""
    purchase_order: str = ""
    tip: Decimal = Decimal(0)
    shipments: dict = field(default_factory=dict)
    state: str = ""
    refunded: Decimal = Decimal(0)
    #: the total when the order was placed
    placed_total: Decimal = Decimal(0)

    # === STATE === #

    def shipped(self, item):
        """:return: the shipped units of an item"""
        return sum(package["items"].get(item.ref, 0) for package in self.shipments.values())

    @property
    def status(self):
        if self.cancelled:
            return "Canceled"
        if not self.paid:
            return "Pending"
        left = sum(map(self.shipped, self.items))
        if not left:
            return "Unshipped"
        wanted = sum(item.quantity for item in self.items)
        return "Shipped" if left >= wanted else "PartiallyShipped"

    def tax(self, item, amount):
        """:return: the tax on, or in, an amount; ``None`` when it was not computed"""
        if item.tax_rate is None:
            return None
        base = 100 if self.tax_added else 100 + item.tax_rate
        return (amount * item.tax_rate / base).quantize(CENT, ROUND_HALF_UP)

    @property
    def total(self):
        total = self.tip
        for item in self.items:
            amount = item.part(item.price) - item.part(item.discount)
            total += amount + item.part(item.shipping)
            if self.tax_added:
                total += self.tax(item, amount) or 0
                total += self.tax(item, item.part(item.shipping)) or 0
        return total

    def paid_for(self, item):
        """:return: the refundable amounts of an item, by component of a refund"""
        price = item.part(item.price) - item.part(item.discount)
        paid = {"Principal": price, "Shipping": item.part(item.shipping)}
        if self.tax_added and not self.by_amazon:
            paid |= {
                f"{kind}Tax".removeprefix("Principal"): self.tax(item, amount) or Decimal(0)
                for kind, amount in paid.items()
            }
        return {kind: amount - item.back.get(kind, 0) for kind, amount in paid.items()}

    def add_own_tax(self, item, share):
        """Add the tax that Amazon refunds itself to the requested refund of an item."""
        for kind in ("Principal", "Shipping"):
            name = f"{kind}Tax".removeprefix("Principal")
            own = self.tax(item, share[kind]) if self.tax_added and self.by_amazon else None
            share.setdefault(name, own or Decimal(0))

    def refund_buyer(self, amount):
        """Refund the buyer, up to the refundable amount."""
        if self.paid:
            self.refunded += min(amount, self.placed_total - self.refunded)

    def _money(self, amount):
        return {"CurrencyCode": self.currency, "Amount": f"{amount:.2f}"}

    # === VERSION 0 === #

    def v0(self, personal=False):
        """:return: the order in version 0; with ``personal`` as with a restricted token"""
        told = {
            "AmazonOrderId": self.ref,
            "PurchaseDate": iso(self.placed),
            "LastUpdateDate": iso(self.updated),
            "OrderStatus": self.status,
            "FulfillmentChannel": "AFN" if self.afn else "MFN",
            "SalesChannel": self.site,
            "ShipServiceLevel": "Std Dom",
            "ShipmentServiceLevelCategory": "Standard",
            "NumberOfItemsShipped": sum(map(self.shipped, self.items)),
            "NumberOfItemsUnshipped": sum(i.quantity - self.shipped(i) for i in self.items),
            "PaymentMethod": "Other",
            "PaymentMethodDetails": ["Standard"],
            "MarketplaceId": self.market,
            "OrderType": "StandardOrder",
            "LatestShipDate": iso(self.placed + timedelta(days=2)),
            "LatestDeliveryDate": iso(self.placed + timedelta(days=5)),
            "IsBusinessOrder": bool(self.company),
            "IsPrime": False,
            "IsReplacementOrder": False,
            "IsAccessPointOrder": False,
        }
        if self.cash:
            told["PaymentMethod"] = "COD"
            told["PaymentMethodDetails"] = ["COD"]
            told["PaymentExecutionDetail"] = [
                {"Payment": self._money(self.total), "PaymentMethod": "COD"}
            ]
        if self.status not in ("Pending", "Canceled"):
            told["OrderTotal"] = self._money(self.total)
            told["ShippingAddress"] = self._address() if personal else self._public_address()
            if personal:
                told["BuyerInfo"] = self._buyer()
        return told

    def _public_address(self):
        told = {"City": "Leeds", "PostalCode": "LS1 1AA", "CountryCode": self.country}
        return {**told, **({"StateOrRegion": self.state} if self.state else {})}

    def _address(self):
        return {
            "Name": self.name,
            "AddressLine1": "1 High Street",
            **({"CompanyName": self.company} if self.company else {}),
            "Phone": "+44 113 496 0000",
            **self._public_address(),
        }

    def _buyer(self):
        told = {"BuyerName": self.name, "BuyerEmail": self.email}
        return told | ({"PurchaseOrderNumber": self.purchase_order} if self.purchase_order else {})

    def items_v0(self, personal=False):
        return [self._item_v0(item, personal) for item in self.items]

    def _item_v0(self, item, personal):
        told = {
            "ASIN": f"B0{item.sku[:8]:0>8}",
            "SellerSKU": item.sku,
            "OrderItemId": item.ref,
            "Title": item.title,
            "QuantityOrdered": item.quantity,
            "QuantityShipped": self.shipped(item),
            "IsGift": "true" if self.gift_message else "false",
            "ConditionId": "New",
        }
        if item.cancel_reason:
            told["BuyerRequestedCancel"] = {
                "IsBuyerRequestedCancel": "true",
                "BuyerCancelReason": item.cancel_reason,
            }
        if self.status == "Pending" or not item.quantity:
            return told
        amounts = {"Item": item.part(item.price), "Shipping": item.part(item.shipping)}
        discount = item.part(item.discount)
        for name, amount in amounts.items():
            if name == "Item" or amount:
                told[f"{name}Price"] = self._money(amount)
                tax = self.tax(item, amount - discount if name == "Item" else amount)
                if tax is not None:
                    told[f"{name}Tax"] = self._money(tax)
        told["PromotionDiscount"] = self._money(discount)
        if self.by_amazon:
            told["TaxCollection"] = {
                "Model": "MarketplaceFacilitator",
                "ResponsibleParty": "Amazon Services, Inc.",
            }
        if personal and self.gift_message:
            told["BuyerInfo"] = {"GiftMessageText": self.gift_message}
        return told

    # === REPORT === #

    def report_rows(self):
        """:return: the rows of the report of all orders"""
        for item in self.items:
            yield {
                "amazon-order-id": self.ref,
                "merchant-order-id": self.ref,
                "purchase-date": iso(self.placed).replace("Z", "+00:00"),
                "last-updated-date": iso(self.updated).replace("Z", "+00:00"),
                "order-status": {"Canceled": "Cancelled"}.get(self.status, self.status),
                "fulfillment-channel": "Amazon" if self.afn else "Merchant",
                "sales-channel": self.site,
                "product-name": item.title,
                "sku": item.sku,
                "asin": f"B0{item.sku[:8]}",
                "item-status": self.status,
                "quantity": str(item.quantity),
                "currency": self.currency,
                "item-price": f"{item.part(item.price):.2f}",
                "item-tax": f"{self.tax(item, item.price) or 0:.2f}",
                "shipping-price": f"{item.part(item.shipping):.2f}" if item.shipping else "",
                "shipping-tax": "",
                "item-promotion-discount": f"{item.discount:.2f}" if item.discount else "",
                "ship-city": "Leeds",
                "ship-state": "",
                "ship-postal-code": "LS1 1AA",
                "ship-country": self.country,
                "promotion-ids": "",
                "is-business-order": "true" if self.company else "false",
                "purchase-order-number": self.purchase_order,
            }
