"""Without Odoo's expiration dates there is nothing to look at; see ``tests/test_expiry.py``."""

from ..shipping.common import FulfilmentCommon


class TestOmsLotExpiry(FulfilmentCommon):
    def test_without_dates_looking_costs_nothing(self):
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(self.env["oms.lot.expiry"]._process(), 0)
