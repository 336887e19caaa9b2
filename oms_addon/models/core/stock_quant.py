"""What Odoo does with a row of stock, and what of ours takes part."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed

#: what decides how many can be sold
QUANT_FIELDS = {"quantity", "reserved_quantity"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def init(self):
        """Extend `base`: what expired since the last look is found without reading the rest."""
        super().init()
        self._oms_init_removal_index()

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: new stock can be sold."""
        quants = super().create(vals_list)
        quants._oms_touch_stock()
        return quants

    def write(self, vals):
        """Extend `stock`: a quantity that changed changes the Available to Sell."""
        result = super().write(vals)
        if not QUANT_FIELDS.isdisjoint(vals):
            self._oms_touch_stock()
        return result

    def unlink(self):
        """Extend `stock`: stock that is gone can no longer be sold."""
        self._oms_touch_stock()
        return super().unlink()

    @api.model
    def _get_gather_domain(
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False
    ):
        """Extend `stock`: a delivery that is late takes nothing that is too old today.

        ``with_expiration`` in the context is the date of the move, of `product_expiry`.
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
        """Extend `stock`: every change of a guarded stock takes its lock first, and none
        reserves more than is there.
        """
        # stock_locked: the caller holds the locks and has looked
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
