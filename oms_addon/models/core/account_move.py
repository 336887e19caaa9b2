"""Overrides of account.move."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_payment_count(self):
        """Extend `account`: count no payments for users without access to them."""
        if self.env["account.payment"].has_access("read"):
            return super()._compute_payment_count()
        self.payment_count = 0
        return None

    def message_post_with_source(self, source_ref, **kwargs):
        """Extend `mail`: skip the origin note in batches, where the poster logs it in bulk, unless
        another add-on overrides this method.
        """
        plain = self.env["oms.own.writes"]._is_plain(self._name, ("message_post_with_source",))
        if unsealed(self.env, "batch") and plain and source_ref == "mail.message_origin_link":
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
