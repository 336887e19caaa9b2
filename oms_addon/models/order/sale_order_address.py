"""An order that staff send elsewhere takes its deliveries along."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Extend `sale_stock`: deliveries of our warehouses go where the order goes now."""
        shipping = self.env["res.partner"].browse(vals.get("partner_shipping_id") or False)
        redirected = self._oms_to_redirect(shipping) if shipping else self.browse()
        if not redirected:
            return super().write(vals)
        amender_sudo = (
            self.env["oms.order.amender"].sudo().with_context(**sealed(actor=self.env.user.name))
        )
        redirected.check_access("write")
        for order in redirected.sudo():
            why = self.env._("%(user)s changed the address", user=self.env.user.name)
            amender_sudo._redirect(order, shipping.sudo(), why)
        rest = {name: value for name, value in vals.items() if name != "partner_shipping_id"}
        return super(SaleOrder, self - redirected).write(vals) and super(
            SaleOrder, redirected
        ).write(rest)

    def _oms_to_redirect(self, shipping):
        """:return: the confirmed orders of channels and of our warehouses that go elsewhere now"""
        if unsealed(self.env, "redirecting"):
            return self.browse()
        return self.filtered(
            lambda o: (
                o.state == "sale"
                and o.partner_shipping_id != shipping
                and (o.oms_channel_id or o.warehouse_id.oms_managed)
                and o._oms_pickings()._oms_todo()
            )
        )
