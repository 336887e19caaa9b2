"""Overrides of payment.provider."""

from odoo import api, models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _compute_feature_support_fields(self):
        """Extend `payment`: channels support authorization with later capture."""
        super()._compute_feature_support_fields()
        self.filtered(lambda p: p.code == "oms").support_manual_capture = "full_only"

    def _get_payment_method_outstanding_account_id(self, payment_method_id):
        """Extend `account_payment`: use the clearing account directly."""
        if self.code == "oms":
            return self.journal_id.default_account_id.id
        return super()._get_payment_method_outstanding_account_id(payment_method_id)

    @api.model
    def _get_compatible_providers(self, *args, **kwargs):
        """Extend `payment`: do not offer the channels' provider for online payment."""
        providers = super()._get_compatible_providers(*args, **kwargs)
        return providers.filtered(lambda p: p.code != "oms")
