"""Notes on documents that are counted, by model."""

from odoo import models


def count(records):
    parameters = records.env["ir.config_parameter"].sudo()
    key = f"oms_foreign.notes.{records._name}"
    parameters.set_param(key, str(int(parameters.get_param(key, "0")) + len(records)))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def message_post(self, **kwargs):
        """Extend `mail`: count."""
        count(self)
        return super().message_post(**kwargs)


class AccountMove(models.Model):
    _inherit = "account.move"

    def message_post_with_source(self, source_ref, **kwargs):
        """Extend `mail`: count."""
        count(self)
        return super().message_post_with_source(source_ref, **kwargs)
