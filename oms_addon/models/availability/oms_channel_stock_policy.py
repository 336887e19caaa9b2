"""Stock sync policy of a channel, and its locations."""

from odoo import api, fields, models
from odoo.fields import Domain

STOCK_POLICY = {
    "push_stock",
    "stock_agreed_at",
    "stock_buffer",
    "stock_percent",
    "stock_cap",
    "warehouse_ids",
    "state",
}
SYNC_KINDS = ("stock", "price")


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    location_ids = fields.One2many("oms.channel.location", "channel_id")
    stock_ids = fields.One2many("oms.channel.stock", "channel_id")
    push_stock = fields.Boolean(
        "Sync Stock", help="Nothing is synced until the preview is approved."
    )
    push_price = fields.Boolean(
        "Sync Prices", help="Nothing is synced until the preview is approved."
    )
    price_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Pricelist",
        check_company=True,
        help="Pricelist used for the prices on the channel. Products without a rule keep their "
        "price on the channel; leave empty to use the sales price of all products.",
    )
    prices_checked_at = fields.Datetime("Prices Compared On", readonly=True, copy=False)
    stock_agreed_at = fields.Datetime("Stock Sync Approved On", readonly=True, copy=False)
    stock_agreed_by_id = fields.Many2one(
        "res.users", "Stock Sync Approved By", readonly=True, copy=False
    )
    price_agreed_at = fields.Datetime("Price Sync Approved On", readonly=True, copy=False)
    price_agreed_by_id = fields.Many2one(
        "res.users", "Price Sync Approved By", readonly=True, copy=False
    )
    stock_zero_limit = fields.Integer(
        "Stock Sync Limit (%)",
        default=30,
        help="Maximum share of the channel's listings that one stock sync may set to 0. If it "
        "is exceeded, the sync stops for approval; 100 disables the limit.",
    )
    stock_buffer = fields.Float(
        "Stock Buffer (Units)",
        digits="Product Unit",
        help="Units of each product that are not offered. A negative number offers more units "
        "than available.",
    )
    stock_percent = fields.Float(
        "Offer (%)",
        default=100.0,
        help="Share of the remaining quantity that is offered, rounded down.",
    )
    stock_cap = fields.Integer("Maximum to Offer", help="Enter 0 for no limit.")
    can_push_stock = fields.Boolean(compute="_compute_can_push")
    can_push_price = fields.Boolean(compute="_compute_can_push")
    stock_due_count = fields.Integer("Listings to Sync", compute="_compute_stock_due_count")

    _percent_range = models.Constraint(
        "CHECK (stock_percent >= 0 AND stock_percent <= 100)",
        "The offered share of the stock must be between 0 and 100 %.",
    )

    @api.depends("adapter")
    def _compute_can_push(self):
        base = self.env["oms.channel.adapter"]
        for channel in self:
            adapter = channel._adapter() if channel.adapter else base
            channel.can_push_stock = adapter._can_push_stock
            channel.can_push_price = adapter._can_push_price

    def _compute_stock_due_count(self):
        counts = dict(
            self.env["oms.channel.stock"]._read_group(
                [("channel_id", "in", self.ids), ("is_due", "=", True)],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.stock_due_count = counts.get(channel, 0)

    def write(self, vals):
        """Extend: recompute the stock shown when the policy changes; a sync that was switched off
        needs a new approval.
        """
        result = super().write(vals)
        for kind in SYNC_KINDS:
            if not vals.get(f"push_{kind}", True):
                self.sudo().write({f"{kind}_agreed_at": False, f"{kind}_agreed_by_id": False})
        if vals.keys() & STOCK_POLICY:
            self.env["oms.channel.stock"]._touch_channels(
                self.filtered(lambda c: c.state == "live" and c._is_synced("stock"))
            )
        return result

    @api.model
    def _synced_domain(self, kind):
        """:param str kind: ``stock`` or ``price``
        :return: the domain of channels whose sync is on and approved
        """
        return Domain(f"push_{kind}", "=", True) & Domain(f"{kind}_agreed_at", "!=", False)

    def _is_synced(self, kind):
        """:return: whether the sync of a kind is on and approved"""
        return bool(self[f"push_{kind}"] and self[f"{kind}_agreed_at"])

    def _approve_sync(self, *kinds):
        """Switch on syncs that the user has approved.

        :param kinds: ``stock``, ``price``
        """
        self.check_access("write")
        approval = {"agreed_at": fields.Datetime.now(), "agreed_by_id": self.env.uid}
        for kind in kinds:
            values = {f"{kind}_{name}": value for name, value in approval.items()}
            self.sudo().write({f"push_{kind}": True, **values})

    def action_sync_locations(self):
        self.check_access("write")
        self = self.sudo()
        for channel in self:
            channel._sync_locations()
        return True

    def action_view_stock(self):
        self.ensure_one()
        self.check_access("read")
        return self._action_for(
            "oms_addon.oms_channel_stock_action", [("channel_id", "=", self.id)]
        )

    def _location_ref(self, warehouse):
        """:return: the channel's id of the location of a warehouse, '' if there is none"""
        self.ensure_one()
        return self.location_ids.filtered(lambda l: warehouse in l.warehouse_ids)[:1].ref or ""

    def _carrier_code(self, carrier):
        """:return: the channel's code of a carrier, '' if it is not mapped"""
        self.ensure_one()
        mapping = self.mapping_ids.filtered(
            lambda m: m.kind == "carrier" and m.carrier_id == carrier
        )
        return (carrier and mapping[:1].value) or ""

    def _sync_locations(self):
        """Fetch the stock locations of the channel; new ones have to be mapped by a person.

        If the channel has one location to ship from, it is mapped automatically.

        :return: all locations of the channel
        """
        self.ensure_one()
        known = {
            location.ref: location for location in self.with_context(active_test=False).location_ids
        }
        reported = self._adapter()._fetch_locations(self)
        fresh = [place for place in reported if place["ref"] not in known]
        self.env["oms.channel.location"].create(
            [
                {
                    "channel_id": self.id,
                    "ref": place["ref"],
                    "name": place["name"] or place["ref"],
                    "fulfils": place.get("fulfils", True),
                }
                for place in fresh
            ]
        )
        for place in reported:
            location = known.get(place["ref"])
            if location and location.name != place["name"]:
                location.name = place["name"]
        mine = self.location_ids.filtered("fulfils")
        if len(mine) == 1 and not mine.warehouse_ids:
            mine.warehouse_ids = self._get_warehouses()
        return self.location_ids

    def _location_warehouses(self):
        """:return: the warehouses whose stock is pushed, by location; by an empty location for a
            channel with one stock only
        :rtype: dict
        """
        self.ensure_one()
        if not self._adapter()._can_fetch_locations:
            return {self.env["oms.channel.location"]: self._get_warehouses()}
        return {
            location: location.warehouse_ids
            for location in self.location_ids
            if location.fulfils and location.warehouse_ids
        }
