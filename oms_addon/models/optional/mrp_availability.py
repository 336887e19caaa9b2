"""Components of kits."""

from collections import defaultdict

from odoo import api, models


class OmsAvailability(models.AbstractModel):
    _inherit = "oms.availability"

    @api.model
    def _kits(self, products, company):
        """Read the components of kits.

        :return: units by product id, by the id of each product that is a kit; nested kits are
            resolved
        :rtype: dict[int, dict[int, float]]
        """
        if not self.env["oms.kits"]._is_there():
            return {}
        boms = self.env["mrp.bom"].sudo().with_company(company)
        found = boms._bom_find(products.sudo(), company_id=company.id, bom_type="phantom")
        return {product.id: self._parts(product, bom) for product, bom in found.items() if bom}

    @api.model
    def _parts(self, product, bom):
        """:return: units by product id needed for one kit"""
        made = product.uom_id._compute_quantity(1.0, bom.product_uom_id, round=False)
        parts = defaultdict(float)
        # Odoo rounds each line up to its unit. This is wrong for a single kit of a large bill of
        # materials, so compute for the quantity of the bill.
        _boms, lines = bom.explode(product, 1.0)
        for line, values in lines:
            quantity = values["qty"] * made / bom.product_qty
            parts[line.product_id.id] += line.product_uom_id._compute_quantity(
                quantity, line.product_id.uom_id, round=False
            )
        return dict(parts)
