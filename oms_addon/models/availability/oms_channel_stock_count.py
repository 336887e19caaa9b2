"""Available to Sell of listings."""

import math
from collections import defaultdict

from odoo import api, models


class OmsChannelStock(models.Model):
    _inherit = "oms.channel.stock"

    # === AVAILABLE TO SELL === #

    @api.model
    def _available(self, channel, listings):
        """Compute the available quantities of a channel's listings.

        As defined by ``oms.availability``, from the warehouses of each location; for a bundle,
        limited by its scarcest component.

        :param channel: one ``oms.channel``
        :param listings: ``oms.channel.listing`` records of it
        :return: quantity by (listing id, location id or ``False``)
        :rtype: dict[tuple, int]
        """
        reported, _products = self._count(channel, listings._stock_needs(), ())
        return {key: number for key, number in reported.items() if number is not None}

    @api.model
    def _count(self, channel, needs, product_ids):
        """Compute the available numbers of listings and products on a channel.

        Locations with the same warehouses are read once.

        :param dict needs: units by product id, by the id of each listing
        :param product_ids: ids of ``product.product``, counted over all of the channel's warehouses
        :return: quantity by (listing id, location id or ``False``), see ``_available``, ``None``
            without stock tracking; and quantity by product id, infinite without stock tracking
        :rtype: tuple[dict[tuple, int], dict[int, float]]
        """
        engine, reported, of_products = self.env["oms.availability"], {}, {}
        for warehouses, places in self._places(channel, needs, product_ids).items():
            goods = {("product", p): {p: 1.0} for p in product_ids if None in places}
            goods |= {("listing", key): need for key, need in needs.items()}
            for (kind, key), number in engine._available_sets(channel, goods, warehouses).items():
                if kind == "product":
                    of_products[key] = number
                    continue
                number = None if number == math.inf else number
                reported.update({(key, place): number for place in places if place is not None})
        return reported, of_products

    @api.model
    def _places(self, channel, needs, product_ids):
        """:return: locations by the warehouses they sell from: location ids, ``False`` for a
            channel with one stock only, ``None`` for products
        :rtype: dict
        """
        places = defaultdict(list)
        if needs:
            for location, warehouses in channel._location_warehouses().items():
                places[warehouses].append(location.id)
        if product_ids:
            places[channel._get_warehouses()].append(None)
        return places
