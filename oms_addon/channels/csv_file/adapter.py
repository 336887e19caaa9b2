"""Orders in a table: CSV, TSV or XLSX, one row per line, columns mapped on the channel."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.documents.order import parse_document

from .parse_orders import parse_orders


class OmsChannelAdapterCsvFile(models.AbstractModel):
    _name = "oms.channel.adapter.csv_file"
    _inherit = "oms.channel.adapter"
    _description = "CSV or Excel File"

    _icon = "fa-table"
    _start_policy = "process"
    _can_import_file = True
    _payment_terms = {
        "cod": "cod",
        "bank transfer": "transfer",
        "check": "transfer",
        "invoice": "terms",
    }

    @api.model
    def _about(self):
        """Override of `oms.channel.adapter`."""
        return self.env._(
            "A table of orders that is uploaded manually. Its columns are mapped once."
        )

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: the document of one order."""
        return parse_document(payload)

    @api.model
    def _read_file(self, channel, data):
        """Override of `oms.channel.adapter`: orders with an invalid row are skipped completely."""
        result = self._read_table(channel, data)
        events = []
        for document in result.documents:
            payload = result.payloads[document.ref]
            digest = hashlib.sha256(payload).hexdigest()[:16]
            events.append(("orders", f"file:{document.ref}:{digest}", payload, document.ref))
        errors = [
            {"row": e.row, "column": e.column, "message": e.message, "value": e.value}
            for e in result.errors
        ]
        return events, list(result.documents), errors

    @api.model
    def _read_rows(self, channel, data):
        """Override of `oms.channel.adapter`."""
        result = self._read_table(channel, data)
        if not result.table:
            return (), []
        refs = {row.number: ref for ref, rows in result.rows.items() for row in rows}
        return result.table.headers, [
            (row.number, row.cells, refs.get(row.number, "")) for row in result.table.rows
        ]

    @api.model
    def _read_table(self, channel, data):
        """:return: the ``Result`` of a table, read with the columns mapped on the channel"""
        mapping = {m.key: m.value for m in channel.mapping_ids if m.kind == "column" and m.value}
        return parse_orders(data, mapping, self._defaults(channel))

    @api.model
    def _defaults(self, channel):
        """:return: default values for missing columns"""
        return {
            "timezone": channel.company_id.partner_id.tz or channel.env.user.tz or "UTC",
            "currency": channel.currency_id.name,
            "prices_include_tax": True,
        }
