"""Overrides of payment.transaction."""

from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Extend `payment`: leave channel transactions to the order flow.

        Transactions of other providers are processed by Odoo; the orders they pay are continued.
        """
        of_channels = self.filtered("oms_channel_id")
        of_channels.is_post_processed = True
        own = self - of_channels
        result = super(PaymentTransaction, own)._post_process()
        own._oms_recompute_orders()
        return result

    def _capture(self, amount_to_capture=None):
        """Extend `payment`: refuse to capture payments collected by a channel."""
        self._oms_refuse_request()
        return super()._capture(amount_to_capture=amount_to_capture)

    def _void(self, amount_to_void=None):
        """Extend `payment`: refuse to void authorizations of a channel."""
        self._oms_refuse_request()
        return super()._void(amount_to_void=amount_to_void)

    def _refund(self, amount_to_refund=None):
        """Extend `payment`: refuse to refund payments collected by a channel."""
        self._oms_refuse_request()
        return super()._refund(amount_to_refund=amount_to_refund)
