"""Price sync: changed prices, in few calls."""

import hashlib
import json
import uuid
from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.models.message.outbound_topics import TOPICS
from odoo.addons.oms_addon.tools.batches import halves

CHECK_MINUTES = 60


class OmsChannelPrice(models.AbstractModel):
    """Pushes listing prices to channels with price sync.

    Listings of several products are priced on the channel: only those of one product are pushed, at
    the pricelist's price for the number of units in the listing.
    """

    _name = "oms.channel.price"
    _description = "Channel Price"

    @api.model
    def _process(self):
        """Compare the prices of the channel that waited longest and queue the differences.

        :return: number of messages
        :rtype: int
        """
        due = fields.Datetime.subtract(fields.Datetime.now(), minutes=CHECK_MINUTES)
        Channel = self.env["oms.channel"]
        channels = Channel.search(
            Domain("state", "=", "live")
            & Channel._synced_domain("price")
            & (Domain("prices_checked_at", "=", False) | Domain("prices_checked_at", "<=", due)),
            order="prices_checked_at nulls first",
        )
        channel = channels.filtered("can_push_price")[:1]
        return self._queue(channel) if channel else 0

    @api.model
    def _queue(self, channel):
        """Queue listings with a changed price, except those queued already: a message is sent with
        the prices of the moment it is sent.

        :return: number of messages
        :rtype: int
        """
        channel.prices_checked_at = fields.Datetime.now()
        listings = self.env["oms.channel.listing"].search(
            [
                ("channel_id", "=", channel.id),
                ("id", "not in", self._on_their_way(channel)),
                ("product_id", "!=", False),
                ("component_ids", "=", False),
                ("external_ref", "!=", False),
                ("status", "=", "active"),
            ]
        )
        listings -= self._without_rate(channel, listings)
        wanted = self._wanted(channel, listings)
        differing = (
            listings.filtered(lambda l: l in wanted)
            .filtered(
                lambda l: (
                    l.currency_id.compare_amounts(l.price, wanted[l]) if l.currency_id else True
                )
            )
            .sorted(lambda l: (l.parent_ref or "", l.id))
        )
        size = channel._adapter()._batch_sizes.get("price", 1)
        return self._queue_chunks(channel, split_every(size, differing.ids, list))

    @api.model
    def _on_their_way(self, channel):
        """:return: ids of the listings in pending price messages"""
        waiting = (
            self.env["oms.channel.message"]
            .sudo()
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("direction", "=", "out"),
                    ("topic", "=", "price"),
                    ("state", "=", "pending"),
                ]
            )
        )
        return [
            listing_id
            for message in waiting
            for listing_id in json.loads(message._raw_payload())["listings"]
        ]

    @api.model
    def _queue_chunks(self, channel, chunks):
        """Queue one message per chunk of listings.

        :param chunks: lists of ids of ``oms.channel.listing``
        :return: number of messages
        :rtype: int
        """
        rows = []
        for ids in chunks:
            body = json.dumps({"listings": ids}).encode()
            key = f"price:{uuid.uuid4()}"
            rows.append(("price", key, None, body, hashlib.sha256(body).hexdigest()))
        if rows:
            Message = self.env["oms.channel.message"].sudo()
            Message._insert_rows(channel, "out", rows, TOPICS["price"].priority)
            self.env["oms.lane"]._trigger_crons("outbox")
        return len(rows)

    @api.model
    def _without_rate(self, channel, listings):
        """:return: the listings whose price cannot be converted for lack of a currency rate"""
        today, rates = fields.Date.context_today(self), self.env["oms.exchange.rates"]
        by_currency = listings.grouped(lambda l: self._currency(channel, l))
        currencies = self.env["res.currency"].union(*by_currency)
        source = channel.price_pricelist_id.currency_id or channel.company_id.currency_id
        foreign = currencies - source
        if not foreign:
            return listings.browse()
        dates = rates._dates(channel.company_id, foreign | source)
        texts = {
            currency: text
            for currency in foreign | source
            if (text := rates._problem(channel, currency, dates, today))
        }
        if not texts:
            channel._resolve_alert("exchange_rate")
            return listings.browse()
        channel._raise_alert(
            "exchange_rate",
            next(iter(texts.values())),
            self.env._("Prices in this currency are not synced until the exchange rate is set."),
            level="warning",
        )
        without = foreign if source in texts else foreign.filtered(lambda c: c in texts)
        return listings.browse().union(*(by_currency[currency] for currency in without))

    @api.model
    def _currency(self, channel, listing):
        return listing.currency_id or channel.price_pricelist_id.currency_id or channel.currency_id

    @api.model
    def _wanted(self, channel, listings):
        """:return: the price of one of each listing, in the listing's currency; none if the
            channel's pricelist has no rule for its product
        :rtype: dict
        """
        prices = {}
        for multiplier, of_size in listings.grouped("multiplier").items():
            for currency, group in of_size.grouped(lambda l: self._currency(channel, l)).items():
                of_product = self._product_prices(channel, group.product_id, multiplier, currency)
                for listing in group:
                    price = of_product[listing.product_id.id]
                    if price is not None:
                        prices[listing] = currency.round(price * multiplier)
        return prices

    @api.model
    def _product_prices(self, channel, products, quantity, currency):
        """:return: the unit price for a quantity, by product id; ``None`` if the channel's
        pricelist has no rule for the product
        """
        products = products.with_company(channel.company_id)
        pricelist = channel.price_pricelist_id
        rules = pricelist._compute_price_rule(products, quantity, currency=currency)
        return {
            product_id: None if pricelist and not rule else price
            for product_id, (price, rule, *_rest) in rules.items()
        }

    @api.model
    def _usual(self, channel, listings):
        """:return: the Odoo sales price of one of each listing, in the listing's currency"""
        none = self.env["product.pricelist"]
        found = {}
        for currency, group in listings.grouped(lambda l: self._currency(channel, l)).items():
            products = group.product_id.with_company(channel.company_id)
            prices = none._get_products_price(products, 1.0, currency=currency)
            for listing in group:
                price = prices[listing.product_id.id] * listing.multiplier
                found[listing] = currency.round(price)
        return found

    @api.model
    def _send(self, message):
        """Push the current prices of the listings of one message.

        :param message: outbound ``oms.channel.message`` of topic ``price``
        :rtype: outcomes.Outcome
        """
        channel = message.channel_id
        if not channel._is_synced("price"):
            return ItemsOutcome()
        ids = json.loads(message._raw_payload())["listings"]
        listings = self.env["oms.channel.listing"].browse(ids).exists()
        listings -= self._without_rate(channel, listings)
        wanted = self._wanted(channel, listings)
        listings = listings.filtered(lambda l: l in wanted)
        items = [self._prepare_item(channel, listing, wanted[listing]) for listing in listings]
        body = json.dumps(items, sort_keys=True).encode()
        key = f"{message.event_ref}:{hashlib.sha256(body).hexdigest()[:12]}"
        try:
            answer = items and channel._adapter()._push_price(channel, key, items)
            answer = answer or ItemsOutcome()
        except FinalError as error:
            if len(ids) > 1:
                # The whole call was rejected: split it to find the item that causes it.
                self._queue_chunks(channel, halves(ids))
                return ItemsOutcome(details={"split": len(ids)})
            answer = ItemsOutcome(failed={0: str(error)})
        failed = {**answer.failed, **answer.stale}
        for position, listing in enumerate(listings):
            if position not in failed:
                currency = self._currency(channel, listing)
                listing.write({"price": wanted[listing], "currency_id": currency.id})
        if failed:
            position, why = next(iter(failed.items()))
            channel._raise_alert(
                "price",
                self.env._(
                    "%(count)s prices were rejected, the first for %(sku)s: %(why)s",
                    count=len(failed),
                    sku=items[position]["sku"],
                    why=why,
                ),
                self.env._("Correct the listing or its price. The sync retries within the hour."),
                level="warning",
            )
        elif items:
            channel._resolve_alert("price")
        return replace(answer, details={**answer.details, "pushed": len(items)})

    @api.model
    def _prepare_item(self, channel, listing, price):
        """:return: the adapter's data of one listing"""
        currency = self._currency(channel, listing)
        return {
            "ref": listing.external_ref or "",
            "item_ref": listing.item_ref or "",
            "parent_ref": listing.parent_ref or "",
            "sku": listing.sku or "",
            "price": f"{price:.{currency.decimal_places}f}",
            "currency": currency.name,
        }
