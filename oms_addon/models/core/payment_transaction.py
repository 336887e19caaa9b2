"""What Odoo does with a payment transaction, and what of ours takes part."""

from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Extend `payment`: the order flow confirms, books and invoices what channels collected.

        What Odoo's own providers collect is booked by Odoo; the orders it pays go on.
        """
        of_channels = self.filtered("oms_channel_id")
        of_channels.is_post_processed = True
        own = self - of_channels
        result = super(PaymentTransaction, own)._post_process()
        own._oms_recompute_orders()
        return result

    def _capture(self, amount_to_capture=None):
        """Extend `payment`: a channel's money is captured on the channel."""
        self._oms_refuse_request()
        return super()._capture(amount_to_capture=amount_to_capture)

    def _void(self, amount_to_void=None):
        """Extend `payment`: a channel's authorisation is voided on the channel."""
        self._oms_refuse_request()
        return super()._void(amount_to_void=amount_to_void)

    def _refund(self, amount_to_refund=None):
        """Extend `payment`: a channel's money is refunded on the channel."""
        self._oms_refuse_request()
        return super()._refund(amount_to_refund=amount_to_refund)
