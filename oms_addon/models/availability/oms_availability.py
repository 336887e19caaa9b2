"""Available to Sell: the single definition for stock sync, API, websites, carts and users."""

import math
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.availability import Terms, count, show

STOCK = """
    SELECT quant.product_id, SUM(quant.quantity), SUM(quant.reserved_quantity)
    FROM stock_quant quant
    WHERE quant.product_id = ANY(%s) AND quant.location_id = ANY(%s) AND %s
    GROUP BY quant.product_id"""
COUNTED = """
    SELECT product.id
    FROM product_product product JOIN product_template template
        ON template.id = product.product_tmpl_id
    WHERE product.id = ANY(%s) AND template.is_storable AND template.type = 'consu'"""


class OmsAvailability(models.AbstractModel):
    """Computes the quantities of many products available on a channel, with a few statements.

    On-hand stock of the channel's warehouses, less reserved stock, backordered and confirmed
    demand, stock buffer, reservations of other channels and of carts, plus incoming stock within
    the horizon if the channel sells it; a percentage of the result, rounded down.
    """

    _name = "oms.availability"
    _description = "Available to Sell"

    # === FIGURES === #

    @api.model
    def _available(self, channel, products, warehouses=None, but_cart=None):
        """Compute the available quantities of products on a channel.

        :param channel: one ``oms.channel``
        :param products: ``product.product`` records, kits among them
        :param warehouses: warehouses to count; by default all of the channel
        :param str but_cart: reference of a cart whose reservations are ignored
        :return: quantity by product id; infinite for products without stock tracking
        :rtype: dict[int, float]
        """
        needs = {product_id: {product_id: 1.0} for product_id in products.ids}
        return self._available_sets(channel, needs, warehouses, but_cart)

    @api.model
    def _available_sets(self, channel, needs, warehouses=None, but_cart=None):
        """Compute the available number of sets of products: limited by the scarcest component.

        :param dict needs: units by product id, by any key
        :return: number of sets by key; infinite without stock tracking
        :rtype: dict[object, float]
        """
        goods = self._with_components(channel, needs)
        products = self.env["product.product"].browse({p for need in goods.values() for p in need})
        terms = self._terms(channel, products, warehouses, but_cart)
        percent, cap, minimum = channel.stock_percent, channel.stock_cap, channel.stock_minimum
        sellable = {product_id: term.sellable(percent) for product_id, term in terms.items()}
        result = {}
        for key, need in goods.items():
            counts = [count(sellable[p], units) for p, units in need.items() if p in sellable]
            result[key] = show(min(counts), cap, minimum) if counts else math.inf
        return result

    # === TERMS === #

    @api.model
    def _terms(self, channel, products, warehouses=None, but_cart=None):
        """Read the terms that make up the available quantities on a channel.

        :param products: ``product.product`` records; those without stock tracking are left out
        :return: the terms by product id
        :rtype: dict[int, Terms]
        """
        if warehouses is None:
            warehouses = channel._get_warehouses()
        counted = self._counted(products)
        buffer = -channel.stock_buffer
        terms = {product_id: Terms(buffer=buffer) for product_id in counted.ids}
        if terms:
            self._read_stock(terms, warehouses, counted)
            self._read_incoming(terms, channel, warehouses, counted)
            for product_id, quantity in channel._buffers(counted).items():
                terms[product_id].buffer = -quantity
            self._read_promised(terms, channel, warehouses, counted, but_cart)
        return terms

    @api.model
    def _counted(self, products):
        """:return: the products with stock tracking"""
        self.env["product.template"].flush_model(["is_storable", "type"])
        rows = self.env.execute_query(SQL(COUNTED, products.ids))
        return self.env["product.product"].browse(row[0] for row in rows)

    @api.model
    def _read_stock(self, terms, warehouses, products):
        """Add the on-hand, reserved and demanded quantities to the terms."""
        stock = self.env["oms.stock"]
        locations = stock._locations(warehouses)
        stock._flush_rows()
        for product_id, there, reserved in self.env.execute_query(
            SQL(STOCK, products.ids, list(locations), stock._fresh())
        ):
            terms[product_id].on_hand = float(there or 0)
            terms[product_id].reserved = -float(reserved or 0)
        for (_warehouse, product_id), quantity in stock._claimed(locations, products).items():
            terms[product_id].waiting -= quantity
        self._read_safety(terms, warehouses, products)

    @api.model
    def _read_safety(self, terms, warehouses, products):
        """Add the safety stock of warehouses to the terms.

        A warehouse with less stock than its safety stock does not reduce the stock of other
        warehouses.
        """
        safety = self._safety(warehouses, products)
        if not safety:
            return
        free = self.env["oms.stock"]._free(warehouses, products)
        for key, quantity in safety.items():
            terms[key[1]].safety -= min(quantity, max(free[key], 0.0))

    @api.model
    def _safety(self, warehouses, products):
        """Read the safety stock of warehouses, if the model exists.

        :return: quantity by (warehouse id, product id)
        :rtype: dict
        """
        if "oms.allocation.safety" not in self.env:
            return {}
        rows = (
            self.env["oms.allocation.safety"]
            .sudo()
            .search_fetch(
                [
                    ("warehouse_id", "in", warehouses.ids),
                    ("product_id", "in", [False, *products.ids]),
                ],
                ["warehouse_id", "product_id", "quantity"],
            )
        )
        safety = {}
        # A row for a product overrides the row for all products.
        for row in rows.sorted(lambda r: bool(r.product_id)):
            for product_id in row.product_id.ids or products.ids:
                safety[row.warehouse_id.id, product_id] = row.quantity
        return safety

    @api.model
    def _read_incoming(self, terms, channel, warehouses, products):
        """Add incoming stock within the horizon to the terms, if the channel sells it.

        Demand is a term of its own already, so all incoming stock counts here.
        """
        if not channel.sell_arriving:
            return
        until = fields.Datetime.add(fields.Datetime.now(), days=channel.arriving_days)
        for arrival in self.env["oms.incoming"]._incoming(warehouses, products):
            if arrival.date <= until:
                terms[arrival.product_id].arriving += arrival.quantity

    @api.model
    def _read_promised(self, terms, channel, warehouses, products, but_cart):
        """Add the reservations of other channels and of carts to the terms.

        A cart of another channel uses the stock reserved for that channel first.
        """
        carts = self.env["oms.cart.reservation"]._live(products, warehouses, channel, but_cart)
        kept = self.env["oms.channel.reserve"]._left(products, warehouses, channel)
        for (of_channel, product_id), quantity in carts.items():
            if of_channel != channel.id:
                quantity = max(quantity - kept[of_channel, product_id], 0.0)
            terms[product_id].carts -= quantity
        for (of_channel, product_id), quantity in kept.items():
            if of_channel != channel.id:
                terms[product_id].reserves -= quantity

    # === KITS === #

    @api.model
    def _with_components(self, channel, needs):
        """Replace kits by their components.

        :param dict needs: units by product id, by any key
        :return: the same, with components instead of kits
        """
        products = self.env["product.product"].browse({p for need in needs.values() for p in need})
        kits = self._kits(products, channel.company_id)
        if not kits:
            return needs
        result = {}
        for key, need in needs.items():
            goods = result[key] = defaultdict(float)
            for product_id, units in need.items():
                for part_id, quantity in kits.get(product_id, {product_id: 1.0}).items():
                    goods[part_id] += quantity * units
        return result
