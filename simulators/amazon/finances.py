"""The Finances API: transactions on the seller's account, including refunds."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ..base import Response
from .feeds import error
from .tokens import read_token, write_token

#: Amazon's commission in percent, which is returned on refunds
COMMISSION = 15
ZERO = Decimal(0)


class FinancesMixin:
    """Transactions, stored in the format of the API."""

    def _init_finances(self):
        #: transactions, each with the time from which it is published
        self.transactions = []
        #: delay of publication, at most 48 hours
        self.finances_late = timedelta(0)
        #: page size
        self.transactions_page = 500

    def op_listTransactions(self, request):
        query, now = request.query, datetime.now(timezone.utc)
        after = query.get("postedAfter")
        if not after:
            raise error(400, "InvalidInput", "Start date cannot be null")
        before = query.get("postedBefore") or _iso(now - timedelta(minutes=2))
        if not after < before <= _iso(now - timedelta(minutes=2)):
            raise error(400, "InvalidInput", "The dates must be two minutes in the past.")
        start, key = 0, f"{after} {before}"
        if "nextToken" in query:
            start, known = read_token(query["nextToken"])
            if known != key:
                raise error(400, "InvalidInput", "The token is of another search.")
        told = [
            transaction
            for shown_at, transaction in self.transactions
            if shown_at <= now and after <= transaction["postedDate"] < before
        ]
        end = start + self.transactions_page
        payload = {"transactions": told[start:end]}
        payload |= {"nextToken": write_token(end, key)} if end < len(told) else {}
        return Response(200, {"payload": payload})

    def refund_order(self, ref, lines=(), amount=None, *, returned=False):
        """Override: in Seller Central; an amount without lines is for the first shipped item."""
        with self.lock:
            order = self.shop[str(ref)]
            items = {item.sku: item for item in order.items}
            parts = [
                (items[sku], count, _cents(_paid(items[sku]) * count / items[sku].ordered), ZERO)
                for sku, count in lines
            ]
            if amount is not None:
                shipped = [item for item in order.items if order.shipped(item)]
                item, count = parts[0][:2] if parts else ((shipped or order.items)[0], 0)
                parts = [(item, count, Decimal(amount), ZERO)]
            # Amazon refunds at most the paid amount of an item.
            parts = [
                (item, count, min(price, order.paid_for(item)["Principal"]), shipping)
                for item, count, price, shipping in parts
            ]
            for item, count, price, _shipping in parts:
                item.back["Principal"] = item.back.get("Principal", 0) + price
                item.refunded_unshipped += 0 if returned or order.shipped(item) else count
            self.tick()
            return self._refund(order, parts)

    def _refund(self, order, parts):
        """Refund money.

        :param list parts: tuples (item, units, part of its price, part of its shipping, and part of
            its tax where that is separate)
        :return: the id of the transaction
        """
        items = [_item_answer(order, *part) for part in parts]
        gross = sum((sum(amounts) for _item, _count, *amounts in parts), ZERO)
        order.refund_buyer(gross)
        number = len(self.transactions) + 1
        ref = f"{self.random.getrandbits(128):032x}{number}"
        posted = self.now
        total = sum((Decimal(str(i["totalAmount"]["currencyAmount"])) for i in items), ZERO)
        transaction = {
            "sellingPartnerMetadata": {
                "sellingPartnerId": self.seller,
                "accountType": "Standard Orders",
                "marketplaceId": order.market,
            },
            "relatedIdentifiers": [
                {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": order.ref},
                {"relatedIdentifierName": "REFUND_ID", "relatedIdentifierValue": f"8{number:011}"},
            ],
            "transactionType": "Refund",
            "transactionId": ref,
            "transactionStatus": "RELEASED",
            "description": "Refund Order",
            "postedDate": _iso(posted),
            "totalAmount": _money(order, total),
            "marketplaceDetails": {
                "marketplaceId": order.market,
                "marketplaceName": order.site,
            },
            "items": items,
            "contexts": [],
            "breakdowns": [_node(order, "Expenses", -gross), _node(order, "Sales", total + gross)],
        }
        self.transactions.append((posted + self.finances_late, transaction))
        return ref


def _paid(item):
    """:return: the paid amount of an item: its price less promotions"""
    return item.price - item.discount


def _item_answer(order, item, count, price, shipping, tax=ZERO):
    """:return: an item of a refund, with Amazon's commission returned"""
    fee = _cents(price * COMMISSION / 100)
    parts = [("ProductCharges", "OurPricePrincipal", -price), ("AmazonFees", "Commission", fee)]
    parts += [("Shipping", "ShippingPrincipal", -shipping)] if shipping else []
    parts += [("Tax", "OurPriceTax", -tax)] if tax else []
    withheld = tax if order.by_amazon else ZERO
    name = "MarketplaceFacilitatorTax"
    parts += [(name, f"{name}-Principal", withheld)] if withheld else []
    return {
        "description": item.title,
        "totalAmount": _money(order, fee - price - shipping - tax + withheld),
        "relatedIdentifiers": [
            {
                "itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID",
                "itemRelatedIdentifierValue": f"9{item.ref}",
            }
        ],
        "breakdowns": [
            _node(order, name, amount, [_node(order, part, amount)]) for name, part, amount in parts
        ],
        "contexts": [
            {
                "contextType": "ProductContext",
                "asin": "B000000001",
                "sku": item.sku,
                "quantityShipped": count or 1,
                "fulfillmentNetwork": "AFN" if order.afn else "MFN",
            }
        ],
    }


def _node(order, name, amount, parts=()):
    return {
        "breakdownType": name,
        "breakdownAmount": _money(order, amount),
        "breakdowns": list(parts),
    }


def _cents(amount):
    return amount.quantize(Decimal("0.01"))


def _money(order, amount):
    return {"currencyCode": order.currency, "currencyAmount": float(amount)}


def _iso(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


__all__ = ["FinancesMixin"]
