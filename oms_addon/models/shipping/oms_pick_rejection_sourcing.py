"""Sourcing of short picked items from elsewhere."""

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsPickRejection(models.Model):
    _inherit = "oms.pick.rejection"

    # === SOURCING === #

    def _exclude(self, sale_line, units):
        """Exclude the warehouse for the line, unless it has enough at other locations."""
        elsewhere = self._free_others()
        if self.product_id.uom_id.compare(elsewhere, units) < 0:
            sale_line.oms_excluded_warehouse_ids |= self.warehouse_id

    def _free_others(self):
        """:return: the available quantity in the warehouse; without the reported location if its
        stock was not corrected
        """
        locations = set(self.env["oms.stock"]._locations(self.warehouse_id))
        if self.reason_id.effect == "none":
            locations.discard(self.location_id.id)
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.product_id.id), ("location_id", "in", list(locations))]
        )
        return sum(quants.mapped("available_quantity"))

    def _restock(self, move, units):
        """For items already moved from stock: pick the missing units again and restock what is left
        of them.
        """
        line = move.sale_line_id
        is_part = line in self.env["oms.kits"]._lines(move)
        is_whole = move.product_id == line.product_id
        if not line or not (is_part or is_whole) or not move._oms_is_carried():
            return
        warehouse = move.picking_type_id.warehouse_id
        self.env["oms.restock"]._restock({move: units})
        if is_part:
            wanted = self.env["oms.resourcing"]._prepare_procurements(move, warehouse, units)
            self.env["stock.rule"].run(wanted)
            return
        # has_warehouse: the allocator sources them, within the rule's limits
        line.with_context(**sealed(has_warehouse=True))._action_launch_stock_rule()

    def _serve_again(self, sale_line):
        """Source the missing quantity from elsewhere.

        :return: the result, as text
        """
        if not sale_line or not self.reason_id.is_resourced:
            return self.env._("Backordered at its warehouse.")
        order = sale_line.order_id
        before = self._reserved_by_warehouse(sale_line)
        self.env["oms.allocator"]._allocate(order)
        after = self._reserved_by_warehouse(sale_line)
        found = {w: q - before.get(w, 0) for w, q in after.items() if q > before.get(w, 0)}
        texts = [
            self.env._("%(quantity)s from %(warehouse)s", quantity=f"{q:g}", warehouse=w.name)
            for w, q in found.items()
        ]
        missing = self.quantity - sum(found.values())
        if self.product_id.uom_id.compare(missing, 0) > 0:
            texts.append(self.env._("%(quantity)s backordered", quantity=f"{missing:g}"))
            self._hold(order, missing)
        order._oms_run()
        return ", ".join(texts)

    @api.model
    def _reserved_by_warehouse(self, sale_line):
        """:return: the reserved quantity of an order line, by warehouse"""
        reserved = {}
        for move in sale_line.move_ids.filtered(
            lambda m: m.state in ("assigned", "partially_available") and not m.move_orig_ids
        ):
            warehouse = move.picking_type_id.warehouse_id
            quantity = sum(move.move_line_ids.mapped("quantity_product_uom"))
            reserved[warehouse] = reserved.get(warehouse, 0) + quantity
        return reserved
