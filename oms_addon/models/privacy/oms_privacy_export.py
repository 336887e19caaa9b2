"""Export of customers' personal data as a file."""

import json

from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.oms_addon.tools.bounded import pack
from odoo.addons.oms_addon.tools.personal_data import DIALOG, LINK, REGISTER

#: exported fields of Odoo's own models and basic fields of ours
CORE_FIELDS = {
    "res.partner": (
        *("name", "email", "phone", "company_name", "vat", "function", "street", "street2"),
        *("city", "zip", "state_id", "country_id", "lang", "comment", "create_date"),
    ),
    "sale.order": (
        *("name", "date_order", "oms_channel_id", "oms_status", "amount_total", "currency_id"),
        *("partner_id", "partner_invoice_id", "partner_shipping_id", "signed_by"),
    ),
    "account.move": ("name", "invoice_date", "amount_total", "currency_id", "payment_state"),
    "stock.picking": ("name", "date_done", "carrier_id", "carrier_tracking_ref", "state"),
    "payment.transaction": (
        *("reference", "amount", "currency_id", "state", "create_date", "partner_name"),
        *("partner_email", "partner_phone", "partner_address", "partner_zip", "partner_city"),
    ),
    "oms.channel.message": ("channel_id", "direction", "topic", "create_date"),
    "oms.hold": ("reason_id", "create_date"),
    "oms.tracking.event": ("at", "state"),
}
#: models with internal data, exported only if the user includes it
INTERNAL = {"oms.hold", "oms.order.refund", "oms.stop.request"}


class OmsPrivacy(models.AbstractModel):
    _inherit = "oms.privacy"

    @api.model
    def _export(self, person, is_internal=True):
        """Export the data stored about a person.

        :param person: a ``Person``
        :param bool is_internal: whether to include internal notes, exceptions and the audit trail
        :return: a ZIP file with the data as JSON and HTML
        :rtype: bytes
        """
        sections = self._export_sections(person, is_internal)
        page = self.env["ir.qweb"]._render(
            "oms_addon.oms_personal_data_export",
            {"sections": sections, "now": fields.Datetime.now(), "person": person},
        )
        content = {
            "generated_at": fields.Datetime.now().isoformat(),
            "sections": {section["title"]: section["rows"] for section in sections},
        }
        text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
        return pack({"personal_data.json": text, "personal_data.html": str(page)})

    @api.model
    def _export_sections(self, person, is_internal):
        """:return: sections as dicts with title and rows; a row is a dict of values by label"""
        sections = []
        for name in [*CORE_FIELDS, *(name for name in REGISTER if name not in CORE_FIELDS)]:
            table = REGISTER.get(name)
            rows = person.records.get(name)
            if not rows or (table and table.kept == DIALOG):
                continue
            if not is_internal and name in INTERNAL:
                continue
            names = [*CORE_FIELDS.get(name, ()), *self._exported_fields(table)]
            title = self.env["ir.model"]._get(name).name
            data = [self._export_row(row, dict.fromkeys(names)) for row in rows.sorted("id")]
            sections.append({"title": title, "rows": data})
        sections.append(self._export_chatter(person, is_internal))
        if is_internal:
            sections.append(self._export_events(person))
        return [section for section in sections if section["rows"]]

    @api.model
    def _exported_fields(self, table):
        """:return: the personal fields of a model as declared in the register"""
        if not table:
            return ()
        return [name for name, declared in table.personal.items() if declared.kind != LINK]

    @api.model
    def _export_row(self, row, names):
        """:return: the values of a record by field label, without empty ones"""
        values = {}
        for name in names:
            field = row._fields[name]
            value = row[name]
            if not value and field.type not in ("integer", "float", "monetary"):
                continue
            label = field._description_string(self.env)
            if field.type == "many2one":
                value = value.display_name
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            elif field.type == "binary":
                value = row._pretty(row._raw_payload())
            elif field.type == "html":
                value = html2plaintext(value)
            elif field.type in ("date", "datetime"):
                value = value.isoformat()
            values[label if label not in values else f"{label} ({name})"] = value
        if row._name == "sale.order":
            values[self.env._("Items")] = [
                {
                    self.env._("Item"): line.name,
                    self.env._("Quantity"): line.product_uom_qty,
                    self.env._("Price"): line.price_unit,
                }
                for line in row.order_line.filtered(lambda l: not l.display_type)
            ]
        return values

    @api.model
    def _export_chatter(self, person, is_internal):
        """:return: the section with the messages on the person's records"""
        messages = self.env["mail.message"].sudo().search(self._on_records(person), order="id")
        if not is_internal:
            messages = messages.filtered(lambda m: not m.is_internal and not m.subtype_id.internal)
        rows = [
            {
                self.env._("Date"): message.date.isoformat(),
                self.env._("From"): message.email_from or message.author_id.display_name,
                self.env._("Subject"): message.subject or "",
                self.env._("Text"): html2plaintext(message.body or ""),
                self.env._("Changes"): [
                    {
                        self.env._("Field"): tracked.field_id.field_description,
                        self.env._("Previous Value"): tracked.old_value_char
                        or tracked.old_value_text,
                        self.env._("New Value"): tracked.new_value_char or tracked.new_value_text,
                    }
                    for tracked in (message.tracking_value_ids if is_internal else ())
                ],
            }
            for message in messages
        ]
        return {"title": self.env._("Communication"), "rows": rows}

    @api.model
    def _export_events(self, person):
        """:return: the section with the audit trail"""
        rows = [
            {
                self.env._("Date"): event.happened_at.isoformat(),
                self.env._("Event"): event.name,
                self.env._("Previous Value"): event.before or "",
                self.env._("New Value"): event.after or "",
            }
            for event in self._events_of(person).sorted("id")
        ]
        return {"title": self.env._("Audit Trail"), "rows": rows}
