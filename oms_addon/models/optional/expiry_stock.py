"""Exclusion of expired stock rows from reservation and sale."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.tools import removal


class OmsStock(models.AbstractModel):
    _inherit = "oms.stock"

    @api.model
    def _has_dates(self):
        """:return: whether `product_expiry` is installed, which adds removal dates"""
        return "removal_date" in self.env["stock.quant"]._fields

    @api.model
    def _removal_date(self):
        """:return: the SQL column with the removal date of stock rows"""
        return SQL("removal_date") if self._has_dates() else SQL("NULL::timestamp")

    @api.model
    def _fresh(self):
        """:return: the SQL condition for stock rows ``quant`` that are not expired"""
        if not self._has_dates():
            return SQL("TRUE")
        return SQL(
            """(quant.removal_date IS NULL OR quant.removal_date >= %s OR NOT COALESCE((
                   SELECT template.use_expiration_date
                   FROM product_product product
                   JOIN product_template template ON template.id = product.product_tmpl_id
                   WHERE product.id = quant.product_id), FALSE))""",
            self._fresh_from(fields.Datetime.now()),
        )

    @api.model
    def _get_fresh_domain(self):
        """:return: the condition of ``_fresh`` as a domain"""
        if not self._has_dates():
            return Domain.TRUE
        return (
            Domain("removal_date", "=", False)
            | Domain("removal_date", ">=", self._fresh_from(fields.Datetime.now()))
            | Domain("product_id.use_expiration_date", "=", False)
        )

    @api.model
    def _fresh_rows(self, rows, moment):
        """:return: the locked rows that are not expired at a time"""
        if not self._has_dates():
            return rows
        products = self.env["product.product"].browse({row["product_id"] for row in rows})
        dated = set(products.filtered("use_expiration_date").ids)
        fresh_from = self._fresh_from(moment)
        return [
            row
            for row in rows
            if row["product_id"] not in dated or removal.is_fresh(row, fresh_from)
        ]

    @api.model
    def _fresh_from(self, moment):
        """Return the earliest removal date that items must have at a time.

        Items expired now also count as expired for moves scheduled earlier.

        :param datetime moment: the date of a move
        :return: the earliest accepted removal date; dates have whole seconds
        :rtype: datetime
        """
        moment = fields.Datetime.to_datetime(moment)
        return max(moment, fields.Datetime.add(fields.Datetime.now(), seconds=1))
