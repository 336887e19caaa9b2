"""One row of the preview of a tracking import."""

from odoo import fields, models

from odoo.addons.oms_addon.models.shipping.oms_parcel import STATES


class OmsTrackingImportLine(models.TransientModel):
    _name = "oms.tracking.import.line"
    _inherit = "oms.wizard"
    _description = "Tracking Preview"
    _order = "id"

    wizard_id = fields.Many2one(
        "oms.tracking.import", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Selection([("error", "Skipped"), ("new", "Ready")], readonly=True)
    row = fields.Integer(readonly=True)
    column = fields.Char(readonly=True)
    number = fields.Char("Counted Quantity", readonly=True)
    at = fields.Datetime("Date", readonly=True)
    event_state = fields.Selection(STATES, "Event Type", readonly=True)
    message = fields.Char(readonly=True)
