"""Versions of a channel's order settings."""

from odoo import api, fields, models


class OmsChannelPolicy(models.Model):
    """One row for each change of a channel's settings; orders refer to the row that was in force
    when they were received.
    """

    _name = "oms.channel.policy"
    _description = "Order Policy"
    _inherit = ["oms.channel.policy.mixin"]
    _order = "id desc"
    _rec_name = "channel_id"

    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="channel_id.currency_id")


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    policy_id = fields.Many2one(
        "oms.channel.policy", "Order Policy", readonly=True, copy=False, ondelete="set null"
    )
    older_policy_count = fields.Integer(
        "Open Orders with Previous Settings", compute="_compute_older_policy_count"
    )

    def _compute_older_policy_count(self):
        for channel in self:
            domain = channel._older_policy_domain()
            channel.older_policy_count = self.env["sale.order"].sudo().search_count(domain)

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._store_policy()
        return channels

    def write(self, vals):
        """Extend: changed settings apply to orders received from now on, not to earlier ones."""
        result = super().write(vals)
        if vals.keys() & self._policy_names():
            self._store_policy()
        return result

    def _store_policy(self):
        """Store the settings of channels as a new version if they changed."""
        names = sorted(self._policy_names())
        for channel in self.sudo():
            kept = channel.policy_id
            if not kept or any(kept[name] != channel[name] for name in names):
                channel.policy_id = kept.create(
                    {"channel_id": channel.id, **{name: channel[name] for name in names}}
                )

    # === OLDER ORDERS === #

    def _older_policy_domain(self):
        """:return: the domain of a channel's open orders that follow earlier settings"""
        return [
            ("oms_channel_id", "=", self.id),
            ("oms_policy_id", "not in", [self.policy_id.id, False]),
            ("oms_status", "not in", ("done", "cancelled")),
        ]

    def action_apply_policy(self):
        """Apply the current settings of channels to their open orders."""
        self.check_access("write")
        self = self.sudo()
        for channel in self:
            # Users who may set up a channel need no access to orders.
            orders_sudo = self.env["sale.order"].sudo().search(channel._older_policy_domain())
            orders_sudo.write({"oms_policy_id": channel.policy_id.id})
            channel._apply_payment_terms(is_for_all=True)
            self.env["oms.event"]._log(
                orders_sudo,
                "order.policy",
                self.env._("The current settings of %(channel)s apply", channel=channel.name),
            )
            self.env["oms.payment.collector"]._recompute_orders(orders_sudo)
            orders_sudo._oms_run()
        return True


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_policy_id = fields.Many2one(
        "oms.channel.policy",
        "Order Policy",
        compute="_compute_oms_policy_id",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Settings of the channel when the order was received. The order follows them.",
    )

    @api.depends("oms_channel_id")
    def _compute_oms_policy_id(self):
        """Not recomputed when the channel's settings change: those apply to later orders only."""
        for order in self:
            order.oms_policy_id = order.oms_channel_id.policy_id

    def _oms_policy(self, name):
        """Return a setting of the order's channel as of when the order was received; if the setting
        has been switched off since, return the current value.

        :param str name: a field of ``oms.channel.policy.mixin``
        :return: its value; the field's empty value for an order without channel
        """
        channel, kept = self.oms_channel_id, self.oms_policy_id
        now = channel[name]
        if not kept or now in channel._POLICY_STOPS.get(name, ()):
            return now
        return kept[name]
