"""Products and units that a listing consists of."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

#: fields that determine the available quantity of a listing
MADE_OF = {
    "product_id",
    "multiplier",
    "alias_of_id",
    "component_ids",
    "external_ref",
    "is_ignored",
    "status",
    "stock_mode",
    "is_stock_pending",
}


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    item_ref = fields.Char("Inventory ID on the Channel", readonly=True)
    parent_ref = fields.Char("Product ID on the Channel", readonly=True)
    stock_mode = fields.Selection(
        [
            ("own", "By Listing"),
            ("parent", "On the Parent Product"),
            ("none", "Not Tracked"),
        ],
        "Stock Tracking",
        readonly=True,
        help="How the channel tracks the stock of the listing. Empty if the channel does not "
        "report it.",
    )
    told_quantities = fields.Json(
        "Reported Stock", readonly=True, help="Stock last reported by the channel, by location."
    )
    sync_note = fields.Char("Stock Sync", compute="_compute_sync_note")

    @api.depends(
        "stock_mode",
        "is_stock_pending",
        "state",
        "status",
        "product_id",
        "component_ids.product_id",
    )
    def _compute_sync_note(self):
        engine = self.env["oms.availability"]
        needs = self._stock_needs()
        goods = {p for need in needs.values() for p in need}
        counted = set(engine._counted(self.env["product.product"].browse(goods)).ids)
        kits = {}
        for company, listings in self.grouped("company_id").items():
            kits |= engine._kits(listings._stock_products(), company)
        for listing in self:
            need = needs.get(listing.id, {})
            is_counted = any(p in counted or p in kits for p in need)
            listing.sync_note = listing._sync_problem(bool(need) and not is_counted)

    def _sync_problem(self, is_endless):
        """:param bool is_endless: whether Odoo tracks the stock of none of its products
        :return: why the stock of a listing is not synced, for display; False if it is
        """
        self.ensure_one()
        if self.stock_mode == "none":
            return self.env._("Not synced: the channel does not track its stock.")
        if self.stock_mode == "parent":
            return self.env._("Not synced: the channel tracks the stock on the parent product.")
        if self.state != "matched":
            return self.env._("Not synced: not linked to a product.")
        if self.is_stock_pending:
            return self.env._("Not synced: the channel's stock is not imported yet.")
        if is_endless:
            names = ", ".join(self._stock_products().mapped("display_name"))
            return self.env._(
                "Not synced: Odoo does not track the stock of %(names)s.", names=names
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: queue the stock of new listings."""
        listings = super().create(vals_list)
        listings._touch_stock()
        return listings

    def write(self, vals):
        """Extend: queue the stock of listings whose products change, for the products before and
        after.
        """
        is_other = bool(vals.keys() & MADE_OF)
        before = self._stock_products() if is_other else self.env["product.product"]
        result = super().write(vals)
        if is_other:
            self._touch_stock()
            if before:
                self.env["oms.channel.stock"]._touch(before.ids)
        return result

    def _components_changed(self):
        """Match the listing and recompute its stock after a change of its bundle components."""
        self._mark_linked_manually({})
        self._after_mapping()
        self._touch_stock()

    def _touch_stock(self):
        if products := self._stock_products():
            self.env["oms.channel.stock"]._touch(products.ids)

    def _stock_needs(self):
        """:return: units by product id that one of each listing needs, by listing id; listings that
            are unlinked, deleted or without stock tracking on the channel are left out
        :rtype: dict[int, dict[int, float]]
        """
        needs = {}
        for listing in self:
            if (
                listing.state == "matched"
                and listing.status != "deleted"
                and listing.stock_mode not in ("parent", "none")
                and not listing.is_stock_pending
            ):
                need = needs[listing.id] = defaultdict(float)
                for part in listing._parts():
                    need[part.product.id] += part.units
        return {listing_id: dict(need) for listing_id, need in needs.items()}

    def _stock_products(self):
        """:return: the products these listings consist of"""
        main = self.alias_of_id | self
        return main.product_id | main.component_ids.product_id

    @api.model
    def _of_products(self, channel, product_ids):
        """:return: the listings of a channel that contain any of the products"""
        ids = list(product_ids)
        return self.search_fetch(
            Domain("channel_id", "=", channel.id)
            & Domain("state", "=", "matched")
            & Domain("status", "!=", "deleted")
            & (
                Domain("product_id", "in", ids)
                | Domain("component_ids.product_id", "in", ids)
                | Domain("alias_of_id.component_ids.product_id", "in", ids)
            ),
            [
                "state",
                "status",
                "stock_mode",
                "is_stock_pending",
                "product_id",
                "multiplier",
                "alias_of_id",
                "parent_ref",
            ],
        )
