"""Demand that was imported from files."""

from odoo import api, models


class OmsDemand(models.Model):
    _inherit = "oms.demand"

    @api.model
    def _read_imported(self, company, totals):
        """:return: the imported rows of products, by (product, channel, warehouse, day)"""
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("sale_line_id", "=", False),
                ("product_id", "in", list({key.product_id for key in totals})),
            ]
        )
        return {
            (
                row.product_id.id,
                row.channel_id.id or None,
                row.warehouse_id.id or None,
                row.day,
            ): row
            for row in rows
        }

    @api.model
    def _compare_imported(self, company, totals):
        """Compare the demand of a file with what was imported before.

        :param totals: units by key, see the wizard
        :return: the keys of new rows, and the rows whose quantity differs, by key
        """
        known = self._read_imported(company, totals)
        new = [key for key in totals if key not in known]
        changed = {
            key: known[key]
            for key, quantity in totals.items()
            if key in known and not self._is_same(known[key].quantity, quantity)
        }
        return new, changed

    @api.model
    def _is_same(self, one, other):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return round(one - other, digits) == 0

    @api.model
    def _apply_imported(self, company, totals):
        """Store the demand of a file; a row that was imported before gets the new quantity.

        :param totals: units by key, see the wizard
        """
        new, changed = self._compare_imported(company, totals)
        for key, row in changed.items():
            row.quantity = totals[key]
        self.create(
            [
                {**key._asdict(), "company_id": company.id, "quantity": totals[key]}
                for key in new
                if totals[key]
            ]
        )
