"""Safeguard against a stock sync that sets too many listings to 0 by mistake."""

from odoo import api, models

#: a sync that sets fewer listings than this to 0 needs no approval
LEAST_LISTINGS = 3
GUARD = "stock_guard"


class OmsChannelStock(models.Model):
    _inherit = "oms.channel.stock"

    @api.model
    def _is_stopped(self, channel, due):
        """Stop a sync that would set too many of a channel's listings to 0 at once.

        Listings already shown with 0, or approved, do not count.

        :param due: the rows to be pushed
        :return: whether the sync is stopped until a person approves it
        :rtype: bool
        """
        approved_at = channel.stock_agreed_at
        zeroed = due.filtered(
            lambda row: (
                not row.wanted
                and row.is_shown
                and row.shown > 0
                and not (approved_at and row.changed_at and row.changed_at <= approved_at)
            )
        ).listing_id
        if len(zeroed) < LEAST_LISTINGS:
            count = total = 0
        else:
            count = len(zeroed)
            [[total]] = self._read_group(
                [("channel_id", "=", channel.id)], aggregates=["listing_id:count_distinct"]
            )
        if count * 100 <= channel.stock_zero_limit * total:
            if channel.alert_ids.filtered(lambda alert: alert.code == GUARD):
                channel._resolve_alert(GUARD)
            return False
        channel._raise_alert(
            GUARD,
            self.env._(
                "Stock sync stopped: %(count)s of %(total)s listings would drop to 0, "
                "for example %(names)s.",
                count=count,
                total=total,
                names=", ".join(zeroed[:3].mapped("display_name")),
            ),
            self.env._(
                "Check the warehouses of the channel and the stock in Odoo. If the figures are "
                "correct, choose Sync Stock on the channel and approve them."
            ),
        )
        return True


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    @api.model
    def _alert_places(self):
        return {**super()._alert_places(), GUARD: "action_sync_stock"}

    def action_sync_stock(self):
        """Open the preview of the stock sync for approval."""
        self.check_access("write")
        return self._action_sync("stock")

    def action_sync_prices(self):
        """Open the preview of the price sync for approval."""
        self.check_access("write")
        return self._action_sync("price")

    def action_stop_stock(self):
        self.check_access("write")
        self = self.sudo()
        self.write({"push_stock": False})
        return True

    def action_stop_prices(self):
        self.check_access("write")
        self = self.sudo()
        self.write({"push_price": False})
        return True

    def _action_sync(self, kind):
        self.ensure_one()
        preview = self.env["oms.channel.sync"]._open(self, kind)
        preview._fill()
        return preview._reopen()
