"""One row of the preview of an import."""

from odoo import fields, models


class OmsOrderImportLine(models.TransientModel):
    _name = "oms.order.import.line"
    _inherit = "oms.wizard"
    _description = "Import Preview"
    _order = "id"

    wizard_id = fields.Many2one(
        "oms.order.import", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Selection(
        [
            ("error", "Error"),
            ("skipped", "Skipped"),
            ("warning", "To Review"),
            ("held", "On Hold"),
            ("known", "Already Imported"),
            ("update", "Update"),
            ("new", "Ready"),
        ],
        "Result",
        readonly=True,
    )
    row = fields.Integer(readonly=True)
    column = fields.Char(readonly=True)
    value = fields.Char("Counted Quantity", readonly=True)
    order_ref = fields.Char("Order", readonly=True)
    message = fields.Char(readonly=True)
