"""What a channel calls a product, and how many units one of it is."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmsChannelListing(models.Model):
    _name = "oms.channel.listing"
    _description = "Channel Listing"
    _rec_name = "sku"
    _order = "channel_id, sku"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    sku = fields.Char("Channel SKU", required=True)
    sku_key = fields.Char(compute="_compute_sku_key", store=True, help="The SKU as it is compared.")
    name = fields.Char("Title on the channel")
    external_ref = fields.Char("Channel's id")
    alias_of_id = fields.Many2one(
        "oms.channel.listing",
        "Alias of",
        domain="[('channel_id', '=', channel_id), ('alias_of_id', '=', False)]",
        ondelete="cascade",
        index="btree_not_null",
        help="Another SKU of the same listing: product and units follow it.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_alias",
        store=True,
        readonly=False,
        required=True,
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
        help="How many units of the product one of this listing is, e.g. 6 for a six-pack.",
    )

    _sku_uniq = models.UniqueIndex(
        "(channel_id, sku_key)", "This SKU is mapped already on the channel."
    )
    _multiplier_positive = models.Constraint(
        "CHECK (multiplier > 0)", "A listing is at least a part of a unit: Units must be above 0."
    )

    # === COMPUTE METHODS === #

    @api.depends("sku")
    def _compute_sku_key(self):
        for listing in self:
            listing.sku_key = self._key(listing.sku)

    @api.depends("alias_of_id.product_id", "alias_of_id.multiplier")
    def _compute_from_alias(self):
        for listing in self:
            main = listing.alias_of_id
            listing.product_id = main.product_id or listing.product_id
            listing.multiplier = (main or listing).multiplier or 1.0

    # === CONSTRAINT METHODS === #

    @api.constrains("alias_of_id", "channel_id")
    def _check_alias(self):
        for listing in self.filtered("alias_of_id"):
            main = listing.alias_of_id
            if main == listing or main.alias_of_id or main.channel_id != listing.channel_id:
                raise ValidationError(
                    self.env._(
                        "%(sku)s can only be the alias of a listing of its own channel that is "
                        "no alias itself.",
                        sku=listing.sku,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings._release_waiting()
        return listings

    # === BUSINESS METHODS === #

    @api.model
    def _key(self, sku):
        """:return: the form in which SKUs are compared: case and outer spaces do not count"""
        return (sku or "").strip().upper()

    def _release_waiting(self):
        """Let every order go that waited for one of these SKUs."""
        for channel, listings in self.grouped("channel_id").items():
            self.env["oms.hold"].sudo().search(
                [
                    ("state", "=", "open"),
                    ("channel_id", "=", channel.id),
                    ("reason_code", "=", "UNKNOWN_SKU"),
                    ("sku_key", "in", listings.mapped("sku_key")),
                ]
            )._release(self.env._("The SKU is mapped now."))

    @api.model
    def _resolve(self, channel, skus, barcodes=()):
        """Find the products of channel SKUs: by listing, then internal reference, then barcode.

        :param channel: the channel's record
        :param skus: SKUs as the channel writes them
        :param barcodes: barcodes as the channel writes them
        :return: two dicts, (product, units) by SKU key and by barcode
        """
        keys = {self._key(sku) for sku in skus} - {""}
        found = {
            listing.sku_key: (listing.product_id, listing.multiplier)
            for listing in self.search(
                [("channel_id", "=", channel.id), ("sku_key", "in", list(keys))]
            )
        }
        Product = self.env["product.product"].with_context(active_test=True)
        company = [("company_id", "in", (False, channel.company_id.id))]
        missing = list(keys - found.keys())
        for product in self._search_by_reference(Product, missing, company):
            found.setdefault(self._key(product.default_code), (product, 1.0))
        codes = list({code for code in [*barcodes, *(keys - found.keys())] if code})
        by_barcode = {
            product.barcode: (product, 1.0)
            for product in Product.search(
                [("barcode", "in", codes), *company] if codes else [(0, "=", 1)]
            )
        }
        for key in keys - found.keys():
            if key in by_barcode:
                found[key] = by_barcode[key]
        return found, by_barcode

    @api.model
    def _search_by_reference(self, Product, keys, domain):
        """:return: products whose internal reference is one of ``keys``, whatever its case"""
        if not keys:
            return Product
        self.env["product.product"].flush_model(["default_code"])
        self.env.cr.execute(
            "SELECT id FROM product_product WHERE upper(default_code) = ANY(%s) ORDER BY id", [keys]
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        return Product.search([("id", "in", ids), *domain], order="id")
