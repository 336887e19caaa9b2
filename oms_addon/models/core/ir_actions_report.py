"""Overrides of ir.actions.report."""

from odoo import models
from odoo.tools.pdf import merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        """Extend `base`: convert documents one by one if wkhtmltopdf is not patched."""
        bodies = list(bodies)
        convert = super()._run_wkhtmltopdf
        if len(bodies) < 2 or self._oms_converts_many():
            return convert(bodies, *args, **kwargs)
        return merge_pdf([convert([body], *args, **kwargs) for body in bodies])

    def _oms_converts_many(self):
        """:return: whether the installed wkhtmltopdf converts several documents into one"""
        return _wkhtml().is_patched_qt
