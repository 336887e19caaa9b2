"""Safety stock of warehouses."""

from odoo import fields, models


class OmsAllocationSafety(models.Model):
    _name = "oms.allocation.safety"
    _inherit = ["oms.availability.mixin"]
    _description = "Safety Stock"
    _order = "warehouse_id, product_id, id"
    _rec_name = "warehouse_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, check_company=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to apply to all products without a row of their own.",
    )
    quantity = fields.Float(digits="Product Unit", required=True)

    _place_uniq = models.UniqueIndex(
        "(warehouse_id, COALESCE(product_id, 0))",
        "This product already has a safety stock in this warehouse.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "Safety stock cannot be negative."
    )

    def _get_counted_products(self):
        """Extend: a row without product affects all stocked products of its warehouse."""
        every = self.filtered(lambda row: not row.product_id)
        products = self.product_id
        if every:
            places = self.env["oms.stock"]._locations(every.warehouse_id)
            rows = (
                self.env["stock.quant"]
                .sudo()
                ._read_group([("location_id", "in", list(places))], ["product_id"])
            )
            products |= products.concat(*(product for (product,) in rows))
        return products
