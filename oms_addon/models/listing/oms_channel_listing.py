"""Listings of a channel, the products they consist of, and the units per listing."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: fields that link a listing to products
MAPPING = {"product_id", "multiplier", "component_ids", "alias_of_id", "is_ignored"}


class OmsChannelListing(models.Model):
    """One row for each item a channel offers under its own id or SKU.

    It may be one product, several units of one (``multiplier``), a bundle of several
    (``component_ids``), or not linked yet. The channel may use a SKU more than once: the rows after
    the first are its aliases.
    """

    _name = "oms.channel.listing"
    _description = "Channel Listing"
    _rec_names_search = ["sku", "name", "external_ref"]
    _order = "channel_id, sku, id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )

    # Received from the channel
    sku = fields.Char("Channel SKU")
    sku_key = fields.Char(
        "SKU Key",
        compute="_compute_sku_key",
        store=True,
        precompute=True,
        help="Normalized SKU used for comparison.",
    )
    is_sku_shared = fields.Boolean(
        "Shared SKU",
        readonly=True,
        help="Several variants of one product share this SKU on the channel. Their orders are "
        "matched by the channel ID of the listing.",
    )
    shared_key = fields.Char(
        compute="_compute_sku_key",
        store=True,
        precompute=True,
        help="Normalized shared SKU used for comparison.",
    )
    is_barcode_shared = fields.Boolean("Shared Barcode", readonly=True)
    name = fields.Char("Title on the Channel")
    external_ref = fields.Char("Channel ID")
    barcode = fields.Char(index="btree_not_null")
    price = fields.Monetary("Price on the Channel", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    image_url = fields.Char("Image on the Channel", readonly=True)
    status = fields.Selection(
        [("active", "Active"), ("inactive", "Inactive"), ("deleted", "Deleted")],
        "Channel Status",
        default="active",
        required=True,
        readonly=True,
    )
    seen_at = fields.Datetime(
        "Last Seen", readonly=True, help="Date the channel last reported the listing."
    )
    told_at = fields.Datetime("Changed on the Channel", readonly=True)

    # Link to products
    alias_of_id = fields.Many2one(
        "oms.channel.listing",
        "Main Listing",
        domain="[('channel_id', '=', channel_id), ('alias_of_id', '=', False)]",
        ondelete="cascade",
        index="btree_not_null",
        help="Other identifier of the same listing. It has the same product and units.",
    )
    alias_ids = fields.One2many("oms.channel.listing", "alias_of_id", "Aliases")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_alias",
        store=True,
        readonly=False,
        index=True,
        check_company=True,
        precompute=True,
        recursive=True,
    )
    multiplier = fields.Float(
        "Units",
        digits="Product Unit",
        compute="_compute_from_alias",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        help="Units of the product contained in one unit of the listing, e.g. 6 for a six-pack.",
    )
    component_ids = fields.One2many("oms.channel.listing.component", "listing_id", "Components")
    split_by = fields.Selection(
        [("list_price", "Sales Prices"), ("share", "Shares per Component")],
        "Price Split",
        default="list_price",
        required=True,
        help="How the price of a bundle is divided among its products.",
    )
    content = fields.Char(
        compute="_compute_content", help="Products and quantities in one unit of the listing."
    )
    is_ignored = fields.Boolean(
        "Ignored", help="The listing is not sold from Odoo and needs no product."
    )
    state = fields.Selection(
        [
            ("unmatched", "Unlinked"),
            ("suggested", "Suggested"),
            ("matched", "Linked"),
            ("ignored", "Ignored"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        precompute=True,
        recursive=True,
    )
    matched_by = fields.Selection(
        [
            ("hand", "Manually"),
            ("sku", "Same SKU"),
            ("barcode", "Same Barcode"),
            ("suggestion", "Accepted Suggestion"),
        ],
        "Linked By",
        readonly=True,
    )
    suggested_product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", check_company=True
    )
    suggested_multiplier = fields.Float("Suggested Units", digits="Product Unit", readonly=True)
    suggestion_score = fields.Integer("Match Score (%)", readonly=True, aggregator=None)
    suggestion_reason = fields.Char("Match Reason", readonly=True)
    suggestion_due = fields.Boolean(
        "Suggestion Pending", readonly=True, help="A product suggestion is pending."
    )
    waiting_count = fields.Integer(
        "Waiting Orders",
        compute="_compute_waiting_count",
        search="_search_waiting_count",
        help="Orders waiting for this SKU to be linked.",
    )

    _sku_uniq = models.UniqueIndex(
        "(channel_id, sku_key) WHERE external_ref IS NULL OR alias_of_id IS NULL",
        "The channel already has a listing with this SKU.",
    )
    _sku_idx = models.Index("(channel_id, sku_key)")
    _shared_idx = models.Index("(channel_id, shared_key) WHERE shared_key IS NOT NULL")
    _ref_uniq = models.UniqueIndex(
        "(channel_id, external_ref) WHERE external_ref IS NOT NULL",
        "The channel already has a listing with this channel ID.",
    )
    _item_idx = models.Index("(channel_id, item_ref) WHERE item_ref IS NOT NULL")
    _parent_idx = models.Index("(channel_id, parent_ref) WHERE parent_ref IS NOT NULL")
    _queue_idx = models.Index("(channel_id) WHERE state IN ('suggested', 'unmatched')")
    _due_idx = models.Index("(company_id) WHERE suggestion_due")
    _multiplier_positive = models.Constraint(
        "CHECK (multiplier > 0)", "The units of a listing must be greater than 0."
    )
    _named = models.Constraint(
        "CHECK (sku_key IS NOT NULL OR external_ref IS NOT NULL)",
        "Enter a SKU or a channel ID for the listing.",
    )

    # === COMPUTE METHODS === #

    @api.depends("sku", "name", "external_ref")
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = listing.sku or listing.name or listing.external_ref

    @api.depends("sku", "is_sku_shared")
    def _compute_sku_key(self):
        for listing in self:
            key = self._normalize_sku(listing.sku) or False
            listing.sku_key = key if not listing.is_sku_shared else False
            listing.shared_key = key if listing.is_sku_shared else False

    @api.depends("alias_of_id.product_id", "alias_of_id.multiplier")
    def _compute_from_alias(self):
        for listing in self:
            source = listing.alias_of_id or listing
            listing.product_id = source.product_id
            listing.multiplier = source.multiplier or 1.0

    @api.depends("state", "product_id", "multiplier", "component_ids.quantity", "alias_of_id")
    def _compute_content(self):
        for listing in self:
            parts = listing._parts() if listing.state == "matched" else ()
            listing.content = " + ".join(
                f"{part.units:g} × {part.product.display_name}" for part in parts
            )

    @api.depends(
        "is_ignored",
        "product_id",
        "component_ids",
        "suggested_product_id",
        "alias_of_id.state",
    )
    def _compute_state(self):
        for listing in self:
            if listing.is_ignored:
                listing.state = "ignored"
            elif listing.alias_of_id:
                listing.state = listing.alias_of_id.state
            elif listing.product_id or listing.component_ids:
                listing.state = "matched"
            else:
                listing.state = "suggested" if listing.suggested_product_id else "unmatched"

    # === CONSTRAINT METHODS === #

    @api.constrains("alias_of_id", "channel_id")
    def _check_alias(self):
        for listing in self.filtered("alias_of_id"):
            main = listing.alias_of_id
            if main == listing or main.alias_of_id or main.channel_id != listing.channel_id:
                raise ValidationError(
                    self.env._(
                        "%(sku)s can only be the alias of a listing of the same channel that is "
                        "not an alias itself.",
                        sku=listing.display_name,
                    )
                )

    @api.constrains("split_by", "component_ids")
    def _check_shares(self):
        for listing in self.filtered(lambda l: l.split_by == "share" and l.component_ids):
            total = sum(listing.component_ids.mapped("share"))
            if abs(total - 100) > 0.005:
                raise ValidationError(
                    self.env._(
                        "The shares of %(sku)s add up to %(total)s %%. Change them to add up to "
                        "100 %%.",
                        sku=listing.display_name,
                        total=f"{total:g}",
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        for listing, vals in zip(listings, vals_list, strict=True):
            if vals.get("product_id") or vals.get("component_ids"):
                listing._mark_linked_manually(vals)
        listings._after_mapping()
        return listings

    def write(self, vals):
        """Extend: linking a product clears the ignored flag and releases waiting orders."""
        is_chosen = vals.get("product_id") or vals.get("component_ids")
        if is_chosen:
            vals = {"is_ignored": False, **vals}
        result = super().write(vals)
        if is_chosen:
            self._mark_linked_manually(vals)
        if vals.keys() & MAPPING:
            self._after_mapping()
        return result

    def _mark_linked_manually(self, vals):
        """Mark listings as linked by a person, unless the values name another method.

        :param dict vals: the written values
        """
        if "matched_by" not in vals:
            self.sudo().filtered(lambda l: l.matched_by != "hand").matched_by = "hand"

    # === BUSINESS METHODS === #

    @api.model
    def _normalize_sku(self, sku):
        """:return: the normalized SKU for comparison: upper case, without outer spaces"""
        return (sku or "").strip().upper()
