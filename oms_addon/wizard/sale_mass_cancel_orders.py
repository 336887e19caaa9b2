"""Extend Odoo's wizard to cancel orders: reason, refund and restock for channel orders."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class SaleMassCancelOrders(models.TransientModel):
    _inherit = "sale.mass.cancel.orders"

    oms_is_managed = fields.Boolean("Managed by Orders Hub", compute="_compute_oms_is_managed")
    oms_has_channel = fields.Boolean("Has Channel Orders", compute="_compute_oms_is_managed")
    oms_reason = fields.Selection(
        [
            ("customer", "Customer Changed or Cancelled Order"),
            ("inventory", "Items Unavailable"),
            ("fraud", "Fraudulent Order"),
            ("unpaid", "Payment Declined"),
            ("other", "Other"),
        ],
        "Reason",
        default="other",
        required=True,
    )
    oms_text = fields.Char("Note", help="Shown in the audit trail and sent to the channel.")
    oms_refund = fields.Boolean(
        "Refund the Payment",
        default=True,
        help="The channel refunds the payment. If unchecked, the order is listed under Refund "
        "Due until the payment is refunded.",
    )
    oms_restock = fields.Boolean(
        "Restock the Items",
        default=True,
        help="The channel makes the items available for sale again.",
    )
    oms_notify = fields.Boolean(
        "Notify the Customer",
        default=lambda self: self._oms_is_of_channel(),
        help="The customer receives an email about the cancellation, sent by the channel or by "
        "Odoo.",
    )

    oms_can_notify = fields.Boolean("Channel Can Notify", compute="_compute_oms_can_notify")
    oms_notify_text = fields.Char("Notification Details", compute="_compute_oms_can_notify")

    @api.model
    def _oms_is_of_channel(self):
        """:return: whether some of the chosen orders are of a channel"""
        chosen = self.env["sale.order"].browse(self.env.context.get("active_ids"))
        return bool(chosen.oms_channel_id)

    @api.depends("sale_order_ids")
    def _compute_oms_is_managed(self):
        for wizard in self:
            wizard.oms_is_managed = any(wizard.sale_order_ids.mapped("oms_is_managed"))
            wizard.oms_has_channel = bool(wizard.sale_order_ids.oms_channel_id)

    @api.depends("sale_order_ids")
    def _compute_oms_can_notify(self):
        for wizard in self:
            deciding = wizard.sale_order_ids.oms_channel_id.filtered(
                lambda channel: (
                    channel._adapter()._can_push_cancellation
                    and not channel._adapter()._can_notify_cancellation
                )
            )
            others = wizard.sale_order_ids.filtered(lambda o, d=deciding: o.oms_channel_id not in d)
            wizard.oms_can_notify = bool(others)
            text = self.env._(
                "%(channels)s: the channel decides whether the customer is emailed.",
                channels=", ".join(deciding.mapped("name")),
            )
            wizard.oms_notify_text = text if deciding else False

    def _oms_prepare_choice(self):
        """:return: the choices, as the context keys that `_oms_send_cancellation` reads
        :rtype: dict
        """
        self.ensure_one()
        return sealed(
            cancel_reason=self.oms_reason or "",
            cancel_text=(self.oms_text or "").strip(),
            cancel_keeps_money=not self.oms_refund,
            cancel_keeps_stock=not self.oms_restock,
            cancel_notifies=self.oms_notify,
        )
