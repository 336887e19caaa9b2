"""The contract of a channel adapter: connection and webhooks."""

from odoo import api, models


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    # === CONNECTION === #

    @api.model
    def _about(self):
        """:return: a description of this kind of channel, for the list to choose from"""
        ways = [
            (
                self._can_fetch and self._can_register,
                self.env._("Sends orders by webhook and is polled."),
            ),
            (self._can_fetch and not self._can_register, self.env._("Polled for orders.")),
            (self._can_import_file, self.env._("Orders are uploaded as a file.")),
        ]
        reported = [
            (self._can_push_shipment, self.env._("shipments")),
            (self._can_push_stock, self.env._("stock")),
            (self._can_push_price, self.env._("prices")),
            (self._can_push_cancellation, self.env._("cancellations")),
            (self._can_push_refund, self.env._("refunds")),
        ]
        texts = [text for does, text in ways if does]
        names = ", ".join(text for does, text in reported if does)
        if names:
            texts.append(self.env._("Receives: %(things)s.", things=names))
        return " ".join(texts)

    @api.model
    def _prepare_channel(self, channel):
        """Hook: create what a channel needs before it goes live."""

    @api.model
    def _test_connection(self, channel):
        """Test the credentials with one read-only call.

        :return: why the connection fails, for people; '' when it works
        :rtype: str
        """
        return ""

    @api.model
    def _test_notes(self, channel):
        """:return: what fails although the connection works, for people; '' when nothing does
        :rtype: str
        """
        return ""

    @api.model
    def _ensure_webhooks(self, channel):
        """Check the webhooks on the channel; create missing and re-enable disabled ones.

        :return: a sentence for each webhook that was restored; ``None`` when the channel, as
            configured, needs no webhooks
        :rtype: list[str]|None
        """
        return []

    @api.model
    def _remove_webhooks(self, channel):
        """Remove the webhooks on the channel."""
