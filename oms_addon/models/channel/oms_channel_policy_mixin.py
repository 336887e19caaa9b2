"""Settings that control the processing of received orders."""

from odoo import fields, models


class OmsChannelPolicyMixin(models.AbstractModel):
    """Automatic steps for a channel's orders, and their conditions.

    The values are stored with each order as of when it was received, see ``oms.channel.policy``:
    switching a setting on later does not affect older orders. Read them with ``sale.order``
    ``_oms_policy`` only.
    """

    _name = "oms.channel.policy.mixin"
    _description = "Order Policy Settings"

    #: values that switch an automatic step off; they apply to older orders, too
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
            ("paid", "When Paid"),
            ("authorized", "When Paid or Authorized"),
            ("always", "Always"),
            ("manual", "Manually"),
        ],
        default="paid",
        required=True,
    )
    payment_policy = fields.Selection(
        [
            ("prepaid", "Collected by the Channel"),
            ("cod", "Cash on delivery"),
            ("terms", "On Account"),
        ],
        default="prepaid",
        required=True,
    )
    payment_tolerance = fields.Monetary(help="Differences up to this amount count as paid.")
    unpaid_days = fields.Integer(
        "Cancel Unpaid After (Days)",
        help="Applies to orders received from now on. Enter 0 to never cancel unpaid orders.",
    )
    transfer_days = fields.Integer(
        "Cancel Unpaid Bank Transfers After (Days)",
        help="Applies to orders received from now on. Enter 0 to never cancel orders paid by "
        "bank transfer or check.",
    )
    invoice_policy = fields.Selection(
        [
            ("payment", "When Paid"),
            ("shipment", "When Shipped"),
            ("delivery", "When Delivered"),
            ("manual", "Manually"),
        ],
        default="payment",
        required=True,
    )
    send_receipt = fields.Boolean("Email Invoice as Receipt", default=True)
    reopen_policy = fields.Selection(
        [("revive", "Process Again"), ("hold", "Hold for Review")],
        "Orders Reopened on the Channel",
        default="revive",
        required=True,
        help="What happens to cancelled orders that the channel continues. Orders cancelled in "
        "Odoo or partly shipped before are always put on hold.",
    )

    # Items
    ship_policy = fields.Selection(
        [("paid", "Only When Paid"), ("always", "Always")], default="paid", required=True
    )
    together_policy = fields.Selection(
        [
            ("never", "Never"),
            ("propose", "Suggest"),
            ("auto", "Automatically"),
        ],
        "Combined Shipments",
        default="propose",
        required=True,
        help="Ship orders of one customer to the same address in one delivery.",
    )
    together_hours = fields.Integer(
        "Placed Within (Hours)",
        default=24,
        help="Orders placed within this number of hours of the oldest order are combined "
        "automatically.",
    )
    external_shipment_policy = fields.Selection(
        [
            ("deduct", "Record and Deduct from Stock"),
            ("record", "Record without Stock"),
            ("hold", "Put the Order on Hold"),
        ],
        "Shipped on the Channel",
        default="deduct",
        required=True,
        help="What happens to units reported as shipped by a third party. They are never "
        "shipped again.",
    )
    auto_ship = fields.Boolean(
        "Ship Automatically", help="Validate deliveries as soon as all their items are reserved."
    )
    tell_promise = fields.Boolean(
        "Notify of New Delivery Dates",
        default=True,
        help="When the promised delivery date of an order changes, email the customer and send "
        "the new date to the channel if it accepts one.",
    )

    def _policy_names(self):
        """:return: the names of the settings that are stored with orders
        :rtype: set[str]
        """
        mixin = self.env["oms.channel.policy.mixin"]
        return {name for name, field in mixin._fields.items() if field.store} - {
            "currency_id",
            *models.MAGIC_COLUMNS,
        }
