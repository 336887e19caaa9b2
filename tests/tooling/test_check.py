"""`./oms check stock`, run as a program on a copy of the test database."""

import json
import os
import subprocess

from odoo.fields import Command

from tooling import paths
from tooling.database import Databases

from ..concurrency import RaceCase

MUGS = "5 of [MUG] Mug are marked as reserved in WH/Stock, but transfers reserve 2."


class TestCheckStock(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The command touches no database that is not of this checkout.
        databases = Databases(None)
        databases.record(cls.database)
        cls.addClassCleanup(databases._forget, cls.database)
        cls.product_id, cls.move_id = cls.commit(cls._sell)

    @staticmethod
    def _sell(env):
        """:return: the ids of a product of which 2 of 9 are reserved, and of their move"""
        warehouse = env["stock.warehouse"].search([], limit=1)
        warehouse.oms_managed = True
        mug = env["product.product"].create(
            {"name": "Mug", "default_code": "MUG", "is_storable": True}
        )
        env["stock.quant"]._update_available_quantity(mug, warehouse.lot_stock_id, 9)
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Ann"}).id,
                "warehouse_id": warehouse.id,
                "order_line": [Command.create({"product_id": mug.id, "product_uom_qty": 2})],
            }
        )
        order.action_confirm()
        env["oms.allocator"]._allocate(order)
        return mug.id, order.order_line.move_ids.id

    def setUp(self):
        super().setUp()
        self._reserve(2)

    def _reserve(self, quantity):
        """Write what is reserved of the mugs past all that keeps the stock in order."""
        self.commit(
            lambda env: env.cr.execute(
                "UPDATE stock_quant SET reserved_quantity = %s WHERE product_id = %s "
                "AND quantity > 0",
                [quantity, self.product_id],
            )
        )

    def _reserved(self):
        return self.commit(
            lambda env: (
                sum(
                    env["stock.quant"]
                    .search([("product_id", "=", self.product_id), ("quantity", ">", 0)])
                    .mapped("reserved_quantity")
                ),
                env["stock.move"].browse(self.move_id).state,
            )
        )

    def _check(self, *arguments, database=None):
        """:return: exit code, what was printed, and what was said on stderr"""
        result = subprocess.run(
            [paths.ROOT / "oms", "check", "stock", database or self.database, *arguments],
            cwd=paths.ROOT,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return result.returncode, result.stdout, result.stderr

    def test_a_stock_that_adds_up_ends_with_0(self):
        code, out, err = self._check()
        self.assertEqual(code, 0, err)
        self.assertRegex(
            out, r"^0 differences in \d+ stock rows, 1 open move lines and 1 open moves, read in "
        )

    def test_a_planted_difference_is_printed_and_ends_with_1_until_it_is_repaired(self):
        self._reserve(5)
        code, out, err = self._check("--json")
        self.assertEqual(code, 1, err)
        self.assertIn(MUGS, out)
        told = json.loads(out.splitlines()[-1])
        self.assertEqual((told["check"], told["database"]), ("stock", self.database))
        [difference] = told["differences"]
        self.assertEqual(
            [difference[key] for key in ("kind", "text", "expected", "found")],
            ["reserved", MUGS, 2.0, 5.0],
        )
        # Looking changes nothing.
        self.assertEqual(self._reserved(), (5.0, "assigned"))
        code, out, err = self._check("--repair")
        self.assertEqual(code, 0, err)
        self.assertTrue(out.startswith(f"repaired: {MUGS}\n0 differences in "), out)
        self.assertEqual(self._reserved(), (2.0, "assigned"))
        self.assertEqual(self._check()[0], 0)

    def test_a_database_that_is_not_there_is_told(self):
        code, out, err = self._check(database="oms_nowhere")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("there is no database oms_nowhere", err)
        self.assertNotIn("Traceback", err)
