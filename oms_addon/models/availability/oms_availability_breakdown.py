"""Breakdown of an Available to Sell figure into rows that add up to it."""

import math

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.availability import count, explain

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class OmsAvailability(models.AbstractModel):
    _inherit = "oms.availability"

    @api.model
    def explain_number(self, channel_id, product_id=None, listing_id=None, location_id=None):
        """Prepare the breakdown of a figure for display.

        :param int product_id: the product; or
        :param int listing_id: a listing of the channel
        :param int location_id: a location of the channel; ``None`` for all its warehouses
        :return: the figure, and rows whose changes add up to it
        :rtype: dict
        """
        channel = self.env["oms.channel"].browse(channel_id)
        channel.check_access("read")
        product = self.env["product.product"].browse(product_id or ())
        product.check_access("read")
        needs, name = {product_id: 1.0}, product.display_name
        if listing_id:
            listing = self.env["oms.channel.listing"].browse(listing_id)
            listing.check_access("read")
            if listing.channel_id != channel:
                raise UserError(self.env._("The listing belongs to another channel."))
            needs, name = listing.sudo()._stock_needs().get(listing_id, {}), listing.display_name
        engine = self.sudo()
        location = channel.sudo().location_ids.filtered(lambda place: place.id == location_id)
        warehouses = location.warehouse_ids or channel.sudo()._get_warehouses()
        found = engine._explain(channel.sudo(), needs, warehouses)
        for row in found["rows"]:
            row["action"] = self._get_row_action(row.pop("step"), channel, found, warehouses)
        return {
            **found,
            "name": name,
            "channel": channel.name,
            "place": location.name or "",
        }

    @api.model
    def _explain(self, channel, needs, warehouses):
        """:return: the figure of one set of products, and the rows of its scarcest component"""
        goods = self._with_components(channel, {None: needs})[None]
        products = self.env["product.product"].browse(goods)
        terms = self._terms(channel, products, warehouses)
        percent = channel.stock_percent
        counts = {p: count(terms[p].sellable(percent), goods[p]) for p in goods if p in terms}
        if not counts:
            return {"number": None, "rows": [], "product_id": False, "unit": "", "others": []}
        scarcest = min(counts, key=lambda p: (counts[p], list(goods).index(p)))
        steps = explain(
            terms[scarcest], percent, goods[scarcest], channel.stock_cap, channel.stock_minimum
        )
        product = products.browse(scarcest)
        return {
            "number": int(steps[-1].total),
            "rows": [
                {
                    "step": step.name,
                    "name": step.name,
                    "label": self._get_label(step.name, channel, product, goods[scarcest]),
                    "change": float(step.change),
                    "total": float(step.total),
                }
                for step in steps
            ],
            "product_id": scarcest,
            "product": product.display_name,
            "unit": product.uom_id.name,
            "others": [
                {
                    "name": products.browse(p).display_name,
                    "units": goods[p],
                    "number": None if counts.get(p, math.inf) == math.inf else counts[p],
                }
                for p in goods
                if p != scarcest
            ],
        }

    @api.model
    def _get_label(self, name, channel, product, units):
        """:return: the label of a row"""
        labels = {
            "on_hand": self.env._("On hand in the channel's warehouses"),
            "reserved": self.env._("Reserved for deliveries"),
            "waiting": self.env._("Backordered by confirmed orders"),
            "safety": self.env._("Safety stock of the warehouses"),
            "arriving": self.env._("Incoming within %s days", channel.arriving_days),
            "buffer": self.env._("Stock buffer"),
            "reserves": self.env._("Reserved for other channels"),
            "carts": self.env._("Cart reservations"),
            "percent": self.env._(
                "The channel offers %g %% of the remaining quantity", channel.stock_percent
            ),
            "nothing": self.env._("Demand exceeds stock: 0 offered"),
            "units": self.env._(
                "%(units)g × %(product)s make one unit", units=units, product=product.name
            ),
            "rounding": self.env._("Only whole units are sold"),
            "minimum": self.env._("Fewer than %s are offered as 0", channel.stock_minimum),
            "cap": self.env._("At most %s are offered", channel.stock_cap),
        }
        if name == "buffer" and channel._buffers(product).get(product.id, channel.stock_buffer) < 0:
            return self.env._("Oversold")
        return labels[name]

    # === ROW ACTIONS === #

    @api.model
    def _get_row_action(self, name, channel, found, warehouses):
        """:return: the action that opens the records behind a row; ``None`` if there are none or
        the user may not read them
        """
        product_id = found["product_id"]
        locations = list(self.env["oms.stock"].sudo()._locations(warehouses))
        of_product = ("product_id", "=", product_id)
        domains = {
            "on_hand": (
                "stock.quant",
                [
                    *self.env["oms.stock"]._get_fresh_domain(),
                    of_product,
                    ("location_id", "in", locations),
                ],
            ),
            "reserved": (
                "stock.move.line",
                [
                    of_product,
                    ("location_id", "in", locations),
                    ("state", "in", OPEN_STATES),
                    ("quantity", ">", 0),
                ],
            ),
            "waiting": (
                "stock.move",
                [
                    of_product,
                    ("location_id", "in", locations),
                    ("state", "in", ("confirmed", "partially_available")),
                    ("procure_method", "=", "make_to_stock"),
                ],
            ),
            "safety": (
                "oms.allocation.safety",
                [("warehouse_id", "in", warehouses.ids), ("product_id", "in", [False, product_id])],
            ),
            "arriving": ("stock.move", self._get_incoming_domain([product_id], warehouses)),
            "buffer": ("oms.channel.buffer", [of_product, ("channel_id", "=", channel.id)]),
            "reserves": ("oms.channel.reserve", [of_product, ("channel_id", "!=", channel.id)]),
            "carts": ("oms.cart.reservation", [of_product]),
        }
        model, domain = domains.get(name, (None, None))
        if model in self.env and self.env[model].has_access("read"):
            if name != "buffer" or self.env[model].search_count(domain, limit=1):
                return self._prepare_window(model, domain, name, channel, product_id)
        if name in ("buffer", "percent", "minimum", "cap"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "oms.channel",
                "res_id": channel.id,
                "views": [[False, "form"]],
            }
        return None

    @api.model
    def _prepare_window(self, model, domain, name, channel, product_id):
        """:return: a list action for records of a model"""
        product = self.env["product.product"].browse(product_id)
        return {
            "type": "ir.actions.act_window",
            "name": self._get_label(name, channel, product, 1.0),
            "res_model": model,
            "domain": domain,
            "views": [[False, "list"], [False, "form"]],
            "context": {"create": False},
        }

    @api.model
    def _get_incoming_domain(self, product_ids, warehouses):
        """:return: the domain of incoming moves of warehouses, for some products or all"""
        return [
            *([("product_id", "in", product_ids)] if product_ids else []),
            ("state", "in", OPEN_STATES),
            ("location_dest_id.warehouse_id", "in", warehouses.ids),
            ("location_id.usage", "in", ("supplier", "transit", "production")),
        ]

    @api.model
    def _prepare_why(self, number, channel, **params):
        """:return: the action that opens the breakdown"""
        return {
            "type": "ir.actions.client",
            "tag": "oms_why",
            "name": self.env._("Explanation of %s Units", number),
            "target": "new",
            "params": {"channel_id": channel.id, **params},
        }
