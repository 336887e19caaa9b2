"""Which users are shown what things cost."""

from odoo import models

from odoo.addons.oms_addon.tools.amounts import COSTS, DOCUMENTS, SALES

_SALES_GROUPS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly"
)
#: who is shown amounts beside the role Warehouse
SHOWN_TO = {
    SALES: _SALES_GROUPS,
    COSTS: f"{_SALES_GROUPS},purchase.group_purchase_user,stock.group_stock_manager",
}


class ResUsers(models.Model):
    _inherit = "res.users"

    def _oms_is_shown(self, kind):
        """:return: whether the user is shown amounts: all are but who has the role Warehouse and
        nothing that needs them
        """
        if not self._has_group("oms_addon.oms_addon_group_warehouse"):
            return True
        return any(self._has_group(group) for group in SHOWN_TO[kind].split(","))

    def _oms_sees_all(self):
        """:return: whether no amount is kept from the user"""
        return all(map(self._oms_is_shown, SHOWN_TO))

    def _oms_hides_documents(self, model):
        """:return: whether the notes, files and pages of a model would show the user amounts"""
        if model not in DOCUMENTS:
            return False
        return not self._oms_is_shown(SALES if model == "sale.order" else COSTS)
