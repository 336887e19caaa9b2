"""A component of a bundle."""

from decimal import Decimal

from odoo import api, fields, models


class OmsChannelListingComponent(models.Model):
    _name = "oms.channel.listing.component"
    _description = "Bundle Component"
    _rec_name = "product_id"
    _order = "sequence, id"
    _check_company_auto = True

    listing_id = fields.Many2one(
        "oms.channel.listing", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="listing_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, index=True, ondelete="restrict"
    )
    quantity = fields.Float(
        "Units",
        digits="Product Unit",
        default=1.0,
        required=True,
        help="Units in one unit of the listing.",
    )
    share = fields.Float(
        "Price Share (%)", help="Used if the price is split by shares per component."
    )
    split_by = fields.Selection(related="listing_id.split_by")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The units of a bundle component must be greater than 0."
    )
    _share_range = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A price share must be between 0 and 100 %."
    )

    @api.model_create_multi
    def create(self, vals_list):
        components = super().create(vals_list)
        components.listing_id._components_changed()
        return components

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"product_id", "quantity"}:
            self.listing_id._components_changed()
        return result

    def _weight(self):
        """:return: the component's weight in the division of the bundle's price
        :rtype: Decimal
        """
        self.ensure_one()
        if self.listing_id.split_by == "share":
            return Decimal(str(self.share))
        price = max(self.product_id.lst_price, 0.0)
        return Decimal(str(price)) * Decimal(str(self.quantity))
