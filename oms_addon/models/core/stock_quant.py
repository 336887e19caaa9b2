"""Overrides of stock.quant."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed

#: fields that change Available to Sell
QUANT_FIELDS = {"quantity", "reserved_quantity"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def init(self):
        """Extend `base`: create an index to find newly expired stock."""
        super().init()
        self._oms_init_removal_index()

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: update Available to Sell."""
        quants = super().create(vals_list)
        quants._oms_touch_stock()
        return quants

    def write(self, vals):
        """Extend `stock`: update Available to Sell for changed quantities."""
        result = super().write(vals)
        if not QUANT_FIELDS.isdisjoint(vals):
            self._oms_touch_stock()
        return result

    def unlink(self):
        """Extend `stock`: update Available to Sell for deleted stock."""
        self._oms_touch_stock()
        return super().unlink()

    @api.model
    def _get_gather_domain(
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False
    ):
        """Extend `stock`: exclude lots from late deliveries that are too old today.

        ``with_expiration`` in the context is the date of the move, set by `product_expiry`.
        """
        moment = self.env.context.get("with_expiration")
        if moment and location_id._oms_guarded():
            self = self.with_context(with_expiration=self.env["oms.stock"]._fresh_from(moment))
        return super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        """Extend `stock`: lock managed stock before any change, and refuse to reserve more than is
        available.
        """
        # stock_locked: the caller has locked the stock and checked it
        if not unsealed(self.env, "stock_locked") and location_id._oms_guarded():
            self._oms_guard(
                product_id, location_id, reserved_quantity, lot_id, package_id, owner_id
            )
        return super()._update_available_quantity(
            product_id,
            location_id,
            quantity=quantity,
            reserved_quantity=reserved_quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            in_date=in_date,
        )
