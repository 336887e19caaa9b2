"""Delivery slips of combined shipments in the customer portal."""

from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.oms_addon.controllers.oms_promise import is_readable
from odoo.addons.sale_stock.controllers.portal import SaleStockPortal


class OmsSharedDeliveryController(SaleStockPortal):
    def _stock_picking_check_access(self, picking_id, access_token=None):
        """Extend `sale_stock`: a combined shipment also opens with the token of each order."""
        if not is_readable(picking_id, access_token):
            raise AccessError(request.env._("This delivery does not exist."))
        try:
            return super()._stock_picking_check_access(picking_id, access_token)
        except AccessError:
            picking_sudo = request.env["stock.picking"].sudo().browse(picking_id)
            tokens = picking_sudo.oms_shared_order_ids.mapped("access_token")
            if not access_token or not any(consteq(t, access_token) for t in tokens if t):
                raise
            return picking_sudo
