"""Warehouses of an order line."""

from odoo import fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_external_qty = fields.Float(
        "Shipped on the Channel",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units shipped by a third party, as reported by the channel.",
    )
    oms_external_done_qty = fields.Float(
        "Shipped on the Channel (Recorded)",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units shipped on the channel that were removed from the deliveries.",
    )
    oms_external_place = fields.Char(
        "Shipping Location",
        readonly=True,
        copy=False,
        help="Channel ID of the location the units were shipped from, if reported.",
    )

    oms_plan = fields.Json(
        "Planned Warehouses",
        readonly=True,
        copy=False,
        help="Quantity by warehouse, in the unit of the product, when the line ships from several.",
    )
    oms_excluded_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "oms_line_excluded_warehouse_rel",
        string="Excluded Warehouses",
        readonly=True,
        copy=False,
        help="Warehouses that reported a short pick for the line. It is not sourced from them "
        "again.",
    )
    oms_oversold = fields.Boolean(
        "Oversold",
        readonly=True,
        copy=False,
        help="The channel sold the items although they were out of stock.",
    )
    oms_lost_qty = fields.Float(
        "Lost in the Warehouse",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Picked units that were missing when they were to be packed, shipped or restocked.",
    )
    oms_is_expired = fields.Boolean(
        "Expired While Reserved",
        readonly=True,
        copy=False,
        help="Reserved items reached their removal date before they were shipped.",
    )

    def _oms_gather_changed(self, before):
        """Re-source orders with changed quantities if that reduces their parcels.

        :param dict before: the previous quantities of the changed lines, by id
        """
        changed = self.filtered(lambda l: l.id in before and l.product_uom_qty != before[l.id])
        self.env["oms.resourcing"]._gather(changed.order_id, self.env._("quantities changed"))

    def _oms_shares(self, product_qty, procurement_uom):
        """:return: pairs (warehouse, quantity) if the plan matches this quantity, else empty"""
        self.ensure_one()
        # no_plan: the quantity is being re-sourced, see oms.resourcing
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

    def _oms_is_sourced(self):
        """:return: whether the line has stocked items to be sourced"""
        self.ensure_one()
        return bool(
            not self.display_type
            and self.product_id.is_storable
            and not self.route_ids
            and self.product_id.uom_id.compare(self.product_uom_qty, 0) > 0
        )

    def _oms_here(self):
        """:return: the quantity of the line that has not been shipped, from Odoo or externally"""
        self.ensure_one()
        gone = self.env["oms.external.shipment"]._units_gone(self)
        return self.product_uom_qty - self.qty_delivered - gone
