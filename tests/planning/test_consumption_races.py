"""Orders of one product that are confirmed, changed and cancelled at the same moment."""

from datetime import timedelta

from odoo.fields import Command, Datetime

from ..concurrency import RaceCase

GROSS = [100.0, 100.0, 100.0, 100.0]
LINES = ("ordered_qty", "consumed_qty", "open_qty", "excess_qty")


def _make_forecast(env):
    """:return: ids of a product and its forecast of 100 units a week, one week earlier and later"""
    company = env.company
    product = env["product.product"].create({"name": "Mug", "is_storable": True})
    start = env["oms.forecast"]._current_bucket(company, "week")
    rule = env["oms.forecast.rule"].search([("company_id", "=", company.id)], limit=1)
    forecast = env["oms.forecast"].create(
        {
            "company_id": company.id,
            "product_id": product.id,
            "rule_id": rule.id,
            "start": start,
            "mean": GROSS,
        }
    )
    forecast._recompute()
    return product.id, forecast.id


def _order(env, product_id, quantity, weeks):
    """:return: a confirmed order, due a number of weeks from now"""
    start = env["oms.forecast"]._current_bucket(env.company, "week")
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Ann"}).id,
            "commitment_date": Datetime.to_datetime(start + timedelta(days=7 * weeks + 2)),
            "order_line": [Command.create({"product_id": product_id, "product_uom_qty": quantity})],
        }
    )
    order.action_confirm()
    return order


def _figures(env, forecast_id):
    """:return: ordered, consumed, open and excess units of the current week and the next three"""
    lines = env["oms.forecast"].browse(forecast_id).line_ids.sorted("day")[1:5]
    return [tuple(line[name] for name in LINES) for line in lines]


class TestConsumptionRaces(RaceCase):
    def test_orders_confirmed_at_once_all_consume_the_forecast(self):
        product_id, forecast_id = self.commit(_make_forecast)
        results = self.run_parallel(
            [lambda env, n=n: _order(env, product_id, 40.0 + n, weeks=1).state for n in range(4)]
        )
        self.assertEqual(results, ["sale"] * 4)
        # 166 ordered: 100 of their week, 66 of the week before, nothing of the week after
        self.assertEqual(
            self.commit(lambda env: _figures(env, forecast_id)),
            [
                (0.0, 66.0, 34.0, 0.0),
                (166.0, 100.0, 0.0, 0.0),
                (0.0, 0.0, 100.0, 0.0),
                (0.0, 0.0, 100.0, 0.0),
            ],
        )

    def test_a_cancellation_an_override_and_an_order_at_once_give_the_result_of_any_sequence(self):
        product_id, forecast_id = self.commit(_make_forecast)
        order_id = self.commit(lambda env: _order(env, product_id, 80.0, weeks=0).id)
        start = self.commit(lambda env: env["oms.forecast"].browse(forecast_id).start)
        results = self.run_parallel(
            [
                lambda env: env["sale.order"].browse(order_id)._action_cancel(),
                lambda env: _order(env, product_id, 50.0, weeks=0).state,
                lambda env: bool(
                    env["oms.forecast.override"].create(
                        {
                            "forecast_id": forecast_id,
                            "day": start,
                            "quantity": 30.0,
                            "reason": "Shelf moved",
                        }
                    )
                ),
            ]
        )
        self.assertEqual(results, [True, "sale", True])
        # 50 ordered, 30 forecast: the rest of 20 consumes the week after
        self.assertEqual(
            self.commit(lambda env: _figures(env, forecast_id))[:2],
            [(50.0, 30.0, 0.0, 0.0), (0.0, 20.0, 80.0, 0.0)],
        )
