"""What the warehouse sets off reckons with prices: of whoever does it, nobody is shown them.

These overrides come last, so that what other add-ons do on the way reckons, too. None of them takes
values that a client could send.
"""

from odoo import api, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def button_validate(self):
        """Extend `stock`: the shipping cost is found, and customers may be told."""
        return super(StockPicking, self._oms_reckoning()).button_validate()

    def _action_done(self):
        """Extend `stock`: the same, by whichever way."""
        return super(StockPicking, self._oms_reckoning())._action_done()

    def send_to_shipper(self):
        """Extend `stock_delivery`: the carrier is told what the goods are worth."""
        return super(StockPicking, self._oms_reckoning()).send_to_shipper()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Extend `stock`: what is missing is bought at the best price."""
        moves = super(StockMove, self._oms_reckoning())._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )
        return moves.with_env(self.env)

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: what is left for a backorder keeps its price."""
        moves = super(StockMove, self._oms_reckoning())._action_done(
            cancel_backorder=cancel_backorder
        )
        return moves.with_env(self.env)

    def _merge_moves(self, merge_into=False):
        """Extend `stock`: moves of the same price are merged."""
        moves = super(StockMove, self._oms_reckoning())._merge_moves(merge_into=merge_into)
        return moves.with_env(self.env)

    def _set_value(self, correction_quantity=None):
        """Extend `stock_account`: what was moved is valued."""
        return super(StockMove, self._oms_reckoning())._set_value(
            correction_quantity=correction_quantity
        )


class StockLot(models.Model):
    _inherit = "stock.lot"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: a lot starts at the cost of its product."""
        for name in {name for vals in vals_list for name in vals} & set(self._fields):
            self._check_field_access(self._fields[name], "write")
        lots = super(StockLot, self._oms_reckoning()).create(vals_list)
        return lots.with_env(self.env)


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_buy(self, procurements):
        """Extend `purchase_stock`: what is missing is bought at the best price."""
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


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        """Extend `sale`: the customer's credit is looked at."""
        return super(SaleOrder, self._oms_reckoning()).action_confirm()

    def action_cancel(self):
        """Extend `sale`: what was invoiced is looked at."""
        return super(SaleOrder, self._oms_reckoning()).action_cancel()

    def action_draft(self):
        """Extend `sale`: the same, of an order that is opened again."""
        return super(SaleOrder, self._oms_reckoning()).action_draft()


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    def _order_to_sql(self, order, *args, **kwargs):
        """Extend `base`: who is told no prices gets the vendors in an order that tells none."""
        if not self.env.su and (order or self._order) == self._order:
            if not self._has_field_access(self._fields["price"], "read"):
                order = "sequence, min_qty DESC, id"
        return super()._order_to_sql(order, *args, **kwargs)
