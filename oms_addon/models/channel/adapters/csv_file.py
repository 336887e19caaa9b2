"""Orders as a table: CSV, TSV or XLSX, one row per line, columns mapped on the channel."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.tools.csv_orders import parse_orders
from odoo.addons.oms_addon.tools.order_document import parse_document


class OmsChannelAdapterCsvFile(models.AbstractModel):
    _name = "oms.channel.adapter.csv_file"
    _inherit = "oms.channel.adapter"
    _description = "CSV or Excel file"

    _icon = "fa-table"
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
        return self.env._("A table of orders, uploaded by hand; its columns are mapped once.")

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: the rows of one order, kept as its document."""
        return parse_document(payload)

    @api.model
    def _read_file(self, channel, data):
        """Override of `oms.channel.adapter`: an order with a bad row is left out whole."""
        mapping = {m.key: m.value for m in channel.mapping_ids if m.kind == "column" and m.value}
        result = parse_orders(data, mapping, self._defaults(channel))
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
    def _defaults(self, channel):
        """:return: what holds where a file says nothing"""
        return {
            "timezone": channel.company_id.partner_id.tz or channel.env.user.tz or "UTC",
            "currency": channel.currency_id.name,
            "prices_include_tax": True,
        }
