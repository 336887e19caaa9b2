"""Visibility of amounts by user role."""

from odoo import models

from odoo.addons.oms_addon.tools.amounts import COSTS, DOCUMENTS, SALES

_SALES_GROUPS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly"
)
#: groups that see amounts even with the role Warehouse
SHOWN_TO = {
    SALES: _SALES_GROUPS,
    COSTS: f"{_SALES_GROUPS},purchase.group_purchase_user,stock.group_stock_manager",
}


class ResUsers(models.Model):
    _inherit = "res.users"

    def _oms_is_shown(self, kind):
        """:return: whether the user may see amounts: everyone except users with the role Warehouse
        and none of the groups that need them
        """
        if not self._has_group("oms_addon.oms_addon_group_warehouse"):
            return True
        return any(self._has_group(group) for group in SHOWN_TO[kind].split(","))

    def _oms_sees_all(self):
        """:return: whether the user may see all amounts"""
        return all(map(self._oms_is_shown, SHOWN_TO))

    def _oms_hides_documents(self, model):
        """:return: whether notes, files and pages of a model must be hidden from the user"""
        if model not in DOCUMENTS:
            return False
        return not self._oms_is_shown(SALES if model == "sale.order" else COSTS)
