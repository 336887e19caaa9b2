"""Operations of listings."""

from decimal import Decimal

from ..base import Response
from .feeds import error
from .tokens import read_token, write_token


class ListingsMixin:
    """Operations of listings."""

    def _check_seller(self, seller):
        if seller != self.seller:
            raise error(400, "InvalidInput", "The seller id is not the account's.")

    def op_searchListingsItems(self, request, sellerId):
        self._check_seller(sellerId)
        if request.query["marketplaceIds"] != self.market:
            raise error(400, "InvalidInput", "The marketplace is not the seller's.")
        size, token = int(request.query.get("pageSize", 10)), request.query.get("pageToken")
        start = read_token(token)[0] if token else 0
        skus = sorted(self.listings)
        told = {
            "numberOfResults": len(skus),
            "items": [self._listing_answer(sku) for sku in skus[start : start + size]],
        }
        if start + size < len(skus):
            told["pagination"] = {"nextToken": write_token(start + size, "listings")}
        return Response(200, told)

    def _listing_answer(self, sku):
        listing = self.listings[sku]
        code = "AMAZON_EU" if listing["afn"] else "DEFAULT"
        stock = {} if listing["afn"] else {"quantity": listing["quantity"]}
        price = {"amount": listing["price"], "currencyCode": self.currency}
        return {
            "sku": sku,
            "summaries": [
                {
                    "marketplaceId": self.market,
                    "asin": listing["asin"],
                    "productType": "HOME",
                    "status": ["BUYABLE", "DISCOVERABLE"],
                    "itemName": listing["name"],
                    "createdDate": "2025-01-01T00:00:00Z",
                    "lastUpdatedDate": "2025-01-01T00:00:00Z",
                }
            ],
            "offers": [{"marketplaceId": self.market, "offerType": "B2C", "price": price}],
            "fulfillmentAvailability": [{"fulfillmentChannelCode": code, **stock}],
        }

    def op_patchListingsItem(self, request, sellerId, sku):
        self._check_seller(sellerId)
        problem = self._patch_listing(sku, request.json()["patches"])
        told = {"sku": sku, "submissionId": f"S{sum(self.calls.values())}", "issues": []}
        if not problem:
            return Response(200, told | {"status": "ACCEPTED"})
        issue = {"code": problem[0], "message": problem[1], "severity": "ERROR", "categories": []}
        return Response(200, told | {"status": "INVALID", "issues": [issue]})

    def _patch_listing(self, sku, patches):
        """Change an offer. :return: code and message of an error, ``None`` when done"""
        listing = self.listings.get(sku)
        if not listing:
            return "8105", f"SKU {sku} does not match any ASIN."
        for patch in patches:
            for value in patch["value"]:
                if patch["path"] == "/attributes/fulfillment_availability":
                    if listing["afn"]:
                        return "90041", "The offer is fulfilled by Amazon."
                    if value["fulfillment_channel_code"] != "DEFAULT" or value["quantity"] < 0:
                        return "90220", "The quantity is none."
                    listing["quantity"] = value["quantity"]
                elif patch["path"] == "/attributes/purchasable_offer":
                    price = value["our_price"][0]["schedule"][0]["value_with_tax"]
                    if value["marketplace_id"] != self.market or price <= 0:
                        return "90226", "The price is none."
                    listing["price"] = self.prices[sku] = f"{Decimal(str(price)):.2f}"
                else:
                    return "90000", f"{patch['path']} cannot be changed."
        return None
