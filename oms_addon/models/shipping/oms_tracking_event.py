"""Tracking events of parcels, each scan recorded once."""

from odoo import fields, models

from .oms_parcel import STATES


class OmsTrackingEvent(models.Model):
    _name = "oms.tracking.event"
    _description = "Tracking Event"
    _order = "at desc, id desc"
    _rec_name = "text"

    parcel_id = fields.Many2one(
        "oms.parcel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime("Date", required=True, readonly=True)
    code = fields.Char("Carrier Status Code", readonly=True)
    state = fields.Selection(STATES, readonly=True, required=True)
    text = fields.Char("Description", readonly=True)
    location = fields.Char(readonly=True)

    _scan_uniq = models.UniqueIndex(
        "(parcel_id, at, COALESCE(code, ''))", "This tracking event was already recorded."
    )
