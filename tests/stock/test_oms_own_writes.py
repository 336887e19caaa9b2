"""Rows of Odoo's tables are written past the ORM only while no unknown add-on has a part in it."""

from unittest.mock import patch

from odoo import api, fields, models

from ..shipping.common import FulfilmentCommon

SPARED = {
    "account.payment": ("_generate_journal_entry", "write"),
    "account.move": ("message_post_with_source",),
    "sale.order": ("message_post",),
}
WRITTEN = ("stock.move", "stock.move.line", "stock.quant")


class Foreign:
    """What another add-on has on the lines of stock moves."""

    _name = "stock.move.line"

    def _compute_picked(self):
        """An override of what Odoo computes."""

    def _own_helper(self):
        """No method of Odoo: it concerns nobody."""

    @api.constrains("quantity")
    def _check_scale(self):
        """A constraint that rows written past the ORM would not meet."""


# The ORM takes no field in the body of a class that is no model.
Foreign.quantity_product_uom = fields.Float(store=True)


class ForeignBase:
    """What another add-on has on all models."""

    _name = "base"

    def _write(self, vals):
        return vals

    def name_search(self):
        """Of Odoo, and on no write's way."""


class TestOwnWrites(FulfilmentCommon):
    def setUp(self):
        super().setUp()
        self.guard = self.env["oms.own.writes"]

    def test_odoos_own_add_ons_are_known(self):
        self.assertEqual([self.guard._foreign(name) for name in WRITTEN], [(), (), ()])
        self.assertTrue(self.guard._may(*WRITTEN))
        for name, methods in SPARED.items():
            with self.subTest(model=name):
                self.assertTrue(self.guard._is_plain(name, methods))

    def test_a_stored_field_a_constraint_or_an_override_is_found(self):
        later = type(self.env["stock.move.line"]).__mro__
        self.assertEqual(
            self.guard._of_class("stock.move.line", Foreign, later),
            {"quantity_product_uom", "_compute_picked", "_check_scale"},
        )
        self.assertEqual(self.guard._of_class("stock.move.line", ForeignBase, later), {"_write"})

    def test_what_a_rule_puts_on_a_model_at_run_time_is_found(self):
        write = models.Model.write
        with patch.object(type(self.env["stock.quant"]), "write", write, create=True):
            self.assertFalse(self.guard._may(*WRITTEN))
            self.assertTrue(self.guard._may("stock.move"))
        self.assertTrue(self.guard._may(*WRITTEN))

    def test_a_default_that_somebody_set_is_found(self):
        self.env["ir.default"].set("stock.move.line", "picked", True)
        self.assertFalse(self.guard._may(*WRITTEN))

    def test_odoo_reserves_and_validates_where_an_add_on_is_not_known(self):
        product = self._make_product("FOREIGN", "Foreign", stock=9)
        with (
            patch.object(type(self.guard), "_may", lambda self, *names: False),
            patch.object(type(self.env["oms.reservation"]), "_write_moves") as written,
        ):
            order = self._make_order((product, 4))
            self._confirm(order)
            self.env["oms.allocator"]._allocate(order)
            self.assertEqual(order.picking_ids.move_ids.quantity, 4)
            self.env["oms.shipper"]._validate(order.picking_ids)
        written.assert_not_called()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertStockIsConsistent(product)
