"""Orders nobody paid: cancelled in time, their stock free again."""

from odoo import api, fields, models

from .batch import in_halves


class OmsPaymentCollector(models.AbstractModel):
    _inherit = "oms.payment.collector"

    @api.model
    def _expire_unpaid(self, limit=100):
        """Cancel prepaid orders that stay unpaid longer than their channel allows.

        :param int limit: how many at most
        :return: how many were cancelled
        :rtype: int
        """
        channels = self.env["oms.channel"].search(
            [
                ("state", "=", "live"),
                ("payment_policy", "=", "prepaid"),
                ("unpaid_days", ">", 0),
            ]
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
        failed = in_halves(orders, self._expire)
        return len(orders) - len(failed)

    @api.model
    def _get_expired_domain(self, channel):
        """:return: the domain of the orders of a channel whose time is over"""
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=channel.unpaid_days)
        return [
            ("oms_channel_id", "=", channel.id),
            ("oms_payment_state", "=", "unpaid"),
            ("state", "!=", "cancel"),
            ("delivery_status", "not in", ("partial", "full")),
            "|",
            ("oms_placed_at", "<", oldest),
            "&",
            ("oms_placed_at", "=", False),
            ("date_order", "<", oldest),
        ]

    @api.model
    def _expire(self, orders):
        """Cancel orders because their time to be paid is over."""
        orders._action_cancel()
        for channel, of_channel in orders.grouped("oms_channel_id").items():
            text = self.env._("Cancelled: unpaid for %(days)s days", days=channel.unpaid_days)
            of_channel.write({"oms_status": "cancelled", "oms_wait_reason": text})
            of_channel.oms_hold_ids._close(text)
            self.env["oms.event"]._log(of_channel, "order.expired", text)
