"""Overrides of stock.rule."""

from odoo import api, models

from odoo.addons.oms_addon.tools.runs import current


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_buy(self, procurements):
        """Extend `purchase_stock`: buy with access to prices, for the best vendor."""
        rules = self._oms_reckoning()
        return super(StockRule, rules)._run_buy(
            [
                (
                    procurement._replace(product_id=procurement.product_id.with_env(rules.env)),
                    rule.with_env(rules.env),
                )
                for procurement, rule in procurements
            ]
        )

    def _get_custom_move_fields(self):
        """Extend `stock`: moves keep the proposal that they come from."""
        return [*super()._get_custom_move_fields(), "oms_replenishment_id"]

    @api.model
    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        """Extend `stock`: in a batch (see ``RUNS``), cache the search for products with the same
        routes.
        """
        cache = current(self.env, "rules")
        if cache is None:
            return super()._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )
        package_type = packaging_uom_id and packaging_uom_id.package_type_id
        key = (
            route_ids and route_ids._ids,
            package_type and package_type.route_ids._ids,
            (product_id.route_ids | product_id.categ_id.total_route_ids)._ids,
            warehouse_ids and warehouse_ids._ids,
            repr(domain),
        )
        if key not in cache:
            cache[key] = super()._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )
        return cache[key]
