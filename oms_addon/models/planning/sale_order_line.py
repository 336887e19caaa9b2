"""Demand of order lines."""

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .oms_demand import Key


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_is_exceptional = fields.Boolean(
        "Exceptional Demand",
        copy=False,
        help="Enable for demand that is not repeated, such as a tender: it does not consume the "
        "forecast and does not change future forecasts.",
    )
    oms_demand_qty = fields.Float(
        "Demand",
        digits="Product Unit",
        compute="_compute_oms_demand_qty",
        store=True,
        copy=False,
        help="Ordered quantity less cancelled units, in the unit of the product.",
    )

    # Lines confirmed before the add-on was installed, see oms.demand _record_older.
    _oms_unrecorded_idx = models.Index("(id) WHERE oms_demand_qty IS NULL AND state = 'sale'")

    @api.depends(
        "state",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "display_type",
        "oms_cancelled_qty",
        "oms_reduced_qty",
        "oms_plan",
        "oms_is_exceptional",
        "warehouse_id",
        "order_id.warehouse_id",
        "order_id.oms_channel_id",
        "order_id.oms_deliver_by",
        "order_id.commitment_date",
        "order_id.date_order",
    )
    def _compute_oms_demand_qty(self):
        """Queue the lines of confirmed and cancelled orders to be recorded as demand."""
        for line in self:
            line.oms_demand_qty = line._oms_live_qty()
        self.env["oms.demand"]._touch(
            self.filtered(lambda line: line.id and line.state in ("sale", "cancel"))._origin.ids
        )

    def _oms_add_demand_column(self):
        """Add the column of ``oms_demand_qty``, empty for existing lines: a background job records
        them.
        """
        if not column_exists(self.env.cr, self._table, "oms_demand_qty"):
            create_column(self.env.cr, self._table, "oms_demand_qty", "numeric")

    def _oms_live_qty(self):
        """:return: the units of one line that are ordered and not cancelled, in the unit of the
        product; 0 for services and orders that are not confirmed
        """
        self.ensure_one()
        if self.state != "sale" or self.display_type or self.product_id.type != "consu":
            return 0.0
        cancelled = self.oms_cancelled_qty - self.oms_reduced_qty
        live = max(self.product_uom_qty - max(cancelled, 0.0), 0.0)
        return self.product_uom_id._compute_quantity(live, self.product_id.uom_id, round=False)

    def _oms_prepare_demand(self):
        """Prepare the demand of lines; kits as their components.

        :return: values of ``oms.demand`` by key
        :rtype: dict[Key, dict]
        """
        kits = {
            company: self.env["oms.availability"]._kits(lines.product_id, company)
            for company, lines in self.grouped("company_id").items()
        }
        return {
            Key(line.id, product_id, warehouse.id or None): {
                **line._oms_prepare_demand_values(warehouse),
                "quantity": quantity * units,
            }
            for line in self
            if line.oms_demand_qty > 0
            for warehouse, quantity in line._oms_demand_shares()
            for product_id, units in kits[line.company_id]
            .get(line.product_id.id, {line.product_id.id: 1.0})
            .items()
        }

    def _oms_demand_shares(self):
        """:return: pairs (warehouse, units) of the demand of one line"""
        shares = self._oms_shares(self.oms_demand_qty, self.product_id.uom_id)
        return shares or [(self.warehouse_id or self.order_id.warehouse_id, self.oms_demand_qty)]

    def _oms_prepare_demand_values(self, warehouse):
        """:return: channel, company and date of the demand of one line in a warehouse"""
        order = self.order_id
        moment = order.oms_deliver_by or order.commitment_date or order.date_order
        return {
            "company_id": order.company_id.id,
            "channel_id": order.oms_channel_id.id,
            "day": warehouse._oms_local_day(moment) if warehouse else moment.date(),
            "is_exceptional": self.oms_is_exceptional,
        }
