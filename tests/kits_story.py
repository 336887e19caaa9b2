"""What kits can be sold, told by a shell that has Odoo's Manufacturing; see ``test_kits.py``."""

from odoo.fields import Command


def run_story(env):
    """Play the story. :return: JSON-able facts by the name of the point"""
    return Story(env).play()


class Story:
    def __init__(self, env):
        self.env = env
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.warehouse.write({"oms_managed": True, "name": "HOME"})
        self.channel = env["oms.channel"].create(
            {
                "name": "Kits",
                "adapter": "canonical",
                "warehouse_ids": [Command.set(self.warehouse.ids)],
            }
        )
        self.board = self.product("BOARD", 7)
        self.screw = self.product("SCREW", 100)
        self.lamp = self.product("LAMP", 5)
        self.shelf, self.room = self.product("SHELF", 0), self.product("ROOM", 0)
        dozen = env.ref("uom.product_uom_dozen")
        # The recipe makes two shelves: of each part twice what one takes.
        self.kit(self.shelf, 2, (self.board, 4, None), (self.screw, 2, dozen))
        self.kit(self.room, 1, (self.shelf, 2, None), (self.lamp, 1, None))

    def product(self, sku, stock):
        product = self.env["product.product"].create(
            {"name": sku, "default_code": sku, "is_storable": True}
        )
        if stock:
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, stock
            )
        return product

    def kit(self, product, makes, *parts):
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": makes,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_qty": quantity,
                            **({"product_uom_id": unit.id} if unit else {}),
                        }
                    )
                    for part, quantity, unit in parts
                ],
            }
        )

    def number(self, product):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["oms.availability"]._available(self.channel, product)[product.id]

    def play(self):
        found = {"shelf": self.number(self.shelf), "room": self.number(self.room)}
        listing = self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "S", "product_id": self.shelf.id}
        )
        stock = self.env["oms.channel.stock"]._available(self.channel, listing)
        found["listing"] = stock[listing.id, False]
        found["one_short"] = self.one_short()
        found["no_kit"] = self.number(self.screw)
        found["after_sale"] = self.sell()
        found["why"] = self.why()
        found["cart"] = self.cart()
        found["partial"] = self.partial()
        found["pieces"] = self.pieces()
        found["shipped_there"] = self.shipped_there()
        found["in_hand"] = self.in_hand()
        found["by_hand"] = self.by_hand()
        found["elsewhere"] = self.elsewhere()
        found["worth"] = self.worth()
        found["returned"] = self.returned()
        found["sourced"] = self.sourced()
        found["told"] = self.told()
        # From here on the warehouse delivers in two steps.
        found["put_back"] = self.put_back()
        found["rejected"] = self.rejected()
        return found

    def one_short(self):
        """There is no lamp. :return: how many rooms there are"""
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.lamp, self.warehouse.lot_stock_id, -5)
        number = self.number(self.room)
        quants._update_available_quantity(self.lamp, self.warehouse.lot_stock_id, 5)
        return number

    def sell(self):
        """Two shelves are sold: their parts are claimed."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.ref("base.partner_admin").id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": self.shelf.id, "product_uom_qty": 2})],
            }
        )
        order.action_confirm()
        self.env["oms.allocator"]._allocate(order)
        return {"shelf": self.number(self.shelf), "boards": self.number(self.board)}

    def order(self, product, quantity, unit=None):
        """:return: a confirmed order of the channel, and what it waits for"""
        order = self.confirmed(product, quantity, unit)
        return order, self.env["oms.allocator"]._allocate(order).get(order, "")

    def confirmed(self, product, quantity, unit=None, channel=None):
        """:return: a confirmed order of the channel"""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.ref("base.partner_admin").id,
                "warehouse_id": self.warehouse.id,
                "oms_channel_id": (channel or self.channel).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "product_uom_id": (unit or product.uom_id).id,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def reserved(self, order):
        """:return: what the open deliveries of an order have, by SKU"""
        return self.reserved_in(order.picking_ids._oms_todo())

    def reserved_in(self, pickings):
        """:return: what deliveries have, by SKU"""
        lines = pickings.move_line_ids
        return {
            product.default_code: sum(of_product.mapped("quantity"))
            for product, of_product in lines.grouped("product_id").items()
        }

    def ship(self, order):
        """:return: how many kits left, all told, once what is reserved has left"""
        ready = order.picking_ids._oms_todo().filtered("move_line_ids")
        told = self.env["oms.shipper"]._validate(ready)
        if told:
            raise AssertionError(told)
        return order.order_line.qty_delivered

    def partial(self):
        """Four racks of two planks and a dozen nails; there are seven planks, then nine."""
        self.channel.write({"ship_policy": "always", "payment_policy": "terms"})
        plank, nail = self.product("PLANK", 7), self.product("NAIL", 100)
        rack = self.product("RACK", 0)
        self.kit(rack, 1, (plank, 2, None), (nail, 12, None))
        found = {"there": self.number(rack)}
        order, found["waits"] = self.order(rack, 4)
        found["reserved"] = self.reserved(order)
        # The plank that is left is theirs who wait for the fourth rack.
        later, found["later"] = self.order(plank, 1)
        found["later_reserved"] = self.reserved(later)
        found["again"] = self.env["oms.backorder"]._serve_backorders()
        found["shipped"] = self.ship(order)
        found["backorder"] = {
            move.product_id.default_code: move.product_uom_qty
            for move in order.picking_ids._oms_todo().move_ids
        }
        self.env["stock.quant"]._update_available_quantity(plank, self.warehouse.lot_stock_id, 2)
        found["served"] = self.env["oms.backorder"]._serve_backorders()
        found["rest"] = self.reserved(order)
        found["all_shipped"] = self.ship(order)
        found["later_rest"] = self.reserved(later)
        return found

    def pieces(self):
        """Of four crates one leaves, then, without its lid, half of the second.

        :return: the pieces that a channel is sent as shipped for each delivery
        """
        slat, lid, crate = (self.product(sku, 20) for sku in ("SLAT", "LID", "CRATE"))
        self.kit(crate, 1, (slat, 3, None), (lid, 1, None))
        order, _waits = self.order(crate, 4)
        order.order_line.write({"oms_channel_qty": 4, "oms_piece_units": 1})
        pieces = []
        for counts in ({slat: 3, lid: 1}, {slat: 3}, {slat: 6, lid: 3}):
            picking = order.picking_ids._oms_todo()
            for move in picking.move_ids:
                move.quantity = counts.get(move.product_id, 0)
                move.picked = True
            picking.with_context(skip_backorder=True).button_validate()
            told = self.env["oms.shipper"]._shipped_pieces(picking, order)
            pieces.append(sum(told.values()))
        return pieces

    def shipped_there(self):
        """The shop has shipped two of three trays itself.

        :return: what was recorded, what is still to leave, how many were delivered, and the stock
        """
        base, rim, tray = (
            self.product(sku, n) for sku, n in (("BASE", 9), ("RIM", 9), ("TRAY", 0))
        )
        self.kit(tray, 1, (base, 1, None), (rim, 2, None))
        order, _waits = self.order(tray, 3)
        order.order_line.oms_external_qty = 2
        held = self.env["oms.external.shipment"]._apply(order)
        done = order.picking_ids.filtered("oms_is_external")
        return [
            len(held),
            {move.product_id.default_code: move.quantity for move in done.move_ids},
            self.reserved(order),
            order.order_line.qty_delivered,
            [base.qty_available, rim.qty_available],
        ]

    def in_hand(self):
        """A picker lets the seat leave before the legs: the stool is delivered with the last.

        :return: stools delivered after each parcel
        """
        seat, leg, stool = (self.product(sku, 9) for sku in ("SEAT", "LEG", "STOOL"))
        self.kit(stool, 1, (seat, 1, None), (leg, 3, None))
        order, _waits = self.order(stool, 2)
        counts = []
        for move in order.picking_ids.move_ids:
            move.picked = True
            move.picking_id.with_context(skip_backorder=True).button_validate()
            counts.append(order.order_line.qty_delivered)
        return counts

    def by_hand(self):
        """Somebody presses Check availability on four chairs; there are parts of two, then
        of all.

        :return: what is reserved after each time
        """
        seat, leg, chair = (
            self.product(sku, n) for sku, n in (("PAD", 3), ("FOOT", 9), ("CHAIR", 0))
        )
        self.kit(chair, 1, (seat, 1, None), (leg, 4, None))
        order = self.confirmed(chair, 4)
        order.picking_ids.action_assign()
        counts = [self.reserved(order)]
        order.picking_ids.action_assign()
        counts.append(self.reserved(order))
        for part, quantity in ((seat, 1), (leg, 7)):
            self.env["stock.quant"]._update_available_quantity(
                part, self.warehouse.lot_stock_id, quantity
            )
        order.picking_ids.action_assign()
        return [*counts, self.reserved(order)]

    def put_back(self):
        """Three benches wait to leave when two are cancelled.

        :return: what is put back, what leaves, and how many were delivered
        """
        self.warehouse.delivery_steps = "pick_ship"
        plate, post, bench = (self.product(sku, 9) for sku in ("PLATE", "POST", "BENCH"))
        self.kit(bench, 1, (plate, 1, None), (post, 2, None))
        order = self.confirmed(bench, 3)
        self.env["oms.allocator"]._allocate(order)
        self.ship_step(order)
        order.order_line.product_uom_qty = 1
        back = {
            move.product_id.default_code: move.quantity for move in order.oms_put_back_ids.move_ids
        }
        leaving = self.reserved(order)
        self.ship_step(order)
        return [back, leaving, order.order_line.qty_delivered]

    def rejected(self):
        """Two desks wait to leave when one of their four drawers turns out to be broken.

        :return: what is picked again, what leaves, how many were delivered then and with what
            was picked again, and what is left in stock
        """
        top, drawer, desk = (
            self.product(sku, n) for sku, n in (("TOP", 2), ("DRAWER", 5), ("DESK", 0))
        )
        self.kit(desk, 1, (top, 1, None), (drawer, 2, None))
        order = self.confirmed(desk, 2)
        self.env["oms.allocator"]._allocate(order)
        self.ship_step(order)
        leaving = order.picking_ids._oms_todo()
        reason = self.env["oms.pick.rejection.reason"].search([("effect", "=", "damaged")], limit=1)
        line = leaving.move_line_ids.filtered(lambda l: l.product_id == drawer)
        self.env["oms.pick.rejection"]._reject(line, reason, 1)
        again = self.reserved_in(order.picking_ids._oms_todo() - leaving)
        found = [again, self.reserved_in(leaving)]
        leaving.move_ids.picked = True
        leaving.with_context(skip_backorder=True).button_validate()
        found.append(order.order_line.qty_delivered)
        self.ship_step(order)
        self.ship_step(order)
        return [*found, order.order_line.qty_delivered, self.number(drawer)]

    def ship_step(self, order):
        todo = order.picking_ids._oms_todo()
        todo.move_ids.picked = True
        todo.with_context(skip_backorder=True).button_validate()

    def elsewhere(self):
        """A beam gets lost and another warehouse has some: it sends just that, and a person can
        have it send all.

        :return: what deliveries are about and have reserved, by warehouse and SKU
        """
        north = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NORTH", "oms_managed": True}
        )
        self.channel.warehouse_ids |= north
        beam, bolt = self.product("BEAM", 2), self.product("BOLT", 9)
        truss = self.product("TRUSS", 0)
        for part in (beam, bolt):
            self.env["stock.quant"]._update_available_quantity(part, north.lot_stock_id, 20)
        self.kit(truss, 1, (beam, 2, None), (bolt, 4, None))
        order = self.confirmed(truss, 1)
        self.env["stock.quant"]._update_available_quantity(beam, self.warehouse.lot_stock_id, -1)
        waits = self.env["oms.allocator"]._allocate(order).get(order, "")
        found = {"waits": waits, "before": self.demand(order)}
        order._oms_send_from(north)
        found["after"] = self.demand(order)
        self.ship(order)
        found["delivered"] = order.order_line.qty_delivered
        return found

    def sourced(self):
        """Home has parts of two carts and one wheel too few for a third, South those of three.

        :return: from where three carts are served, or two, or four; and what is decided of the
            four when they are looked at once more
        """
        south = self.env["stock.warehouse"].create(
            {"name": "South", "code": "SOUTH", "oms_managed": True}
        )
        channel = self.channel.copy({"warehouse_ids": [Command.set((self.warehouse | south).ids)]})
        body, wheel = self.product("BODY", 9), self.product("WHEEL", 11)
        cart = self.product("CART", 0)
        for part, quantity in ((body, 3), (wheel, 12)):
            self.env["stock.quant"]._update_available_quantity(part, south.lot_stock_id, quantity)
        self.kit(cart, 1, (body, 1, None), (wheel, 4, None))
        told = []
        for quantity in (3, 2):
            order = self.confirmed(cart, quantity, channel=channel)
            told.append([order.warehouse_id.name, order.oms_allocation_text, self.demand(order)])
            order.action_cancel()
        order = self.confirmed(cart, 4, channel=channel)
        told.append([order.oms_allocation_text, self.demand(order)])
        looked = self.env["oms.allocation.simulation"]._explained(order)
        return [*told, looked["outcome"]]

    def told(self):
        """A tent has a sheet and two poles, a camp two tents.

        :return: what a shop is told of both, at first and after each change
        """
        shop = self.env["oms.channel"].create(
            {
                "name": "Tents",
                "adapter": "woocommerce",
                "state": "live",
                "warehouse_ids": [Command.set(self.warehouse.ids)],
            }
        )
        shop._approve_sync("stock")
        sheet, pole = self.product("SHEET", 5), self.product("POLE", 12)
        tent, camp = self.product("TENT", 0), self.product("CAMP", 0)
        listings = self.env["oms.channel.listing"].create(
            [
                {
                    "channel_id": shop.id,
                    "sku": product.default_code,
                    "external_ref": product.default_code,
                    "product_id": product.id,
                }
                for product in (tent, camp)
            ]
        )
        self.kit(tent, 1, (sheet, 1, None), (pole, 2, None))
        self.kit(camp, 1, (tent, 2, None))
        bom = tent.bom_ids
        of_sheet, of_poles = bom.bom_line_ids
        changes = {
            "at first": lambda: None,
            "a sheet comes": lambda: self.env["stock.quant"]._update_available_quantity(
                sheet, self.warehouse.lot_stock_id, 1
            ),
            "three poles": lambda: of_poles.write({"product_qty": 3}),
            "makes two": lambda: bom.write({"product_qty": 2}),
            "archived": bom.action_archive,
            "in force again": bom.action_unarchive,
            "no poles": of_poles.unlink,
            "no kit": lambda: bom.write({"type": "normal"}),
            "a kit again": lambda: bom.write({"type": "phantom"}),
            "half a sheet": lambda: of_sheet.write({"product_uom_id": self.half(sheet).id}),
            "deleted": bom.unlink,
        }
        told = {}
        for name, change in changes.items():
            change()
            self.env.flush_all()
            self.env.cr.precommit.run()
            stock = self.env["oms.channel.stock"]
            stock._process()
            told[name] = [
                stock.search([("listing_id", "=", listing.id)]).wanted for listing in listings
            ]
        return told

    def half(self, product):
        """:return: the unit that is half of a product's"""
        return self.env["uom.uom"].create(
            {"name": "Half", "relative_factor": 0.5, "relative_uom_id": product.uom_id.id}
        )

    def worth(self):
        """:return: what is waited for of two kits of five parts each, nothing of which is there"""
        leaf, pot, plant = self.product("LEAF", 0), self.product("POT", 0), self.product("PLANT", 0)
        self.kit(plant, 1, (leaf, 4, None), (pot, 1, None))
        order, _waits = self.order(plant, 2)
        order.order_line.write({"price_unit": 30, "tax_ids": [Command.clear()]})
        self.env.flush_all()
        card = self.env["oms.allocation.wait"].search([("order_id", "=", order.id)])
        return [card.missing, card.value]

    def returned(self):
        """Two stools of 30 each leave; a leg comes back, then all of one, which leaves again.

        :return: how many are back and what the order is owed, at each of these points and while
            the one that came back waits to leave again
        """
        seat, leg = self.product("SEAT", 9), self.product("LEG", 9)
        stool = self.product("STOOL", 0)
        self.kit(stool, 1, (seat, 1, None), (leg, 3, None))
        order, _waits = self.order(stool, 2)
        order.order_line.write({"price_unit": 30, "tax_ids": [Command.clear()]})
        self.ship(order)
        out = order.picking_ids
        found = [self.owed(order)]
        leg_back = self.give_back(out, {leg: 1})
        found.append(self.owed(order))
        self.give_back(leg_back, {leg: 1})
        back = self.give_back(out, {leg: 3, seat: 1})
        found.append(self.owed(order))
        again = self.return_of(back, {leg: 3, seat: 1})
        found.append(self.owed(order))
        self.move_all(again)
        found.append(self.owed(order))
        return found

    def owed(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return [order.order_line._oms_returned_qty(), order._oms_amount_owed(60.0, 0.0)]

    def return_of(self, picking, counts):
        """:return: a delivery that brings back what another one took"""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = counts.get(line.product_id, 0)
            line.to_refund = True
        action = wizard.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    def give_back(self, picking, counts):
        back = self.return_of(picking, counts)
        self.move_all(back)
        return back

    def move_all(self, picking):
        picking.move_ids.picked = True
        picking.button_validate()

    def demand(self, order):
        """:return: pairs of what moves are to bring and have, by warehouse and SKU"""
        moves = order.order_line.move_ids.filtered(lambda m: m.state != "cancel")
        return {
            f"{warehouse.name} {part.default_code}": [
                sum(some.mapped("product_qty")),
                sum(some.move_line_ids.mapped("quantity")),
            ]
            for (warehouse, part), some in moves.grouped(
                lambda m: (m.picking_type_id.warehouse_id, m.product_id)
            ).items()
        }

    def why(self):
        """One more board comes. :return: the number of shelves, and that its rows add up"""
        self.env["stock.quant"]._update_available_quantity(
            self.board, self.warehouse.lot_stock_id, 1
        )
        found = self.env["oms.availability"].explain_number(self.channel.id, self.shelf.id)
        scarcest = self.env["product.product"].browse(found["product_id"])
        total = sum(row["change"] for row in found["rows"])
        self.env["stock.quant"]._update_available_quantity(
            self.board, self.warehouse.lot_stock_id, -1
        )
        return [found["number"], scarcest.default_code, abs(total - found["number"]) < 1e-9]

    def cart(self):
        """A shelf lies in a cart: what it is made of is kept."""
        kept = self.env["oms.cart.reservation"]._reserve(self.channel, "c1", {self.shelf.id: 1})
        return {
            "kept": {row.product_id.default_code: row.quantity for row in kept},
            "shelf": self.number(self.shelf),
        }
