"""Stock whose removal date came is reserved no more, where `product_expiry` is installed."""

from odoo import api, models
from odoo.tools.sql import column_exists


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def init(self):
        """Extend `base`: what expired since the last look is found without reading the rest."""
        super().init()
        if column_exists(self.env.cr, "stock_quant", "removal_date"):
            self.env.cr.execute(
                """CREATE INDEX IF NOT EXISTS stock_quant_oms_removal_idx
                   ON stock_quant (removal_date, id) WHERE removal_date IS NOT NULL"""
            )

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
