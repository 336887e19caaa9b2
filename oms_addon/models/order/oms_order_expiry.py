"""Cancellation of orders that are not paid in time."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.batches import culprits
from odoo.addons.oms_addon.tools.payment_terms import EXPIRY_FIELDS


class OmsOrderExpiry(models.AbstractModel):
    _name = "oms.order.expiry"
    _description = "Expiry of Unpaid Orders"

    @api.model
    def _expire_unpaid(self, limit=100):
        """Cancel prepaid orders that stay unpaid for too long.

        The limit is the channel's setting at the time of the order, or the current one if longer.

        :param int limit: maximum number of orders
        :return: number of cancelled orders
        :rtype: int
        """
        channels = self.env["oms.channel"].search(
            [("state", "=", "live"), "|", ("unpaid_days", ">", 0), ("transfer_days", ">", 0)]
        )
        orders = self.env["sale.order"]
        for channel in channels:
            domain = self._get_expired_domain(channel)
            orders |= orders.search(domain, order="id", limit=limit - len(orders))
            if len(orders) >= limit:
                break
        orders = orders.try_lock_for_update().filtered(
            lambda o: o.oms_payment_state == "unpaid" and o.state != "cancel"
        )
        failed = culprits(orders, self._expire)
        return len(orders) - len(failed)

    @api.model
    def _get_expired_domain(self, channel):
        """:return: the domain of a channel's orders whose payment is overdue"""
        now = fields.Datetime.now()
        overdue = Domain.OR(
            self._get_terms_domain(name)
            & self._get_placed_domain(fields.Datetime.subtract(now, days=channel[name]))
            for name in sorted(set(EXPIRY_FIELDS.values()))
            if channel[name] > 0
        )
        return overdue & Domain(
            [
                ("oms_channel_id", "=", channel.id),
                ("oms_unpaid_until", "<", now),
                ("oms_payment_state", "=", "unpaid"),
                ("oms_channel_status", "not in", ("shipped", "delivered")),
                ("state", "!=", "cancel"),
                ("delivery_status", "not in", ("partial", "full")),
            ]
        )

    @api.model
    def _get_terms_domain(self, name):
        """:return: the domain of the orders that a setting of days applies to"""
        terms = [code for code, setting in EXPIRY_FIELDS.items() if setting == name]
        return Domain("oms_payment_terms", "in", terms) | Domain(
            [("oms_payment_terms", "=", False), ("oms_policy_id.payment_policy", "in", terms)]
        )

    @api.model
    def _get_placed_domain(self, oldest):
        """:return: the domain of the orders placed before a time"""
        return Domain("oms_placed_at", "<", oldest) | Domain(
            [("oms_placed_at", "=", False), ("date_order", "<", oldest)]
        )

    @api.model
    def _expire(self, orders):
        """Cancel orders because their payment is overdue."""
        orders._action_cancel()
        for days, of_days in orders.grouped(lambda o: o._oms_unpaid_days()).items():
            text = self.env._("Cancelled: unpaid for %(days)s days", days=days)
            of_days.write(
                {
                    "oms_status": "cancelled",
                    "oms_wait_reason": text,
                    "oms_cancelled_by": "expiry",
                }
            )
            of_days.oms_hold_ids._close(text)
            self.env["oms.event"]._log(of_days, "order.expired", text)
