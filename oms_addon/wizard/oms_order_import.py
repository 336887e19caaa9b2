"""Wizard: upload an order file, preview the result, then import it."""

import base64
import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.channels.csv_file.parse_orders import template_csv

SAMPLE_NAME = "orders_sample.csv"
REJECTED_NAME = "rejected_rows.csv"


class OmsOrderImport(models.TransientModel):
    _name = "oms.order.import"
    _inherit = "oms.upload"
    _description = "Import Orders"

    channel_id = fields.Many2one(
        "oms.channel",
        domain=[("can_import_file", "=", True), ("state", "=", "live")],
        default=lambda self: self._default_channel_id(),
        help="Channel of the orders. Leave empty to import them into a file channel, which is "
        "created with the first file.",
    )
    adapter = fields.Selection(related="channel_id.adapter")
    line_ids = fields.One2many("oms.order.import.line", "wizard_id", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    waiting_count = fields.Integer("To Review", readonly=True)
    known_count = fields.Integer("Already Imported", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    rejected = fields.Binary("Rejected Rows", attachment=False, readonly=True)
    sample = fields.Binary("Sample File", compute="_compute_sample")

    # === COMPUTE METHODS === #

    @api.model
    def _default_channel_id(self):
        """:return: the channel for files, when there is exactly one"""
        channels = self._file_channels(limit=2)
        return channels if len(channels) == 1 else channels.browse()

    def _compute_sample(self):
        self.sample = base64.b64encode(template_csv())

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the file and show a preview; nothing is imported."""
        self.ensure_one()
        self._check_records()
        data = self._uploaded()
        channel = self._use_channel()
        events, documents, errors = channel._adapter()._read_file(channel, data)
        headers, rows = channel._adapter()._read_rows(channel, data)
        outcomes = self._outcomes(channel, events, documents)
        rejected = self._rejected(rows, events, errors)
        refs = {number: ref for number, _cells, ref in rows}
        lines = [
            *(self._prepare_error(error, refs.get(error["row"])) for error in errors),
            *self._prepare_left_out(rejected, errors),
            *self._prepare_outcomes(events, outcomes, rows),
        ]
        kinds = [kind for kind, _message in outcomes]
        self.sudo().write(
            {
                "line_ids": [fields.Command.clear(), *map(fields.Command.create, lines)],
                "state": "preview",
                "order_count": len(documents),
                "known_count": kinds.count("known"),
                "new_count": len(documents) - kinds.count("known") - kinds.count("update"),
                "waiting_count": kinds.count("warning") + kinds.count("held"),
                "error_count": len(errors),
                "rejected": self._rejected_csv(headers, rejected, errors),
            }
        )
        return self._reopen()

    def action_apply(self):
        """Store the file's orders in the inbox; orders with errors are skipped."""
        self.ensure_one()
        self._check_records()
        data, channel = self._uploaded(), self._use_channel()
        events, _documents, _errors = channel._adapter()._read_file(channel, data)
        if not events:
            raise UserError(self.env._("The file contains no orders that can be imported."))
        messages = channel._receive_many(events)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_channel_message_action"),
            "domain": [("id", "in", messages.ids)],
            "context": {},
        }

    def action_download_sample(self):
        """Download a template with every column and an example."""
        self.check_access("write")
        return self._download("sample", SAMPLE_NAME)

    def action_download_rejected(self):
        """Download the skipped rows, each with the reason."""
        self.check_access("write")
        return self._download("rejected", REJECTED_NAME)

    # === BUSINESS METHODS === #

    def _download(self, field, filename):
        """:return: the action that downloads a file of the wizard"""
        self.ensure_one()
        url = f"/web/content/{self._name}/{self.id}/{field}/{filename}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    @api.model
    def _file_channels(self, limit):
        """:return: the company's live channels for files"""
        return self.env["oms.channel"].search(
            [
                ("adapter", "=", "csv_file"),
                ("state", "=", "live"),
                ("company_id", "=", self.env.company.id),
            ],
            limit=limit,
        )

    def _use_channel(self):
        """:return: the channel of the file; created when the company has none for files"""
        if not self.channel_id:
            channel = self._file_channels(limit=1)
            if not channel:
                # Users who import orders may lack the right to create channels.
                channel_sudo = (
                    self.env["oms.channel"]
                    .sudo()
                    .create({"name": self.env._("File Import"), "adapter": "csv_file"})
                )
                channel_sudo.action_go_live()
                channel = channel_sudo.sudo(False)
            self.channel_id = channel
        if not self.channel_id.can_import_file or self.channel_id.state != "live":
            raise UserError(
                self.env._(
                    "Orders of %(channel)s are not imported from files.",
                    channel=self.channel_id.name,
                )
            )
        return self.channel_id

    @api.model
    def _outcomes(self, channel, events, documents):
        """:return: a pair (kind, message) per document, see `oms.order.preview`"""
        known = set(
            self.env["oms.channel.message"]
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("direction", "=", "in"),
                    ("event_ref", "in", [event[1] for event in events]),
                ]
            )
            .mapped("event_ref")
        )
        before = self.env._("Already imported. Nothing will be changed.")
        preview = self.env["oms.order.preview"]
        outcomes = preview._preview(channel, documents)
        to_try = [
            event
            for event, (kind, _message) in zip(events, outcomes, strict=True)
            if kind in ("new", "update", "held") and event[1] not in known
        ]
        # Users who import orders may lack the rights for everything an import does.
        held = preview.sudo()._try(channel.sudo(), to_try) if to_try else {}
        return [
            ("known", before)
            if event[1] in known
            else preview._held(held[event[1]])
            if held.get(event[1])
            else outcome
            for event, outcome in zip(events, outcomes, strict=True)
        ]

    # === REJECTED ROWS === #

    @api.model
    def _rejected(self, rows, events, errors):
        """:return: the skipped rows: those with errors, and the other rows of their orders"""
        good, bad = {event[3] for event in events}, {error["row"] for error in errors}
        return [row for row in rows if row[0] in bad or (row[2] and row[2] not in good)]

    @api.model
    def _rejected_csv(self, headers, rejected, errors):
        """:return: the skipped rows as CSV with a column for the reason, in base64"""
        if not rejected:
            return False
        reasons, other = {}, self.env._("Another row of this order has an error.")
        for error in errors:
            text = ": ".join(filter(None, (error.get("column"), error["message"])))
            reasons.setdefault(error["row"], []).append(text)
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        writer.writerow([*headers, self.env._("Reason")])
        for number, cells, _ref in rejected:
            padding = [""] * (len(headers) - len(cells))
            reason = " ".join(reasons.get(number, [other]))
            writer.writerow([*cells[: len(headers)], *padding, reason])
        return base64.b64encode(file.getvalue().encode("utf-8-sig"))

    # === LINES === #

    @api.model
    def _prepare_error(self, error, order_ref):
        return {
            "kind": "error",
            "order_ref": order_ref,
            "row": error["row"],
            "column": error.get("column"),
            "value": str(error.get("value") or ""),
            "message": error["message"],
        }

    @api.model
    def _prepare_left_out(self, rejected, errors):
        """:return: line values for rows that are skipped because of another row's error"""
        bad = {error["row"] for error in errors}
        text = self.env._("Skipped: another row of this order has an error.")
        return [
            {"kind": "skipped", "row": number, "order_ref": ref, "message": text}
            for number, _cells, ref in rejected
            if number not in bad
        ]

    @api.model
    def _prepare_outcomes(self, events, outcomes, rows):
        """:return: line values for each row of each order; one line for orders of files that are
        not tables
        """
        numbers = {}
        for number, _cells, ref in rows:
            numbers.setdefault(ref, []).append(number)
        return [
            {"kind": kind, "row": number, "order_ref": event[3], "message": message}
            for event, (kind, message) in zip(events, outcomes, strict=True)
            for number in numbers.get(event[3]) or [0]
        ]

    def _title(self):
        """Override of `oms.upload`."""
        return self.env._("Import Orders")
