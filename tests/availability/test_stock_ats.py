"""The measure of speed itself: small, and right."""

from benchmarks.stock_ats import measure

from ..common import OmsCommon


class TestMeasure(OmsCommon):
    def test_both_sides_read_the_same_numbers_and_ours_is_faster(self):
        ratios, figures = measure(self.env, skus=200, warehouses=3, tries=1)
        self.assertEqual((figures["ats_skus"], figures["ats_warehouses"]), (200, 3))
        self.assertGreater(ratios["ats_vs_core"], 1.0)
