"""Tables that were made beside the ORM once: their rows stay when models take them over."""

import importlib.util
from pathlib import Path

from ..common import OmsCommon

MIGRATION = Path(__file__).parents[2] / "oms_addon/migrations/19.0.1.3.0/pre-own_tables.py"
BEFORE = """
    DROP TABLE oms_stock_change, oms_cart_turn, oms_lot_expiry_cursor;
    CREATE TABLE oms_stock_change (id bigserial PRIMARY KEY, product_id integer NOT NULL);
    CREATE TABLE oms_cart_turn (product_id integer PRIMARY KEY, turn bigint NOT NULL);
    CREATE TABLE oms_lot_expiry_cursor (
        id integer PRIMARY KEY CHECK (id = 1),
        moment timestamp NOT NULL, quant_id integer NOT NULL);
    INSERT INTO oms_lot_expiry_cursor VALUES (1, '2026-02-03 04:05:06', 77);
"""
NAMES = ("oms.stock.change", "oms.cart.turn", "oms.lot.expiry.cursor")


class TestOwnTables(OmsCommon):
    def _before(self):
        """Bring the tables into their shape of before, with rows of a deleted product, too."""
        self.env.cr.execute(BEFORE)
        self.env.cr.execute(
            """INSERT INTO oms_stock_change (id, product_id) VALUES
                   (5000000000, %(mug)s), (5000000001, %(pot)s), (5000000002, 2147483000);
               INSERT INTO oms_cart_turn VALUES (%(mug)s, 7), (2147483000, 1)""",
            {"mug": self.mug.id, "pot": self.pot.id},
        )

    def _migrate(self):
        spec = importlib.util.spec_from_file_location("own_tables", MIGRATION)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.2.0")

    def _as_models(self):
        """Load the models as an upgrade does."""
        self.env.registry.init_models(self.env.cr, NAMES, {"module": "oms_addon"}, install=False)
        self.env.invalidate_all()

    def test_rows_stay_through_an_upgrade(self):
        self._before()
        self._migrate()
        self._as_models()
        changes, turns, cursors = (self.env[name].search([]) for name in NAMES)
        self.assertEqual(changes.product_id, self.mug + self.pot)
        self.assertEqual(
            [(t.id, t.product_id, t.turn) for t in turns], [(self.mug.id, self.mug, 7)]
        )
        self.assertEqual(
            [(str(c.moment), c.quant_id) for c in cursors], [("2026-02-03 04:05:06", 77)]
        )
        # And they are written as before.
        changes._add(self.mug.ids)
        self.assertEqual(changes._claim_products(), {self.mug.id, self.pot.id})
        turns._lock([self.pot.id, self.mug.id])
        self.assertEqual(
            {t.product_id: t.turn for t in turns.search([])}, {self.mug: 8, self.pot: 1}
        )
        cursors._advance("2026-03-03 00:00:00", 5)
        self.assertEqual(cursors.search([]).mapped("quant_id"), [5])

    def test_an_upgrade_that_is_repeated_changes_nothing(self):
        self._before()
        for _n in range(2):
            self._migrate()
            self._as_models()
        self.assertEqual(self.env["oms.stock.change"].search([]).product_id, self.mug + self.pot)
        self.assertEqual(self.env["oms.cart.turn"].search([]).turn, 7)
        self.assertEqual(self.env["oms.lot.expiry.cursor"].search([]).quant_id, 77)

    def test_a_product_that_is_deleted_meanwhile_is_no_obstacle(self):
        gone = self._make_product("GONE", "Gone")
        gone_id = gone.id
        gone.unlink()
        self.env["oms.stock.change"].search([]).unlink()
        self.env["oms.stock.change"]._add([gone_id, self.mug.id])
        self.assertEqual(self.env["oms.stock.change"].search([]).product_id, self.mug)
