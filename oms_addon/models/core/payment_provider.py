"""What Odoo does with a payment provider, and what of ours takes part."""

from odoo import api, models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _compute_feature_support_fields(self):
        """Extend `payment`: channels authorise first and capture later."""
        super()._compute_feature_support_fields()
        self.filtered(lambda p: p.code == "oms").support_manual_capture = "full_only"

    def _get_payment_method_outstanding_account_id(self, payment_method_id):
        """Extend `account_payment`: charges go to the clearing account itself."""
        if self.code == "oms":
            return self.journal_id.default_account_id.id
        return super()._get_payment_method_outstanding_account_id(payment_method_id)

    @api.model
    def _get_compatible_providers(self, *args, **kwargs):
        """Extend `payment`: nobody pays on a website by what another website took."""
        providers = super()._get_compatible_providers(*args, **kwargs)
        return providers.filtered(lambda p: p.code != "oms")
