"""Mutations of stock and prices, with the checks of the real API."""

from decimal import Decimal

from .graph_values import number_of


class StockMutations:
    """Mutations of stock and prices, with the checks of the real API."""

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
            self.notify_level(variant, location)
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
