"""Orders of before remember what their channel reported last once the add-on is updated."""

import importlib.util
from pathlib import Path

from ..common import OmsCommon

SCRIPT = Path(__file__).parents[2] / "oms_addon/migrations/19.0.1.1.0/post-reported_quantities.py"


class TestReportedQuantities(OmsCommon):
    def test_what_was_ordered_in_all_is_what_was_reported_last(self):
        self.channel.auto_ship = False
        order, draft = self._capture(
            self._document("A1", [("MUG", 5, "10.00")]), self._document("A2", paid=False)
        )
        line = order.order_line
        # As an amended order of which a unit was cancelled looked before.
        line.write({"oms_channel_qty": 2.0, "oms_reduced_qty": 1.0, "oms_piece_units": 2.0})
        self.env.flush_all()
        spec = importlib.util.spec_from_file_location("reported_quantities", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(line.oms_channel_qty, 3.0)
        self.assertEqual(draft.order_line.oms_channel_qty, 2.0)
