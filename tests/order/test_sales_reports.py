"""Sales and invoices are reported by channel, in the company's currency."""

from ..common import OmsCommon


class TestSalesReports(OmsCommon):
    def _sums(self, model, field, order):
        """:return: a sum by channel name of an order's rows of a report"""
        self.env.flush_all()
        rows = self.env[model].formatted_read_group(
            [("oms_channel_id", "in", order.oms_channel_id.ids)],
            ["oms_channel_id"],
            [f"{field}:sum"],
        )
        return {row["oms_channel_id"][1]: round(row[f"{field}:sum"], 2) for row in rows}

    def test_a_foreign_order_is_reported_converted_by_its_channel(self):
        currency = self.env.ref("base.EUR")
        if currency == self.company.currency_id:
            currency = self.env.ref("base.USD")
        currency.active = True
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        abroad = self._make_channel("Abroad")
        ours = self._capture(self._document("S-1"))
        theirs = self._capture(
            self._document("S-2", lines=[("MUG", 4, "10.00")], currency=currency.name),
            channel=abroad,
        )
        orders = ours + theirs
        self.assertEqual(orders.mapped("amount_total"), [20.0, 40.0])
        self.assertEqual(
            self._sums("sale.report", "price_total", orders), {"Shop": 20.0, "Abroad": 20.0}
        )
        self.assertEqual(
            self._sums("account.invoice.report", "price_subtotal", orders),
            {"Shop": 20.0, "Abroad": 20.0},
        )
