"""Wizard: upload a file of tracking events, preview the result, then import it."""

from odoo import fields, models

from odoo.addons.oms_addon.documents.tracking import read_csv


class OmsTrackingImport(models.TransientModel):
    _name = "oms.tracking.import"
    _inherit = "oms.upload"
    _description = "Import Tracking"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("oms.tracking.import.line", "wizard_id", readonly=True)
    ready_count = fields.Integer("Events", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the file and show a preview; nothing is recorded."""
        self.ensure_one()
        self._check_records()
        events, errors = self._read()
        parcels = self.env["oms.tracking"]._find_parcels(self.company_id, events)
        lines = [self._prepare_error(error) for error in errors] + [
            self._prepare_line(event, parcels.get(event)) for event in events
        ]
        self.sudo().write(
            {
                "line_ids": [fields.Command.clear(), *map(fields.Command.create, lines)],
                "state": "preview",
                "ready_count": len(parcels),
                "error_count": len(lines) - len(parcels),
            }
        )
        return self._reopen()

    def action_apply(self):
        """Record the events of known parcels; the preview showed the others."""
        self.ensure_one()
        self._check_records()
        events, _errors = self._read()
        answer = self.env["oms.parcel"]._record_events(self.company_id, events)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if answer["errors"] else "success",
                "message": self.env._(
                    "%(recorded)s events recorded, %(repeated)s already known, %(unknown)s for "
                    "unknown parcels.",
                    recorded=answer["recorded"],
                    repeated=answer["repeated"],
                    unknown=len(answer["unknown"]),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _read(self):
        """:return: events and errors of the uploaded file
        :raise UserError: when there is no file, or it is too large
        """
        return read_csv(self._uploaded(), self.env.user.tz or "UTC")

    def _prepare_error(self, error):
        """:return: line values for a row that is not a valid event"""
        return {
            "kind": "error",
            "row": error.row,
            "column": error.column,
            "number": error.value,
            "message": error.message,
        }

    def _prepare_line(self, event, parcel):
        """:return: line values for one event"""
        return {
            "kind": "new" if parcel else "error",
            "number": event.number,
            "at": event.at.replace(tzinfo=None, microsecond=0),
            "event_state": event.state,
            "message": event.text or event.code
            if parcel
            else self.env._("No parcel has this tracking number."),
        }

    def _title(self):
        """Override of `oms.upload`."""
        return self.env._("Import Tracking")
