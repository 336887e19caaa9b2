"""Pieces given back in steps: together exactly what was paid, on every shop that refunds."""

from odoo.tools import mute_logger

from .fault_bench import FaultBench, simulated_shops
from .test_own_effects import HTTP, SENDER, OwnEffects


class EffectsInSteps:
    """The scenarios; ten pieces that do not divide their price, as 17.925 each."""

    push, ship_part, refund_here = OwnEffects.push, OwnEffects.ship_part, OwnEffects.refund_here
    own = OwnEffects.own

    def setUp(self):
        super().setUp()
        # Of Amazon: so many steps as here are taken in days, not in seconds.
        self.shop.rate_factor = 1e6

    def buy(self, *lines):
        """:return: the shop's id and our order of 10 × 23.90 less 59.75, with 20 % tax included"""
        self.env["account.tax"].create(
            {
                "name": "VAT 20 incl.",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        lines = lines or (("MUG", 10, "23.90"),)
        return self.captured(list(lines), tax_rate="20", discount="59.75")

    def assert_all_back(self, ref, order, steps):
        """All that was paid was refunded and credited, in so many refunds; nothing failed."""
        truth = self.shop.orders()[ref]
        waiting = self.messages(direction="out").filtered(lambda m: m.state != "done")
        self.assertEqual(waiting.mapped(lambda m: (m.topic, m.state, m.error)), [])
        paid = float(truth["paid"])
        self.assertEqual((float(truth["refunded"]), order.oms_amount_paid), (paid, paid))
        self.assertEqual(len(self.own(order)), steps)
        self.assertEqual(set(self.own(order).mapped("state")), {"done"})
        self.assertAlmostEqual(sum(self.own(order).mapped("amount")), paid)
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), paid)
        self.assertAlmostEqual(sum((order.invoice_ids - notes).mapped("amount_total")), paid)

    @mute_logger(SENDER, HTTP)
    def test_pieces_refunded_in_steps_give_back_what_was_paid(self):
        ref, order = self.buy()
        self.ship_part(order, {self.mug: 10})
        self.push()
        for pieces in (4, 3, 3):
            self.refund_here(order, "MUG", pieces)
            self.push()
        self.assert_all_back(ref, order, 3)

    @mute_logger(SENDER, HTTP)
    def test_pieces_refunded_cancelled_and_refunded_give_back_what_was_paid(self):
        ref, order = self.buy()
        self.refund_here(order, "MUG", 1)
        self.push()
        self.ship_part(order, {self.mug: 6})
        self.push()
        order.action_cancel()
        self.push()
        [line] = order.order_line
        self.assertEqual(line.oms_cancelled_qty, 4.0)
        self.refund_here(order, "MUG", 6)
        self.push()
        self.assert_all_back(ref, order, 3)

    @mute_logger(SENDER, HTTP)
    def test_two_lines_that_share_a_discount_give_back_what_was_paid(self):
        ref, order = self.buy(("MUG", 7, "23.90"), ("POT", 3, "7.49"))
        self.ship_part(order, {self.mug: 7, self.pot: 3})
        self.push()
        for sku, pieces in (("POT", 1), ("MUG", 4), ("POT", 2), ("MUG", 3)):
            self.refund_here(order, sku, pieces)
            self.push()
        self.assert_all_back(ref, order, 4)


for code, shop in simulated_shops().items():
    name = f"TestEffectsInStepsOf{code.title()}"
    globals()[name] = type(name, (EffectsInSteps, FaultBench), {"simulator": shop})
