"""Payment terms of orders: prepaid, on delivery, or later."""

from odoo import api, fields, models

from odoo.addons.oms_addon.models.channel.oms_channel_payment_method import TERMS
from odoo.addons.oms_addon.tools.payment_terms import EXPIRY_FIELDS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_payment_method = fields.Char("Channel Payment Method", readonly=True, copy=False)
    oms_payment_name = fields.Char("Payment Method Name", readonly=True, copy=False)
    oms_payment_terms = fields.Selection(
        TERMS,
        "Payment Terms of the Method",
        readonly=True,
        copy=False,
        help="Leave empty to apply the policy of the channel.",
    )
    oms_unpaid_until = fields.Datetime(
        "Unpaid Cancellation Date",
        compute="_compute_oms_unpaid_until",
        store=True,
        copy=False,
        help="Taken from the channel's settings when the order was received.",
    )

    _oms_unpaid_until_idx = models.Index(
        "(oms_unpaid_until) WHERE oms_payment_state = 'unpaid' AND state != 'cancel'"
    )

    @api.depends("oms_channel_id", "oms_policy_id", "oms_placed_at", "oms_payment_terms")
    def _compute_oms_unpaid_until(self):
        """Stored: a later change of the channel's setting applies to new orders only."""
        for order in self:
            days = order._oms_unpaid_days()
            placed_at = order.oms_placed_at or order.date_order
            order.oms_unpaid_until = (
                fields.Datetime.add(placed_at, days=days) if days and placed_at else False
            )

    def _oms_unpaid_days(self):
        """:return: the number of days one order may stay unpaid; 0 for no limit"""
        name = EXPIRY_FIELDS.get(self._oms_terms())
        return max(self._oms_policy(name), 0) if name and self.oms_channel_id else 0

    def _oms_terms(self):
        """:return: the payment terms of one order: of its payment method, else of its channel
        :rtype: str
        """
        return self.oms_payment_terms or self._oms_policy("payment_policy") or "prepaid"
