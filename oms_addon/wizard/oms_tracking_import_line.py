"""One row of the preview of a tracking import."""

from odoo import fields, models

from odoo.addons.oms_addon.models.fulfilment.oms_parcel import STATES


class OmsTrackingImportLine(models.TransientModel):
    _name = "oms.tracking.import.line"
    _inherit = "oms.wizard"
    _description = "Tracking Preview"
    _order = "id"

    wizard_id = fields.Many2one(
        "oms.tracking.import", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection([("error", "Left out"), ("new", "Ready")])
    row = fields.Integer()
    column = fields.Char()
    number = fields.Char("Found")
    at = fields.Datetime("When")
    event_state = fields.Selection(STATES, "Means")
    message = fields.Char()
