"""The contract: connecting a channel, and its webhooks."""

from odoo import api, models


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    # === CONNECTION === #

    @api.model
    def _about(self):
        """:return: what this kind of channel is and does, for those who choose one"""
        ways = [
            (
                self._can_fetch and self._can_register,
                self.env._("Sends orders by webhook and is polled."),
            ),
            (self._can_fetch and not self._can_register, self.env._("Polled for orders.")),
            (self._can_import_file, self.env._("Orders are uploaded as a file.")),
        ]
        told = [
            (self._can_push_shipment, self.env._("shipments")),
            (self._can_push_stock, self.env._("stock")),
            (self._can_push_price, self.env._("prices")),
            (self._can_push_cancellation, self.env._("cancellations")),
            (self._can_push_refund, self.env._("refunds")),
        ]
        texts = [text for does, text in ways if does]
        names = ", ".join(text for does, text in told if does)
        if names:
            texts.append(self.env._("Receives: %(things)s.", things=names))
        return " ".join(texts)

    @api.model
    def _prepare_channel(self, channel):
        """Hook: make what a channel needs before it goes live."""

    @api.model
    def _test_connection(self, channel):
        """Try the credentials, with one call that changes nothing.

        :return: what is missing for the connection to work, in words; '' when it works
        :rtype: str
        """
        return ""

    @api.model
    def _test_notes(self, channel):
        """:return: what does not work over a connection that works, in words; '' when all does
        :rtype: str
        """
        return ""

    @api.model
    def _ensure_webhooks(self, channel):
        """See that the channel sends us its messages; make what is missing or switched off.

        :return: a sentence for each registration that was missing and made again; ``None``
            when the channel sends nothing as it is set up, which is no fault
        :rtype: list[str]|None
        """
        return []

    @api.model
    def _remove_webhooks(self, channel):
        """Tell the channel to send no more messages."""
