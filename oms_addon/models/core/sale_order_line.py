"""Overrides of sale.order.line, calling the services in a fixed order."""

from odoo import api, models

#: fields that change a cart reservation
CART_FIELDS = {"product_id", "product_uom_qty", "product_uom_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _auto_init(self):
        """Extend `base`: add the column without computing it for each existing line."""
        self._oms_add_demand_column()
        return super()._auto_init()

    # === COMPUTE METHODS === #

    def _compute_price_unit(self):
        """Extend `sale`: keep prices from the channel."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_price_unit()

    def _compute_discount(self):
        """Extend `sale`: keep discounts from the channel."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_discount()

    def _compute_tax_ids(self):
        """Extend `sale`: keep taxes from the channel."""
        return super(SaleOrderLine, self - self._oms_priced())._compute_tax_ids()

    @api.depends("qty_invoiced", "qty_delivered", "product_uom_qty", "state", "oms_reinvoiced_qty")
    def _compute_qty_to_invoice(self):
        """Extend `sale`: apply the channel's invoice policy instead of the product's."""
        by_policy = self.filtered(lambda line: line._oms_is_invoiced_by_policy())
        super(SaleOrderLine, self - by_policy)._compute_qty_to_invoice()
        by_policy._oms_set_qty_to_invoice()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `sale`: update the cart reservation."""
        lines = super().create(vals_list)
        lines.order_id._oms_reserve_cart()
        return lines

    def write(self, vals):
        """Extend `sale`: update the cart reservation."""
        result = super().write(vals)
        if vals.keys() & CART_FIELDS:
            self.order_id._oms_reserve_cart()
        return result

    def unlink(self):
        """Extend `sale`: release the cart reservation of deleted lines."""
        orders = self.order_id
        result = super().unlink()
        orders.exists()._oms_reserve_cart()
        return result

    # === PROCUREMENT === #

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Extend `sale_stock`: restock picked units that are no longer ordered. Source units added
        to a confirmed order and promise all before they are procured, so that deliveries get the
        promised dates.
        """
        if self.env.context.get("skip_procurement"):
            return super()._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        before = previous_product_uom_qty or {}
        confirmed_sudo = self.sudo().filtered(lambda line: line.state == "sale")
        confirmed_sudo._oms_restock_fewer(before)
        by_person = not self.env.su and self.env.user._is_internal()
        sourcing_sudo = self.env["oms.sourcing"].sudo()
        raised_sudo = sourcing_sudo._source_added(confirmed_sudo, before, by_person)
        self.env["oms.promise"].sudo()._promise(confirmed_sudo)
        self._oms_create_references()
        result = super()._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
        sourcing_sudo._promise_added(raised_sudo)
        confirmed_sudo._oms_gather_changed(before)
        return result

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Extend `sale_stock`: exclude picked units that got lost."""
        quantity = super()._get_qty_procurement(previous_product_uom_qty=previous_product_uom_qty)
        return quantity - self.oms_lost_qty

    def _prepare_procurement_values(self):
        """Extend `sale_stock`: schedule the shipment by the promised date."""
        values = super()._prepare_procurement_values()
        if self.oms_ship_before:
            values["date_planned"] = values["date_deadline"] = self.oms_ship_before
        return values

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Extend `sale_stock`: procure a line from each of its warehouses."""
        shares = self._oms_shares(product_qty, procurement_uom)
        if not shares:
            return super()._create_procurements(product_qty, procurement_uom, values)
        procurements = []
        for warehouse, quantity in shares:
            procurements += super()._create_procurements(
                quantity, procurement_uom, {**values, "warehouse_id": warehouse}
            )
        return procurements

    # === INVOICE === #

    def _prepare_invoice_line(self, **optional_values):
        """Extend `sale`: set the line's amounts in a batch."""
        values = super()._prepare_invoice_line(**optional_values)
        return {**values, **self._oms_exact_amounts(values)}
