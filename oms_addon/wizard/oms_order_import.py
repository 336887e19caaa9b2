"""Upload a file of orders, see what it would do, then do it."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class OmsOrderImport(models.TransientModel):
    _name = "oms.order.import"
    _inherit = "oms.upload"
    _description = "Import Orders"

    channel_id = fields.Many2one(
        "oms.channel", required=True, domain=[("can_import_file", "=", True)]
    )
    line_ids = fields.One2many("oms.order.import.line", "wizard_id", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    known_count = fields.Integer("Here already", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the file and show what it holds; nothing is imported."""
        self.ensure_one()
        events, documents, errors = self._read()
        known = set(
            self.env["oms.channel.message"]
            .search(
                [
                    ("channel_id", "=", self.channel_id.id),
                    ("direction", "=", "in"),
                    ("event_ref", "in", [event[1] for event in events]),
                ]
            )
            .mapped("event_ref")
        )
        lines = [self._prepare_error(error) for error in errors] + [
            self._prepare_document(document, event, event[1] in known)
            for document, event in zip(documents, events, strict=True)
        ]
        self.line_ids = [fields.Command.clear(), *map(fields.Command.create, lines)]
        self.write(
            {
                "state": "preview",
                "order_count": len(documents),
                "known_count": len(known),
                "new_count": len(documents) - len(known),
                "error_count": len(errors),
            }
        )
        return self._reopen()

    def action_apply(self):
        """Put the orders of the file in the inbox; those with errors stay out."""
        self.ensure_one()
        events, _documents, _errors = self._read()
        if not events:
            raise UserError(self.env._("The file holds no order that can be imported."))
        messages = self.channel_id._receive_many(events)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_channel_message_action"),
            "domain": [("id", "in", messages.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _read(self):
        """:return: events, documents and errors of the uploaded file
        :raise UserError: when there is no file, or it is too large
        """
        return self.channel_id._adapter()._read_file(self.channel_id, self._uploaded())

    @api.model
    def _prepare_error(self, error):
        return {
            "kind": "error",
            "row": error["row"],
            "column": error.get("column"),
            "value": str(error.get("value") or ""),
            "message": error["message"],
        }

    @api.model
    def _prepare_document(self, document, event, known):
        problems = document.problems()
        return {
            "kind": "known" if known else "warning" if problems else "new",
            "order_ref": event[3],
            "message": "; ".join(p.message for p in problems)
            or (self.env._("Imported before: nothing happens.") if known else self.env._("Ready.")),
        }

    def _title(self):
        """Override of `oms.upload`."""
        return self.env._("Import orders")
