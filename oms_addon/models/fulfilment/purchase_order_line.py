"""A purchase that comes at another date changes what its goods were promised for."""

from odoo import fields, models
from odoo.tools import format_date


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        """Extend `purchase_stock`: those who wait for the goods are promised again."""
        before = {line: line.date_planned for line in self} if vals.get("date_planned") else {}
        result = super().write(vals)
        new = fields.Datetime.to_datetime(vals.get("date_planned"))
        self.browse(
            line.id for line, date in before.items() if date and date.date() != new.date()
        )._oms_review_promises(before)
        return result

    def _oms_review_promises(self, before):
        """Have the promises that hang on these lines looked at.

        :param dict before: when they were expected
        """
        lines = self.filtered(
            lambda line: (
                line.state == "purchase"
                and line.product_id.is_storable
                and line.order_id.picking_type_id.warehouse_id.oms_managed
            )
        )
        self.env["oms.promise.review"]._ask(
            [
                (
                    line.product_id,
                    line.company_id,
                    self.env._(
                        "the goods come on %(after)s instead of %(before)s",
                        after=format_date(self.env, line.date_planned),
                        before=format_date(self.env, before[line]),
                    ),
                )
                for line in lines
            ]
        )
