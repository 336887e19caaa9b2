"""From where a line is served."""

from odoo import fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_external_qty = fields.Float(
        "Shipped on the Channel",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units that others shipped, as the channel reports.",
    )
    oms_external_done_qty = fields.Float(
        "Recorded as Shipped on the Channel",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units of these that were taken out of the deliveries.",
    )
    oms_external_place = fields.Char(
        "Shipped from",
        readonly=True,
        copy=False,
        help="The channel's id of the location that they left from, where it says so.",
    )

    oms_plan = fields.Json(
        "Planned warehouses",
        readonly=True,
        copy=False,
        help="Quantity by warehouse, in the unit of the product, when several serve the line.",
    )
    oms_excluded_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "oms_line_excluded_warehouse_rel",
        string="Not from",
        readonly=True,
        copy=False,
        help="Warehouses that rejected the line: it is not sourced from them again.",
    )
    oms_promised_at = fields.Datetime(
        "Promised",
        readonly=True,
        copy=False,
        help="When the customer was told the goods arrive at the door.",
    )
    oms_ship_before = fields.Datetime(
        "Leaves by", readonly=True, copy=False, help="Until when they leave to arrive in time."
    )
    oms_oversold = fields.Boolean(
        "Oversold",
        readonly=True,
        copy=False,
        help="The channel took the money although the goods were not there.",
    )
    oms_lost_qty = fields.Float(
        "Lost in the warehouse",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units that were picked, and were not there any more when they were to be packed, "
        "shipped or put back.",
    )
    oms_is_expired = fields.Boolean(
        "Got too old",
        readonly=True,
        copy=False,
        help="Goods it had reserved reached their removal date before they left.",
    )

    def _oms_gather_changed(self, before):
        """Decide again where the goods come from of orders whose quantities were changed.

        :param dict before: the quantity of each line that was changed, by its id
        """
        changed = self.filtered(lambda l: l.id in before and l.product_uom_qty != before[l.id])
        self.env["oms.resourcing"]._gather(
            changed.order_id, self.env._("its quantities were changed")
        )

    def _oms_shares(self, product_qty, procurement_uom):
        """:return: pairs (warehouse, quantity) when the plan is about just this quantity"""
        self.ensure_one()
        # no_plan: the quantity is sourced again, see oms.resourcing
        plan = {} if unsealed(self.env, "no_plan") else self.oms_plan or {}
        unit = self.product_id.uom_id
        wanted = procurement_uom._compute_quantity(product_qty, unit, round=False)
        if not plan or unit.compare(sum(plan.values()), wanted):
            return []
        return [
            (
                self.env["stock.warehouse"].browse(int(warehouse_id)),
                unit._compute_quantity(quantity, procurement_uom, round=False),
            )
            for warehouse_id, quantity in plan.items()
        ]

    def _oms_is_goods(self):
        """:return: whether the line is about goods kept in stock that we source"""
        self.ensure_one()
        return bool(
            not self.display_type
            and self.product_id.is_storable
            and not self.route_ids
            and self.product_id.uom_id.compare(self.product_uom_qty, 0) > 0
        )

    def _oms_here(self):
        """:return: the units of the line that left neither from here nor elsewhere"""
        self.ensure_one()
        gone = self.env["oms.external.shipment"]._units_gone(self)
        return self.product_uom_qty - self.qty_delivered - gone
