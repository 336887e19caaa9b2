"""What happens when an order is confirmed, changed, cancelled or shipped, and in which order."""

import functools

from odoo.fields import Command

from .common import OmsCommon


class TestOrderOfEffects(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Ann", "country_id": cls.env.ref("base.uk").id, "city": "Leeds"}
        )

    def _record(self, *names):
        """Write down whenever one of these services is called.

        :param names: a model and a method, as ``oms.promise:_promise``
        :return: the names in the order of their calls, each as often as it is called in turn
        """
        called = []
        for name in names:
            model, method = name.split(":")
            original = getattr(type(self.env[model]), method)

            @functools.wraps(original)
            def recorded(*args, _name=name, _original=original, **kwargs):
                if called[-1:] != [_name]:
                    called.append(_name)
                return _original(*args, **kwargs)

            self.patch(type(self.env[model]), method, recorded)
        return called

    def _confirmed_order(self, quantity=2):
        """:return: a quotation of Sales for a warehouse we run"""
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create({"product_id": self.mug.id, "product_uom_qty": quantity})
                ],
            }
        )

    def _person(self):
        return self.env(user=self.env.ref("base.user_admin"), su=False)

    def test_confirmed(self):
        order = self._confirmed_order().with_env(self._person())
        services = (
            "oms.channel.adapter.odoo_shop:_join",
            "sale.order:_oms_source_manually",
            "oms.sourcing:_source_added",
            "oms.promise:_promise",
            "stock.move:_oms_review_promises",
            "sale.order:_oms_log_confirmed",
            "oms.cart.reservation:_consume",
            "sale.order:_oms_reserve_at_once",
        )
        called = self._record(*services)
        order.action_confirm()
        self.assertEqual(called, list(services))
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "assigned"))

    def test_raised(self):
        order = self._confirmed_order()
        order.action_confirm()
        services = (
            "sale.order:_oms_ordered_before",
            "sale.order:_oms_redirect",
            "sale.order:_oms_procure_added",
            "sale.order.line:_oms_restock_fewer",
            "oms.sourcing:_source_added",
            # The lines' warehouses are written.
            "sale.order:_oms_ordered_before",
            "sale.order:_oms_redirect",
            "oms.promise:_promise",
            "oms.sourcing:_promise_added",
            "sale.order.line:_oms_gather_changed",
        )
        called = self._record(*dict.fromkeys(services))
        line = order.order_line
        order.write({"order_line": [Command.update(line.id, {"product_uom_qty": 5})]})
        self.assertEqual(called, list(services))
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 5)

    def test_cancelled(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        self.assertEqual(order.picking_ids.state, "assigned")
        services = (
            "oms.shared.delivery:_split_off",
            "stock.move:_oms_carried_parts",
            "stock.move:_oms_wake_allocator",
            "stock.move:_oms_review_promises",
            "oms.order.flow:_close_cancelled",
            "sale.order:_oms_notify_cancelled",
            "sale.order:_oms_send_cancellation",
            "sale.order:_oms_remember_who_cancelled",
            "sale.order:_oms_release_slots",
            "oms.cart.reservation:_consume",
        )
        called = self._record(*services)
        order._action_cancel()
        self.assertEqual(called, list(services))
        self.assertEqual((order.state, order.oms_cancelled_by), ("cancel", "user"))
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_shipped(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        picking = order.picking_ids
        picking.move_ids.picked = True
        services = (
            "stock.picking:_oms_refuse_mismatch",
            "stock.picking:_oms_refuse_validated",
            # Odoo confirms what was added to the delivery by hand.
            "stock.move:_oms_review_promises",
            "stock.picking:_oms_refuse_held",
            "stock.picking:_oms_refuse_unpaid",
            "stock.move:_oms_lock_places",
            "stock.move:_oms_review_promises",
            "stock.move:_oms_wake_allocator",
            "stock.move:_oms_review_promises",
            "stock.picking:_oms_create_parcels",
            "stock.picking:_oms_run_orders",
            "oms.restock:_log_done",
        )
        called = self._record(*dict.fromkeys(services))
        picking.button_validate()
        self.assertEqual(called, list(services))
        self.assertEqual(picking.state, "done")

    def test_reserved_by_a_person(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        move = order.picking_ids.move_ids
        move._do_unreserve()
        services = (
            "stock.move:_oms_slots_before",
            "stock.move:_oms_lock_stock",
            "oms.kits:_release_parts",
            "stock.move:_oms_reserve_slots",
        )
        called = self._record(*services)
        move._action_assign()
        self.assertEqual(called, list(services))
        self.assertEqual(move.quantity, 2)
