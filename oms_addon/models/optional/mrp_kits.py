"""Reservation of kits: components are only reserved for whole kits."""

import math

from odoo import api, models

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsKits(models.AbstractModel):
    """Handles order lines whose product is a kit, if `mrp` is installed."""

    _name = "oms.kits"
    _description = "Kits"

    @api.model
    def _is_there(self):
        """:return: whether `mrp` is installed"""
        return "mrp.bom" in self.env

    @api.model
    def _prepare_part_values(self, move):
        """:return: the values that link a replacing move to the kit of the replaced one"""
        return {"bom_line_id": move.bom_line_id.id} if self._is_there() else {}

    @api.model
    def _lines(self, moves):
        """:return: the order lines of moves that are components of a kit"""
        if not self._is_there():
            return moves.sale_line_id.browse()
        return moves.filtered(lambda m: m.bom_line_id.bom_id.type == "phantom").sale_line_id

    @api.model
    def _parts_of(self, lines):
        """Read the components of the kits on order lines.

        :param lines: ``sale.order.line`` records
        :return: pairs (product id, units per kit) by line; lines without a kit, or without tracked
            components, are omitted
        :rtype: dict
        """
        engine, found = self.env["oms.availability"], {}
        for company, of_company in lines.grouped("company_id").items():
            kits = engine._kits(of_company.product_id, company)
            if not kits:
                continue
            products = self.env["product.product"].browse({p for kit in kits.values() for p in kit})
            counted = set(engine._counted(products).ids)
            for line in of_company:
                kit = kits.get(line.product_id.id, {})
                parts = tuple((p, n) for p, n in kit.items() if p in counted and n > 0)
                if parts:
                    found[line] = parts
        return found

    @api.model
    def _stock_of(self, lines):
        """Read the products whose stock order lines need: the components of kits.

        :return: the components, as of ``_parts_of``, and all products
        :rtype: tuple
        """
        parts = self._parts_of(lines)
        part_ids = {product_id for pairs in parts.values() for product_id, _units in pairs}
        plain = lines.filtered(lambda line: line not in parts).product_id
        return parts, plain | plain.browse(part_ids)

    @api.model
    def _as_parts(self, move, procurements):
        """Replace procurements of a kit by procurements of one of its components.

        :param move: the ``stock.move`` of the component that is re-sourced
        :param list procurements: procurements of its order line, in units of the component
        :return: the procurements of the component
        :rtype: list
        """
        part = move.product_id
        values = self._prepare_part_values(move)
        return [
            wanted._replace(
                product_id=part, name=part.display_name, values={**wanted.values, **values}
            )
            for wanted in procurements
        ]

    @api.model
    def _release_parts(self, moves):
        """Unreserve components of incomplete kits; waiting moves keep their demand.

        :param moves: ``stock.move`` records with locked and reserved stock
        """
        for line in self._lines(moves):
            ordered, whole = self._ordered(line), self._whole(line)
            for parts in self._parts(line).values():
                keep = sum(parts.mapped("product_qty")) * whole / ordered
                surplus = self._had(parts) - keep
                if parts.product_id.uom_id.compare(surplus, 0) > 0:
                    self._release(parts, surplus)

    @api.model
    def _ordered(self, line):
        """:return: the number of kits ordered on a line"""
        return line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, round=False
        )

    @api.model
    def _whole(self, line):
        """:return: the number of whole kits that are shipped or reserved, over all components of a
            line
        :rtype: int
        """
        ordered = self._ordered(line)
        shares = [
            self._had(parts) / wanted
            for parts in self._parts(line).values()
            if (wanted := sum(parts.mapped("product_qty")))
        ]
        return math.floor(ordered * min(shares, default=0.0) + 1e-6)

    @api.model
    def _brought(self, line, moves):
        """Count the whole kits in moves, as Odoo counts delivered kits.

        :param moves: ``stock.move`` records of components of the order line's kits
        :return: number of kits, in the unit of the order line
        """
        boms = line.move_ids.filtered(lambda m: m.state != "cancel").bom_line_id.bom_id
        bom = boms.filtered(
            lambda b: (
                b.type == "phantom"
                and b.product_tmpl_id == line.product_id.product_tmpl_id
                and b.product_id in (line.product_id, b.product_id.browse())
            )
        )[:1]
        if not bom:
            found = boms._bom_find(
                line.product_id, company_id=line.company_id.id, bom_type="phantom"
            )
            bom = found[line.product_id]
        if not bom:
            return 0.0
        kits = moves._compute_kit_quantities(
            line.product_id,
            line.product_uom_id._compute_quantity(line.product_uom_qty, bom.product_uom_id),
            bom,
            {"incoming_moves": lambda m: True, "outgoing_moves": lambda m: False},
        )
        return bom.product_uom_id._compute_quantity(kits, line.product_uom_id)

    @api.model
    def _parts(self, line):
        """:return: the moves that take the components of a line from stock, by product
        :rtype: dict
        """
        moves = line.move_ids.filtered(
            lambda m: (
                m.state != "cancel"
                and m.bom_line_id
                and not m.move_orig_ids
                and m.location_dest_id.usage != "inventory"
                and m.picking_type_id.code != "incoming"
            )
        )
        return moves.grouped("product_id")

    @api.model
    def _had(self, moves):
        """:return: the quantity reserved or moved"""
        return sum(moves.move_line_ids.mapped("quantity_product_uom"))

    @api.model
    def _release(self, moves, surplus):
        """Unreserve a quantity of moves, the last reserved first; picked lines are kept."""
        moves = moves.with_context(**sealed(stock_locked=True))
        lines = moves.filtered(lambda m: m.state != "done").move_line_ids
        for line in lines.filtered(lambda l: not l.picked).sorted("id", reverse=True):
            unit = line.product_id.uom_id
            if unit.compare(surplus, 0) <= 0:
                break
            left = max(line.quantity_product_uom - surplus, 0.0)
            surplus -= line.quantity_product_uom - left
            if unit.compare(left, 0) > 0:
                line.quantity = unit._compute_quantity(left, line.product_uom_id, round=False)
            else:
                line.unlink()
        moves._recompute_state()
