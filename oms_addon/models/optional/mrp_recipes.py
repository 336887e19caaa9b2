"""Recomputation of kits when their bills of materials change."""

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

#: fields that determine the components of a kit
RECIPE_FIELDS = {
    "mrp.bom": (
        "active",
        "type",
        "company_id",
        "product_tmpl_id",
        "product_id",
        "product_qty",
        "product_uom_id",
        "sequence",
    ),
    "mrp.bom.line": (
        "bom_id",
        "product_id",
        "product_qty",
        "product_uom_id",
        "bom_product_template_attribute_value_ids",
    ),
}
WITH_KITS = """
    WITH RECURSIVE concerned (id) AS (
        SELECT unnest(%s::int[])
        UNION
        SELECT kit.id
        FROM concerned
            JOIN mrp_bom_line line ON line.product_id = concerned.id
            JOIN mrp_bom bom ON bom.id = line.bom_id AND bom.active AND bom.type = 'phantom'
            JOIN product_product kit ON kit.product_tmpl_id = bom.product_tmpl_id
                AND kit.id = COALESCE(bom.product_id, kit.id))
    SELECT id FROM concerned"""


class ProductTemplate(models.Model):
    _inherit = "product.template"

    oms_components_changed_at = fields.Datetime(
        "Components Changed On",
        compute="_compute_oms_components_changed_at",
        store=True,
        help="When a bill of materials of the product last changed. "
        "Empty without the Manufacturing app.",
    )

    @api.depends(lambda self: self._oms_recipe_paths())
    def _compute_oms_components_changed_at(self):
        """Queue the kits of a changed bill of materials for recomputation of Available to Sell."""
        if not self.env["oms.kits"]._is_there():
            self.oms_components_changed_at = False
            return
        self.oms_components_changed_at = fields.Datetime.now()
        self.env["oms.channel.stock"]._touch(self.product_variant_ids.ids)

    @api.model
    def _oms_recipe_paths(self):
        """:return: the paths to the fields that determine the components of kits; none without
        `mrp`
        """
        if "bom_ids" not in self._fields:
            return ()
        return tuple(
            f"bom_ids.{name}" for name in RECIPE_FIELDS["mrp.bom"] if name != "product_tmpl_id"
        ) + tuple(
            f"bom_ids.bom_line_ids.{name}"
            for name in RECIPE_FIELDS["mrp.bom.line"]
            if name != "bom_id"
        )

    def _oms_add_components_column(self):
        """Add the column of ``oms_components_changed_at``, empty for existing products."""
        if not column_exists(self.env.cr, self._table, "oms_components_changed_at"):
            create_column(self.env.cr, self._table, "oms_components_changed_at", "timestamp")


class OmsKits(models.AbstractModel):
    _inherit = "oms.kits"

    @api.model
    def _with_kits(self, product_ids):
        """Add the kits that contain products, including nested kits.

        :rtype: set[int]
        """
        if not product_ids or not self._is_there():
            return set(product_ids)
        for name, fnames in RECIPE_FIELDS.items():
            self.env[name].flush_model(fnames)
        rows = self.env.execute_query(SQL(WITH_KITS, list(product_ids)))
        return {product_id for (product_id,) in rows}
