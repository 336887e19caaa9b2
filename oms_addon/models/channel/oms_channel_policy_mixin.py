"""The settings that decide what happens to an order after it was received."""

from odoo import fields, models


class OmsChannelPolicyMixin(models.AbstractModel):
    """What a channel's orders may do by themselves, and what each step needs.

    A field here is kept with every order as it was when the order was received, see
    ``oms.channel.policy``: switching it on later touches no older order. It is read by
    ``sale.order`` ``_oms_policy`` only.
    """

    _name = "oms.channel.policy.mixin"
    _description = "Order Policy Settings"

    #: values that stop what a setting does by itself; they count for older orders, too
    _POLICY_STOPS = {
        "confirm_policy": ("manual",),
        "invoice_policy": ("manual",),
        "send_receipt": (False,),
        "unpaid_days": (0,),
        "transfer_days": (0,),
        "together_policy": ("never", "propose"),
        "auto_ship": (False,),
        "tell_promise": (False,),
    }

    currency_id = fields.Many2one("res.currency")

    # Money
    confirm_policy = fields.Selection(
        [
            ("paid", "When paid"),
            ("authorized", "When paid or authorised"),
            ("always", "Always"),
            ("manual", "By hand"),
        ],
        default="paid",
        required=True,
    )
    payment_policy = fields.Selection(
        [
            ("prepaid", "Collected by the channel"),
            ("cod", "Cash on delivery"),
            ("terms", "On account"),
        ],
        default="prepaid",
        required=True,
    )
    payment_tolerance = fields.Monetary(help="A difference up to this still counts as paid.")
    unpaid_days = fields.Integer(
        "Cancel Unpaid After (Days)",
        help="For orders received from now on. 0 never cancels unpaid orders.",
    )
    transfer_days = fields.Integer(
        "Cancel Unpaid Bank Transfers After (Days)",
        help="For orders received from now on. 0 never cancels orders to be paid by bank "
        "transfer or check.",
    )
    invoice_policy = fields.Selection(
        [
            ("payment", "When paid"),
            ("shipment", "When shipped"),
            ("delivery", "When delivered"),
            ("manual", "By hand"),
        ],
        default="payment",
        required=True,
    )
    send_receipt = fields.Boolean("E-mail the invoice as receipt", default=True)
    reopen_policy = fields.Selection(
        [("revive", "Process Again"), ("hold", "Hold for Review")],
        "Orders Reopened on the Channel",
        default="revive",
        required=True,
        help="What happens to an order that was cancelled and that the channel goes on with. An "
        "order that was cancelled in Odoo, or partly shipped before, is always held.",
    )

    # Goods
    ship_policy = fields.Selection(
        [("paid", "Only when paid"), ("always", "Always")], default="paid", required=True
    )
    together_policy = fields.Selection(
        [
            ("never", "Never"),
            ("propose", "When a person says so"),
            ("auto", "By themselves"),
        ],
        "Ship orders together",
        default="propose",
        required=True,
        help="Orders of one customer to one address leave in one delivery.",
    )
    together_hours = fields.Integer(
        "Placed within (hours)",
        default=24,
        help="Orders placed within so many hours of the oldest leave together by themselves.",
    )
    external_shipment_policy = fields.Selection(
        [
            ("deduct", "Record and Deduct from Stock"),
            ("record", "Record without Stock"),
            ("hold", "Hold the Order"),
        ],
        "Shipped on the Channel",
        default="deduct",
        required=True,
        help="What happens to units that others shipped on the channel, as far as it reports "
        "which: they are never shipped again.",
    )
    auto_ship = fields.Boolean(
        "Ship Automatically", help="Validates deliveries as soon as all their items are reserved."
    )
    tell_promise = fields.Boolean(
        "Notify of New Delivery Dates",
        default=True,
        help="When the promised delivery date of an order changes, the customer gets an e-mail, "
        "and the channel gets the new date if it accepts one.",
    )

    def _policy_names(self):
        """:return: the settings that are kept with orders
        :rtype: set[str]
        """
        mixin = self.env["oms.channel.policy.mixin"]
        return {name for name, field in mixin._fields.items() if field.store} - {
            "currency_id",
            *models.MAGIC_COLUMNS,
        }
