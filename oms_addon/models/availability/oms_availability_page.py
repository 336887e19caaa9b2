"""Stock page of one product: warehouses, channels and forecasted stock."""

import math
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import promise

#: Days are in the time zone of the warehouse that items leave from.
LEAVING = """
    SELECT (GREATEST(move.date, %(now)s) AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date,
           SUM(move.product_qty),
           SUM(COALESCE((SELECT SUM(line.quantity_product_uom) FROM stock_move_line line
                         WHERE line.move_id = move.id), 0))
    FROM stock_move move
    JOIN unnest(%(places)s::int[], %(zones)s::text[]) AS place (id, zone)
      ON place.id = move.location_id
    WHERE move.product_id = %(product)s
      AND NOT move.location_dest_id = ANY(%(places)s)
      AND move.state IN ('confirmed', 'partially_available', 'assigned')
    GROUP BY 1"""
SPANS = (30, 60)


class OmsAvailability(models.AbstractModel):
    _inherit = "oms.availability"

    @api.model
    def read_page(self, product_id, days=SPANS[0]):
        """Prepare the data of the stock page of a product.

        :param int product_id: id of a ``product.product``
        :param int days: horizon in days, one of ``SPANS``
        :return: rows for warehouses and channels, and a timeline by day
        :rtype: dict
        """
        self.env["oms.channel"].check_access("read")
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            return {"missing": True}
        product.check_access("read")
        days = days if days in SPANS else SPANS[0]
        companies = self.env.companies
        engine, product = self.sudo(), product.sudo()
        warehouses = engine.env["stock.warehouse"].search([("company_id", "in", companies.ids)])
        channels = engine.env["oms.channel"].search(
            [("company_id", "in", companies.ids), ("state", "!=", "draft")]
        )
        return {
            "product": engine._prepare_product(product),
            "parts": engine._prepare_parts(product),
            "warehouses": engine._prepare_warehouses(product, warehouses),
            "channels": engine._prepare_channels(product, channels),
            "timeline": engine._prepare_timeline(product, warehouses, days),
            "days": days,
        }

    @api.model
    def _prepare_product(self, product):
        return {
            "id": product.id,
            "name": product.display_name,
            "unit": product.uom_id.name,
            "counted": product.is_storable,
        }

    @api.model
    def _prepare_parts(self, product):
        """:return: the components of a kit"""
        parts = self._kits(product, self.env.company).get(product.id, {})
        products = self.env["product.product"].browse(parts)
        return [{"id": p.id, "name": p.display_name, "units": parts[p.id]} for p in products]

    @api.model
    def _prepare_warehouses(self, product, warehouses):
        """:return: one row per warehouse, with on-hand and free quantities"""
        arriving = defaultdict(float)
        for arrival in self.env["oms.incoming"]._incoming(warehouses, product):
            arriving[arrival.warehouse_id] += arrival.quantity
        rows = []
        found = self._stock_by_warehouse(product, warehouses)
        for warehouse in warehouses:
            there, reserved, waiting = found[warehouse.id]
            rows.append(
                {
                    "id": warehouse.id,
                    "name": warehouse.name,
                    "on_hand": there,
                    "reserved": reserved,
                    "waiting": waiting,
                    "free": there - reserved - waiting,
                    "arriving": arriving[warehouse.id],
                }
            )
        return rows

    @api.model
    def _stock_by_warehouse(self, product, warehouses):
        """:return: on-hand, reserved and demanded quantities, by warehouse id"""
        stock = self.env["oms.stock"]
        locations = stock._locations(warehouses)
        found = defaultdict(lambda: [0.0, 0.0, 0.0])
        for location, there, reserved in self.env["stock.quant"]._read_group(
            stock._get_fresh_domain()
            & Domain("product_id", "=", product.id)
            & Domain("location_id", "in", list(locations)),
            ["location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            found[locations[location.id]][0] += there
            found[locations[location.id]][1] += reserved
        for (warehouse_id, _product), quantity in stock._claimed(locations, product).items():
            found[warehouse_id][2] += quantity
        return found

    @api.model
    def _prepare_channels(self, product, channels):
        """:return: one row per channel, with the available and the pushed quantity"""
        shown = self._shown(product, channels)
        rows = []
        for channel in channels:
            number = self._available(channel, product)[product.id]
            rows.append(
                {
                    "id": channel.id,
                    "name": channel.name,
                    "number": None if number == math.inf else int(number),
                    "shown": shown.get(channel.id),
                    "why": self._prepare_why(number, channel, product_id=product.id),
                }
            )
        return rows

    @api.model
    def _shown(self, product, channels):
        """:return: the quantity pushed to channels over all listings and locations, by channel
        id
        """
        rows = self.env["oms.channel.stock"]._read_group(
            [
                ("channel_id", "in", channels.ids),
                ("listing_id.product_id", "=", product.id),
                ("is_shown", "=", True),
            ],
            ["channel_id"],
            ["shown:sum"],
        )
        return {channel.id: shown for channel, shown in rows}

    # === FORECASTED STOCK === #

    @api.model
    def _prepare_timeline(self, product, warehouses, days):
        """:return: for each day the known forecasted, reserved and incoming quantities"""
        today_of = self.env["oms.allocation.day"]._today
        today = min(map(today_of, warehouses), default=self.env.company._oms_today())
        coming, leaving = self._coming(product, warehouses), self._leaving(product, warehouses)
        found = self._stock_by_warehouse(product, warehouses).values()
        there, reserved = sum(row[0] for row in found), sum(row[1] for row in found)
        line = {"days": [], "on_hand": [], "reserved": [], "arriving": []}
        for number in range(days + 1):
            day = fields.Date.add(today, days=number)
            # Items that leave on a day count as stock until the end of that day.
            gone, given = leaving.get(fields.Date.subtract(day, days=1), (0.0, 0.0))
            there += coming.get(day, 0.0) - gone
            reserved -= given
            line["days"].append(fields.Date.to_string(day))
            line["on_hand"].append(round(there, 6))
            line["reserved"].append(round(reserved, 6))
            line["arriving"].append(coming.get(day, 0.0))
        return line

    @api.model
    def _coming(self, product, warehouses):
        """:return: incoming quantities, by day of the receiving warehouse"""
        coming = defaultdict(float)
        zones = {warehouse.id: warehouse._oms_zone() for warehouse in warehouses}
        for arrival in self.env["oms.incoming"]._incoming(warehouses, product):
            day = promise.local(arrival.date, zones[arrival.warehouse_id]).date()
            coming[day] += arrival.quantity
        return coming

    @api.model
    def _leaving(self, product, warehouses):
        """:return: outgoing quantities and how many of these are reserved, by day"""
        zones = {warehouse.id: str(warehouse._oms_zone()) for warehouse in warehouses}
        places = self.env["oms.stock"]._locations(warehouses)
        self.env["stock.move"].flush_model()
        self.env["stock.move.line"].flush_model(["move_id", "quantity_product_uom"])
        rows = self.env.execute_query(
            SQL(
                LEAVING,
                now=fields.Datetime.now(),
                product=product.id,
                places=list(places),
                zones=[zones[warehouse_id] for warehouse_id in places.values()],
            )
        )
        return {day: (float(gone), float(given)) for day, gone, given in rows}
