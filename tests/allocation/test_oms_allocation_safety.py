"""Safety stock is not sold, and channels are told when it changes."""

from .common import AllocationCommon


class TestOmsAllocationSafety(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=9)
        cls.safety = cls.env["oms.allocation.safety"]

    def _touched(self, work):
        """:return: the products whose numbers are counted again after some work"""
        self.env.flush_all()
        self.env.cr.precommit.data.pop("oms.channel.stock._queue_changed", None)
        work()
        return self.env.cr.precommit.data.pop("oms.channel.stock._queue_changed", set())

    def test_a_row_of_a_product_is_told(self):
        rows = []
        values = {"warehouse_id": self.warehouse.id, "product_id": self.jug.id, "quantity": 2}
        self.assertEqual(
            self._touched(lambda: rows.append(self.safety.create(values))), {self.jug.id}
        )
        self.assertEqual(self._touched(lambda: rows[0].write({"quantity": 3})), {self.jug.id})
        other = {self.mug.id, self.jug.id}
        self.assertEqual(self._touched(lambda: rows[0].write({"product_id": self.mug.id})), other)
        self.assertEqual(self._touched(rows[0].unlink), {self.mug.id})

    def test_a_row_for_all_is_told_of_all_that_is_in_its_warehouse(self):
        values = {"warehouse_id": self.warehouse.id, "quantity": 2}
        found = self._touched(lambda: self.safety.create(values))
        self.assertIn(self.jug.id, found)
        away = self._make_product("AWAY", "Away")
        self.assertNotIn(away.id, found)
