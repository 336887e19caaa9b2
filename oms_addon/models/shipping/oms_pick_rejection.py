"""Short picks: the stock is corrected and the line sourced from elsewhere."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools import sentences


class OmsPickRejection(models.Model):
    _name = "oms.pick.rejection"
    _description = "Short Pick"
    _order = "id desc"
    _rec_name = "product_id"

    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True, index=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null")
    sale_line_id = fields.Many2one("sale.order.line", readonly=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True)
    location_id = fields.Many2one("stock.location", required=True, readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason_id = fields.Many2one("oms.pick.rejection.reason", required=True, readonly=True)
    quantity = fields.Float("Missing Quantity", digits="Product Unit", readonly=True)
    counted = fields.Float("Counted Quantity", digits="Product Unit", readonly=True)
    outcome = fields.Char(readonly=True)

    # === SHORT PICKS === #

    @api.model
    def _reject(self, line, reason, quantity, counted=None):
        """Report missing items of a reserved delivery line.

        The reservation is released, the stock corrected as the reason defines, and the missing
        quantity is sourced from elsewhere or backordered.

        :param line: one ``stock.move.line``
        :param reason: ``oms.pick.rejection.reason``
        :param float quantity: missing quantity, in the line's unit
        :param float counted: quantity found at the location, in the product's unit; for ``less``
        :return: the short pick
        :raise UserError: if the line no longer exists or has less reserved
        """
        line = self._lock_line(line, quantity)
        move, picking = line.move_id, line.picking_id
        sale_line = move.sale_line_id
        units = line.product_uom_id._compute_quantity(quantity, line.product_id.uom_id)
        rejection = self.create(
            [self._prepare_rejection(line, reason, units, counted if counted is not None else 0.0)]
        )
        place = self._place_of(line)
        self._release(line, quantity)
        rejection._correct_stock(place, units, counted)
        if sale_line and reason.is_resourced:
            rejection._exclude(sale_line, units)
        move.exists()._recompute_state()
        if reason.is_resourced:
            rejection._restock(move, units)
        rejection.outcome = rejection._serve_again(sale_line)
        if sale_line:
            self.env["oms.event"]._log(
                sale_line.order_id, "pick.rejected", rejection._text(), before=picking.name
            )
        self.env["oms.promise.review"]._schedule(
            [(rejection.product_id, rejection.company_id, reason.name)]
        )
        self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
        return rejection

    @api.model
    def _lock_line(self, line, quantity):
        """Lock a line's delivery, its allocation days and stock, so that concurrent reports of the
        same items fail.

        :return: the line
        :raise UserError: if the items are no longer to be picked
        """
        gone = UserError(
            self.env._(
                "The item is no longer to be picked: another user reported, moved or cancelled "
                "it. Reload the delivery."
            )
        )
        if not line.exists():
            raise gone
        picking = line.picking_id
        picking._oms_lock()
        self.env["oms.allocation.day"]._lock_companies(line.company_id)
        stock = self.env["oms.stock"]
        locations = stock._locations(line.location_id.warehouse_id)
        stock._lock(locations.keys() | set(line.location_id.ids), line.product_id.ids)
        line.invalidate_recordset()
        if not line.exists() or picking.state in ("done", "cancel"):
            raise gone
        if (
            line.product_uom_id.compare(quantity, 0) <= 0
            or line.product_uom_id.compare(quantity, line.quantity) > 0
        ):
            raise UserError(
                self.env._(
                    "%(product)s: %(reserved)s are to be picked at this location. Report at least "
                    "one and at most that many as missing.",
                    product=line.product_id.display_name,
                    reserved=f"{line.quantity:g}",
                )
            )
        return line

    @api.model
    def _prepare_rejection(self, line, reason, units, counted):
        """:return: the values of a short pick"""
        return {
            "picking_id": line.picking_id.id,
            "order_id": line.move_id.sale_line_id.order_id.id,
            "sale_line_id": line.move_id.sale_line_id.id,
            "product_id": line.product_id.id,
            "location_id": line.location_id.id,
            "warehouse_id": line.location_id.warehouse_id.id,
            "company_id": line.company_id.id,
            "reason_id": reason.id,
            "quantity": units,
            "counted": counted,
        }

    @api.model
    def _place_of(self, line):
        """:return: the values that identify the stock quant of a line"""
        return {
            "product_id": line.product_id,
            "location_id": line.location_id,
            "lot_id": line.lot_id,
            "package_id": line.package_id,
            "owner_id": line.owner_id,
        }

    @api.model
    def _release(self, line, quantity):
        """Release the missing quantity of a line's reservation."""
        left = line.quantity - quantity
        if line.product_uom_id.compare(left, 0) <= 0:
            line.unlink()
        else:
            line.quantity = left

    # === STOCK === #

    def _correct_stock(self, place, units, counted):
        """Correct the stock at a location as the reason defines, with Odoo's own documents."""
        effect = self.reason_id.effect
        if effect == "none":
            return
        if effect == "damaged":
            self._split_off(place, units)
            return
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", place["product_id"].id),
                ("location_id", "=", place["location_id"].id),
                *((name, "=", place[name].id) for name in ("lot_id", "package_id", "owner_id")),
            ]
        )
        there = sum(quants.mapped("quantity"))
        if effect == "empty":
            left = 0.0
        else:
            left = there - units if counted is None else counted
        self._count(quants, max(left, 0.0))

    def _count(self, quants, left):
        """Set the counted quantity on quants, as an inventory adjustment."""
        for quant in quants.with_context(inventory_mode=True, inventory_name=self._text()):
            mine = min(left, max(quant.quantity, 0.0))
            if quant == quants[-1]:
                mine = left
            left -= mine
            if quant.product_uom_id.compare(mine, quant.quantity):
                quant.inventory_quantity = mine
                quant._apply_inventory()

    def _split_off(self, place, units):
        """Move damaged items to the warehouse's damaged location, or scrap them."""
        damaged = self.warehouse_id.oms_damaged_location_id
        values = {
            "product_id": place["product_id"].id,
            "product_uom_id": place["product_id"].uom_id.id,
            "location_id": place["location_id"].id,
            **{name: place[name].id for name in ("lot_id", "package_id", "owner_id")},
        }
        if not damaged or damaged.usage == "inventory":
            scrap = self.env["stock.scrap"].create(
                {
                    **values,
                    "scrap_qty": units,
                    "origin": self.picking_id.name,
                    "company_id": self.company_id.id,
                    **({"scrap_location_id": damaged.id} if damaged else {}),
                }
            )
            scrap.do_scrap()
            return
        move = self.env["stock.move"].create(
            {
                "product_id": values["product_id"],
                "product_uom": values["product_uom_id"],
                "product_uom_qty": units,
                "location_id": values["location_id"],
                "location_dest_id": damaged.id,
                "company_id": self.company_id.id,
                "origin": self.picking_id.name,
            }
        )
        move._action_confirm(merge=False)
        move.move_line_ids.unlink()
        move.move_line_ids = [
            fields.Command.create({**values, "quantity": units, "location_dest_id": damaged.id})
        ]
        move.picked = True
        move._action_done()

    def _hold(self, order, missing):
        """Open an exception for missing items, unless enough of them are incoming."""
        arriving = self.env["oms.incoming"]._incoming(
            order.warehouse_id | self.warehouse_id, self.product_id
        )
        if sum(arrival.quantity for arrival in arriving) >= missing:
            return
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="PICK_REJECTED",
                    message=self.env._(
                        "%(text)s No other location has enough stock: %(missing)s are missing and "
                        "none "
                        "are incoming. Purchase them, offer a substitute, or cancel them.",
                        text=self._text(),
                        missing=f"{missing:g}",
                    ),
                )
            ],
        )

    def _text(self):
        """:return: the short pick as one sentence"""
        self.ensure_one()
        return self.env._(
            "Short pick: %(quantity)s × %(product)s at %(place)s: %(reason)s.",
            quantity=f"{self.quantity:g}",
            product=self.product_id.display_name,
            place=self.location_id.display_name,
            reason=sentences.inner(self.reason_id.name),
        )
