"""Overrides of ir.attachment."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.amounts import DOCUMENTS


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """Extend `base`: deny access to files of documents to users who may not see amounts."""
        for model, numbers in model_and_ids.items():
            if not self.env.su and self.env.user._oms_hides_documents(model):
                yield from ((model, number) for number in numbers)
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Extend `base`: do not find files of documents that show amounts."""
        if not self.env.su and not bypass_access:
            hidden = [m for m in DOCUMENTS if self.env.user._oms_hides_documents(m)]
            if hidden:
                domain = Domain(domain) & Domain("res_model", "not in", hidden)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
