"""Deliveries for units that a third party shipped on the channel."""

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsExternalShipment(models.AbstractModel):
    _inherit = "oms.external.shipment"

    @api.model
    def _ship(self, order, parts, places, deducts):
        """Create the deliveries of externally shipped units, as done.

        :param list parts: pairs (replaced move, quantity in the product's unit)
        :param dict places: shipping location by order line, see ``_place``
        :param bool deducts: whether the units are deducted from stock
        :return: the ``stock.picking`` records
        """
        by_place = {}
        for move, quantity in parts:
            warehouses, is_ours = places[move.sale_line_id]
            planned = move.picking_type_id.warehouse_id
            warehouse = planned if planned in warehouses else warehouses[:1] or planned
            by_place.setdefault((warehouse, deducts and is_ours), []).append((move, quantity))
        pickings = self.env["stock.picking"]
        for (warehouse, is_deducted), of_place in by_place.items():
            product = of_place[0][0].product_id
            picking = self.env["stock.picking"].create(
                self._prepare_picking(order, warehouse, product, is_deducted)
            )
            moves = self.env["stock.move"].create(
                [self._prepare_move(picking, *part) for part in of_place]
            )
            moves._action_confirm(merge=False)
            for move in moves:
                # Shipped units are recorded even if the stock becomes negative.
                move.with_context(**sealed(goods_left=True)).quantity = move.product_uom_qty
                move.picked = True
            self.env["oms.shipper"]._validate_once(picking)
            pickings |= picking
        return pickings

    @api.model
    def _prepare_picking(self, order, warehouse, product, deducts):
        """:return: the values of a delivery of externally shipped units; units that are not
        deducted come from the inventory loss location
        """
        place = warehouse.lot_stock_id
        if not deducts:
            place = product.with_company(warehouse.company_id).property_stock_inventory
        return {
            "picking_type_id": warehouse.out_type_id.id,
            "location_id": place.id,
            "location_dest_id": order.partner_shipping_id.property_stock_customer.id,
            "partner_id": order.partner_shipping_id.id,
            "company_id": warehouse.company_id.id,
            "origin": order.name,
            "reference_ids": [Command.set(order.stock_reference_ids.ids)],
            "oms_is_external": True,
        }

    @api.model
    def _prepare_move(self, picking, planned, quantity):
        """:return: the values of the move that replaces a planned one"""
        return {
            **self.env["oms.kits"]._prepare_part_values(planned),
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "product_id": planned.product_id.id,
            "product_uom": planned.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "company_id": picking.company_id.id,
            "partner_id": picking.partner_id.id,
            "origin": picking.origin,
            "sale_line_id": planned.sale_line_id.id,
            # Odoo computes the procured quantity of a line by the rule of its moves.
            "rule_id": planned.rule_id.id,
            "reference_ids": [Command.set(picking.reference_ids.ids)],
            "procure_method": "make_to_stock",
        }
