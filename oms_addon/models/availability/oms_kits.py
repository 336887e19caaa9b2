"""What can be sold of kits changes with what they are made of: channels come to know."""

from odoo import api, models
from odoo.tools import SQL

#: what decides what a kit is made of
RECIPE_FIELDS = {
    "mrp.bom": {
        "active",
        "type",
        "company_id",
        "product_tmpl_id",
        "product_id",
        "product_qty",
        "product_uom_id",
        "sequence",
    },
    "mrp.bom.line": {
        "bom_id",
        "product_id",
        "product_qty",
        "product_uom_id",
        "bom_product_template_attribute_value_ids",
    },
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


class OmsKits(models.AbstractModel):
    _inherit = "oms.kits"

    def _register_hook(self):
        """Extend `base`: see what is done to recipes, where Odoo's Manufacturing is installed."""
        super()._register_hook()
        for name, fnames in RECIPE_FIELDS.items():
            if name in self.env:
                self._watch(self.env.registry[name], fnames)

    @api.model
    def _watch(self, model_class, watched):
        """Have kits counted again when fields of a model that we do not depend on change."""
        # A registry's class has no methods of its own: this one is ours.
        if "modified" in vars(model_class):
            return

        def modified(records, fnames, create=False, before=False):
            if not watched.isdisjoint(fnames):
                records.env["oms.kits"]._touch_recipes(records)
            return super(model_class, records).modified(fnames, create=create, before=before)

        model_class.modified = modified

    @api.model
    def _touch_recipes(self, records):
        """Have what is made by recipes counted again.

        :param records: ``mrp.bom`` or ``mrp.bom.line`` records
        """
        boms = records.sudo().filtered("id")
        boms = boms.bom_id if boms._name == "mrp.bom.line" else boms
        of_all = boms.filtered(lambda bom: not bom.product_id)
        products = boms.product_id | of_all.product_tmpl_id.product_variant_ids
        if products:
            self.env["oms.channel.stock"]._touch(products.ids)

    @api.model
    def _with_kits(self, product_ids):
        """Add the kits that are made of products, kits of kits too.

        :rtype: set[int]
        """
        if not product_ids or "mrp.bom" not in self.env:
            return set(product_ids)
        for name, fnames in RECIPE_FIELDS.items():
            self.env[name].flush_model(fnames)
        rows = self.env.execute_query(SQL(WITH_KITS, list(product_ids)))
        return {product_id for (product_id,) in rows}
