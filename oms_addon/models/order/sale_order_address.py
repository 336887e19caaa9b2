"""Address changes of orders made in Odoo, applied to their deliveries."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_redirect(self, vals):
        """Redirect the deliveries of orders of our warehouses when their address is written.

        :return: the redirected orders, whose address is already written
        """
        shipping = self.env["res.partner"].browse(vals.get("partner_shipping_id") or False)
        redirected = self._oms_to_redirect(shipping) if shipping else self.browse()
        if redirected:
            redirected.check_access("write")
            actor = self.env.user.name
            amender_sudo = self.env["oms.order.amender"].sudo().with_context(**sealed(actor=actor))
            why = self.env._("%(user)s changed the address", user=actor)
            for order in redirected.sudo():
                amender_sudo._redirect(order, shipping.sudo(), why)
        return redirected

    def _oms_to_redirect(self, shipping):
        """:return: the confirmed orders with open deliveries whose shipping address changes"""
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
