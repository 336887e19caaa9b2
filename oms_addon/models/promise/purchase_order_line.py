"""A purchase that comes at another date changes what its items were promised for."""

from odoo import models
from odoo.tools import format_date

from odoo.addons.oms_addon.tools import promise


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _oms_moved_since(self, before):
        """:return: the lines that come on another day now

        :param dict before: when they were expected
        """
        return self.browse(
            line.id
            for line, date in before.items()
            if date and line._oms_day(date) != line._oms_day(line.date_planned)
        )

    def _oms_day(self, moment):
        """:return: the day of a moment where the items come in"""
        warehouse = self.order_id.picking_type_id.warehouse_id
        return promise.local(moment, warehouse._oms_zone()).date() if warehouse else moment.date()

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
                        "items expected on %(after)s instead of %(before)s",
                        after=format_date(self.env, line.date_planned),
                        before=format_date(self.env, before[line]),
                    ),
                )
                for line in lines
            ]
        )
