"""Wizard: upload a demand history, preview the result, then import it."""

from collections import Counter, defaultdict
from typing import NamedTuple

from odoo import fields, models

from odoo.addons.oms_addon.documents.demand import read_demand
from odoo.addons.oms_addon.tools.table import RowError

#: rows that the preview shows, errors first
ROWS_SHOWN = 200


class Key(NamedTuple):
    """What identifies imported demand; rows of a file with the same key are added up."""

    product_id: int
    channel_id: int | None
    warehouse_id: int | None
    day: object


class OmsDemandImport(models.TransientModel):
    _name = "oms.demand.import"
    _inherit = "oms.upload"
    _description = "Import Demand History"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel_id = fields.Many2one(
        "oms.channel",
        "Sales Channel",
        domain="[('company_id', '=', company_id)]",
        help="Channel of rows without a channel. Leave empty for orders without a channel.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_warehouse_id(),
        help="Warehouse of rows without a warehouse.",
    )
    line_ids = fields.One2many("oms.demand.import.line", "wizard_id", readonly=True)
    ready_count = fields.Integer("Rows to Import", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    known_count = fields.Integer("Already Imported", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)

    def _default_warehouse_id(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the file and show a preview; nothing is imported."""
        self.ensure_one()
        self._check_records()
        rows, errors = self._read()
        totals = self._sum_rows(rows)
        new, changed = self.env["oms.demand"]._compare_imported(self.company_id, totals)
        lines = [self._prepare_error(error) for error in errors[:ROWS_SHOWN]]
        lines += [self._prepare_line(*row) for row in rows[: ROWS_SHOWN - len(lines)]]
        self.sudo().write(
            {
                "line_ids": [fields.Command.clear(), *map(fields.Command.create, lines)],
                "state": "preview",
                "ready_count": len(rows),
                "new_count": len(new),
                "changed_count": len(changed),
                "known_count": len(totals) - len(new) - len(changed),
                "error_count": len(errors),
            }
        )
        return self._reopen()

    def action_apply(self):
        """Import the rows without errors."""
        self.ensure_one()
        self._check_records()
        rows, _errors = self._read()
        # Nobody writes demand by hand.
        demand_sudo = self.env["oms.demand"].sudo()
        demand_sudo._apply_imported(self.company_id, self._sum_rows(rows))
        return self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_demand_action")

    # === BUSINESS METHODS === #

    def _read(self):
        """Read the uploaded file, and find its products, channels and warehouses.

        :return: pairs (row, key) and errors
        """
        today = self.env["oms.forecast"]._current_bucket(self.company_id, "day")
        rows, errors = read_demand(self._uploaded(), today)
        products = self._find_products({row.product for row in rows})
        channels = self._find_by_name("oms.channel", ("name",))
        warehouses = self._find_by_name("stock.warehouse", ("code", "name"))
        found = []
        for row in rows:
            try:
                key = Key(
                    self._pick(products, row.product, "product"),
                    self._pick(channels, row.channel, "channel") or self.channel_id.id or None,
                    self._pick(warehouses, row.warehouse, "warehouse")
                    or self.warehouse_id.id
                    or None,
                    row.day,
                )
            except LookupError as error:
                column, value, message = error.args
                errors.append(RowError(row.number, column, message, value))
            else:
                found.append((row, key))
        return found, sorted(errors, key=lambda error: error.row)

    def _find_products(self, texts):
        """:return: ids of products by code and by barcode
        :rtype: dict[str, set]
        """
        found = defaultdict(set)
        for name in ("default_code", "barcode"):
            for product in self.env["product.product"].search_fetch(
                [(name, "in", list(texts)), ("company_id", "in", (False, self.company_id.id))],
                [name],
            ):
                found[product[name].casefold()].add(product.id)
        return found

    def _find_by_name(self, model, names):
        """:return: ids of records of the company by name
        :rtype: dict[str, set]
        """
        found = defaultdict(set)
        for record in self.env[model].search([("company_id", "=", self.company_id.id)]):
            for name in names:
                found[record[name].casefold()].add(record.id)
        return found

    def _pick(self, found, text, column):
        """:return: the id of the only match; ``None`` for an empty text
        :raise LookupError: with column, text and message
        """
        if not text:
            return None
        ids = found.get(text.casefold(), ())
        if not ids:
            raise LookupError(column, text, self.env._("“%(text)s” was not found.", text=text))
        if len(ids) > 1:
            raise LookupError(
                column,
                text,
                self.env._("“%(text)s” is ambiguous: several records have it.", text=text),
            )
        return next(iter(ids))

    def _sum_rows(self, rows):
        """:return: units by key
        :rtype: Counter
        """
        totals = Counter()
        for row, key in rows:
            totals[key] += row.quantity
        return totals

    # === LINES === #

    def _prepare_error(self, error):
        return {
            "kind": "error",
            "row": error.row,
            "column": error.column,
            "value": error.value,
            "message": error.message,
        }

    def _prepare_line(self, row, key):
        return {
            "kind": "new",
            "row": row.number,
            "product_id": key.product_id,
            "day": key.day,
            "quantity": row.quantity,
        }


class OmsDemandImportLine(models.TransientModel):
    _name = "oms.demand.import.line"
    _inherit = "oms.wizard"
    _description = "Demand Import Preview"
    _order = "id"

    wizard_id = fields.Many2one(
        "oms.demand.import", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Selection([("error", "Skipped"), ("new", "Ready")], "Result", readonly=True)
    row = fields.Integer(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    day = fields.Date("Date", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    column = fields.Char(readonly=True)
    value = fields.Char("Value in File", readonly=True)
    message = fields.Char(readonly=True)
