"""One row of the preview of an import."""

from odoo import fields, models


class OmsOrderImportLine(models.TransientModel):
    _name = "oms.order.import.line"
    _inherit = "oms.wizard"
    _description = "Import Preview"
    _order = "id"

    wizard_id = fields.Many2one("oms.order.import", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [
            ("error", "Error"),
            ("skipped", "Left Out"),
            ("warning", "Will Wait"),
            ("held", "On Hold"),
            ("known", "Imported Before"),
            ("update", "Update"),
            ("new", "Ready"),
        ],
        "Result",
    )
    row = fields.Integer()
    column = fields.Char()
    value = fields.Char("Found")
    order_ref = fields.Char("Order")
    message = fields.Char()
