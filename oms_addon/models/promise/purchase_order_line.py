"""Review of promised dates when a purchase is expected on another date."""

from odoo import models
from odoo.tools import format_date

from odoo.addons.oms_addon.tools import promise


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _oms_moved_since(self, before):
        """:return: the lines expected on another day than before

        :param dict before: previous expected date by line
        """
        return self.browse(
            line.id
            for line, date in before.items()
            if date and line._oms_day(date) != line._oms_day(line.date_planned)
        )

    def _oms_day(self, moment):
        """:return: the date in the time zone of the receiving warehouse"""
        warehouse = self.order_id.picking_type_id.warehouse_id
        return promise.local(moment, warehouse._oms_zone()).date() if warehouse else moment.date()

    def _oms_review_promises(self, before):
        """Schedule the review of the promised dates that depend on these lines.

        :param dict before: previous expected date by line
        """
        lines = self.filtered(
            lambda line: (
                line.state == "purchase"
                and line.product_id.is_storable
                and line.order_id.picking_type_id.warehouse_id.oms_managed
            )
        )
        self.env["oms.promise.review"]._schedule(
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
