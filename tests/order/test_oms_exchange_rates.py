"""Foreign currencies: nothing is converted by a rate that nobody set."""

from odoo.exceptions import UserError

from ..common import OmsCommon


class TestExchangeRates(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        name = "CHF" if cls.company.currency_id.name != "CHF" else "EUR"
        cls.foreign = cls.env["res.currency"].search([("name", "=", name)]) or (
            cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        )
        cls.foreign.active = True
        cls.foreign.rate_ids.unlink()

    def _set_rate(self, day, rate):
        self.env["res.currency.rate"].create(
            {"currency_id": self.foreign.id, "name": day, "rate": rate}
        )

    def test_an_order_in_a_currency_without_a_rate_waits_until_it_is_set(self):
        message = self._receive(self._document("F1", currency=self.foreign.name))
        self._run_lanes()
        self.assertEqual(self._holds(message), ["NO_EXCHANGE_RATE"])
        self.assertIn(self.foreign.name, message.error)
        self.assertIn("2026-03-01", message.error)
        self.assertFalse(self._order("F1"))
        self._set_rate("2026-02-27", 2.0)
        message.action_retry()
        self._run_lanes()
        order = self._order("F1")
        self.assertEqual(order.currency_rate, 2.0)
        invoice = order.invoice_ids
        self.assertEqual((invoice.amount_total, abs(invoice.amount_total_signed)), (20.0, 10.0))

    def test_a_rate_that_is_too_old_or_of_a_later_day_is_none(self):
        self._set_rate("2026-01-10", 2.0)
        self._set_rate("2026-03-02", 3.0)
        self.channel.rate_max_days = 30
        message = self._receive(self._document("F2", currency=self.foreign.name))
        self._run_lanes()
        self.assertEqual(self._holds(message), ["NO_EXCHANGE_RATE"])
        self.assertIn("2026-01-10", message.error)
        self.channel.rate_max_days = 60
        message.action_retry()
        self._run_lanes()
        self.assertEqual(self._order("F2").currency_rate, 2.0)

    def test_a_currency_that_does_not_exist_is_never_the_companys(self):
        message = self._receive(self._document("F3", currency="XXQ"))
        self._run_lanes()
        self.assertEqual(self._holds(message), ["UNKNOWN_CURRENCY"])
        self.assertFalse(self._order("F3"))

    def _listing(self, **values):
        return self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "external_ref": "L1",
                "sku": "CUP-1",
                "name": "Cup",
                "price": 10.0,
                "currency_id": self.foreign.id,
                **values,
            }
        )

    def test_a_price_without_a_rate_is_not_synced_and_the_channel_says_so(self):
        listing = self._listing(product_id=self.mug.id)
        prices = self.env["oms.channel.price"]
        self.assertEqual(prices._without_rate(self.channel, listing), listing)
        self.assertIn("exchange_rate", self.channel.alert_ids.mapped("code"))
        self._set_rate("2020-01-01", 2.0)
        self.assertFalse(prices._without_rate(self.channel, listing))
        self.assertEqual(prices._wanted(self.channel, listing), {listing: 20.0})

    def test_a_product_made_of_a_listing_has_its_price_converted_or_is_not_made(self):
        listing = self._listing()
        with self.assertRaisesRegex(UserError, self.foreign.name):
            listing._prepare_product()
        self._set_rate("2020-01-01", 2.0)
        self.assertEqual(listing._prepare_product()["list_price"], 5.0)
