"""PrestaShop: push stock and prices."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import FinalError

from .parse_values import (
    combination_of,
    listing_ref,
    money,
    net_price,
    text,
)

ZERO = Decimal(0)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: the existing rows, with new quantities.

        PrestaShop accepts many in one call, and stops at the first one it rejects; then they are
        pushed one by one. A row whose quantity differs from the last known one is skipped: the
        shop sold some in the meantime.
        """
        rows = {}
        for row in self._stocks(channel, {item["ref"].partition("-")[0] for item in items}):
            place = listing_ref(text(row, "id_product"), combination_of(row))
            rows.setdefault(place, []).append(row)
        failed, stale, writes = {}, {}, {}
        for position, item in enumerate(items):
            row, why = self._stock_row(item, rows.get(item["ref"], []))
            there = int(money(row, "quantity")) if row else 0
            if why:
                failed[position] = why
            elif there == item["quantity"]:
                continue
            elif item.get("seen") is not None and there != item["seen"]:
                stale[position] = there
            else:
                writes[position] = {**row, "quantity": item["quantity"]}
        failed |= self._write_each(channel, "PUT", "stock_availables", writes)
        return ItemsOutcome(failed=failed, stale=stale)

    @api.model
    def _stock_row(self, item, rows):
        """:return: the row of an item's stock, or why it cannot be pushed"""
        location = item.get("location")
        if location:
            rows = [row for row in rows if text(row, "id_shop") in ("", "0", location)]
        if not rows:
            return None, self.env._(
                "PrestaShop has no stock of %(ref)s. Fetch the listings again.", ref=item["ref"]
            )
        if len(rows) > 1:
            return None, self.env._(
                "%(ref)s has stock in several shops of the store. Specify which shop the "
                "warehouse serves.",
                ref=item["ref"],
            )
        if text(rows[0], "depends_on_stock") == "1":
            return None, self.env._(
                "PrestaShop manages the stock of %(ref)s in its own warehouses. Disable its "
                "advanced stock management.",
                ref=item["ref"],
            )
        return rows[0], ""

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: PrestaShop stores net prices, and those of
        combinations as a difference to their product's.
        """
        currency = self._default_currency(channel)
        products = {
            text(row, "id"): row
            for row in self._get_all(
                channel,
                "products",
                "id",
                {item["ref"].partition("-")[0] for item in items},
                "[id,price,ecotax,id_tax_rules_group]",
            )
        }
        combinations = {
            text(row, "id"): row
            for row in self._get_all(
                channel,
                "combinations",
                "id",
                {item["ref"].partition("-")[2] for item in items},
                "[id,ecotax]",
            )
        }
        rates = self._rates_by_group(channel)
        coin, mode = self._default_unit(channel), self._price_rounding(channel)
        failed, writes = {}, {"products": {}, "combinations": {}}
        for position, item in enumerate(items):
            product_id, _dash, combination_id = item["ref"].partition("-")
            product = products.get(product_id)
            if not product:
                failed[position] = self.env._(
                    "PrestaShop has no product %(ref)s. Fetch the listings again.", ref=item["ref"]
                )
            elif item["currency"] != currency:
                failed[position] = self.env._(
                    "The store's prices are in %(theirs)s, not in %(ours)s.",
                    theirs=currency,
                    ours=item["currency"],
                )
            else:
                rate = rates.get(text(product, "id_tax_rules_group"), ZERO)
                # The shop adds the eco-tax to its price, with its own tax.
                combination = combinations.get(combination_id)
                ecotax = self._ecotax(channel, product, combination, rates)
                net = net_price(
                    Decimal(item["price"]), rate, ecotax, coin, mode, is_sum=bool(combination_id)
                )
                base = money(product, "price") if combination_id else ZERO
                writes["combinations" if combination_id else "products"][position] = {
                    "id": combination_id or product_id,
                    "price": f"{net - base:f}",
                }
        for resource, records in writes.items():
            failed.update(self._write_each(channel, "PATCH", resource, records))
        return ItemsOutcome(failed=failed)

    @api.model
    def _write_each(self, channel, method, resource, records):
        """Write records with one call; one by one when PrestaShop rejects it.

        :param dict records: by position
        :return: why records were rejected, by position
        :rtype: dict
        """
        if not records:
            return {}
        try:
            self._write(channel, method, resource, list(records.values()))
            return {}
        except FinalError as error:
            if len(records) == 1:
                return dict.fromkeys(records, str(error))
        refused = {}
        for position, record in records.items():
            refused.update(self._write_each(channel, method, resource, {position: record}))
        return refused
