"""The lives of orders: whatever happens in whatever order, goods and money are as the shop has
them, and nobody is asked for what is right already.

Hypothesis tells the lives; each is lived at every simulated shop.
"""

from collections import defaultdict
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tools import mute_logger

from .fault_bench import FaultBench, simulated_shops

SENDER = "odoo.addons.oms_addon.models.channel.oms_channel_message_sender"
HTTP = "odoo.addons.oms_addon.tools.http"
PRICES = {"MUG": Decimal("10.00"), "POT": Decimal("5.00"), "CUP": Decimal("3.00")}
#: what can happen to an order, and what a shop must have for it
EVENTS = {
    "items refunded": "refund",
    "items returned": "refund",
    "amount refunded": "refund",
    "line added": "edit",
    "address changed": "address",
    "touched": "",
    "shipped there": "ship_there",
    "shipped here": "",
    "item shipped here": "",
    "rest cancelled here": "",
}
LIVES = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
    report_multiple_bugs=False,
)


class Life:
    """One order at a shop, and what is known of it from what happened."""

    def __init__(self, case, counts):
        self.case = case
        self.shop = case.shop
        self.open = defaultdict(int, counts)
        self.gone = defaultdict(int)
        self.refunded = Decimal(0)
        self.has_left_here = False
        self.story = [dict(counts)]
        lines = [(sku, count, str(PRICES[sku])) for sku, count in counts.items()]
        self.ref, self.order = case.captured(lines)

    def happen(self, event, sku):
        """Let something happen, unless it cannot.

        :return: whether it happened
        """
        if EVENTS[event] in self.shop.lacks:
            return False
        happened = getattr(self, event.replace(" ", "_"))(sku) is not False
        if happened:
            self.story.append(f"{event} ({sku})")
        return happened

    def items_refunded(self, sku):
        if not self.open[sku]:
            return False
        self.shop.refund_order(self.ref, [(sku, 1)])
        self.open[sku] -= 1
        self.refunded += PRICES[sku]

    def items_returned(self, sku):
        # While some are to leave, not every shop says which of them a refund is about.
        if not self.gone[sku] or self.open[sku]:
            return False
        self.shop.refund_order(self.ref, [(sku, 1)], returned=True)
        self.gone[sku] -= 1
        self.refunded += PRICES[sku]

    def amount_refunded(self, _sku):
        if sum(self.open.values()) + sum(self.gone.values()) < 2:
            return False
        self.shop.refund_order(self.ref, amount="1.00")
        self.refunded += 1

    def line_added(self, _sku):
        if "CUP" in self.open or self.case.adapter._charges_are_totals:
            return False
        self.shop.add_line(self.ref, "CUP", 2, str(PRICES["CUP"]))
        self.open["CUP"] = 2
        self.shop.pay(self.ref)

    def address_changed(self, _sku):
        # What has left for the old address is for a person.
        if not any(self.open.values()) or self.has_left_here:
            return False
        city = "Leeds" if self.order.partner_shipping_id.city == "York" else "York"
        self.shop.change_address(self.ref, city)

    def touched(self, _sku):
        self.shop.touch(self.ref)

    def shipped_there(self, sku):
        if not self.open[sku]:
            return False
        self.shop.ship_there(self.ref, sku, 1)
        self._leave(sku, 1)

    def shipped_here(self, _sku):
        if not any(self.open.values()):
            return False
        self.case.ship(self.order)
        self.case.store.auto_ship = False
        for sku, count in list(self.open.items()):
            self._leave(sku, count)
        self.has_left_here = True

    def item_shipped_here(self, sku):
        moves = self._moves(sku).filtered(lambda m: m.state == "assigned")
        if not moves:
            return False
        moves[0].quantity = 1
        moves[0].picked = True
        picking = moves[0].picking_id
        picking.with_context(skip_backorder=True).button_validate()
        picking.action_oms_no_tracking()
        self._leave(sku, 1)
        self.has_left_here = True

    def rest_cancelled_here(self, _sku):
        if not any(self.open.values()) or not any(self.gone.values()):
            return False
        if self.case.adapter._has_refund_ledger:
            # What is given back shows there days later.
            return False
        self.case.present()
        self.order.action_cancel()
        for sku, count in self.open.items():
            self.refunded += count * PRICES[sku]
            self.open[sku] = 0

    def _leave(self, sku, count):
        self.open[sku] -= count
        self.gone[sku] += count

    def _moves(self, sku):
        return self.order.picking_ids._oms_todo().move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and m.sale_line_id.oms_sku == sku
        )

    def check(self):
        """Compare with what is here, and with the shop."""
        order = self.order
        order.invalidate_recordset()
        truth = self.shop.orders()[self.ref]
        invoices = order.invoice_ids.filtered(lambda m: m.state == "posted")
        here = {
            "to leave": {sku: sum(self._moves(sku).mapped("product_uom_qty")) for sku in self.open},
            "paid": round(order.oms_amount_paid, 2),
            "refunded": round(order.oms_amount_refunded, 2),
            "left to pay": [m.amount_residual for m in invoices if m.amount_residual],
            "held": order.oms_hold_ids.filtered(lambda h: h.state == "open").mapped("detail"),
        }
        there = {
            "to leave": dict(self.open),
            "paid": float(truth["paid"]),
            "refunded": float(self.refunded),
            "left to pay": [],
            "held": [],
        }
        self.case.assertEqual(here, there, self.story)
        self.case.assertAlmostEqual(float(truth["refunded"]), float(self.refunded), 2, self.story)


class OrderLives:
    """The scenarios; ``FaultBench`` is the bench they run on."""

    def setUp(self):
        super().setUp()
        # A life is many calls in no time, more than some shops answer.
        self.shop.rate_factor = 1e4
        self.patch(type(self.env["oms.channel.meter"]), "_take", lambda *_args, **_values: 0.0)
        self._make_product("CUP", "Cup", stock=500)
        self.shop.add_product("CUP", "Cup", quantity=500)

    @LIVES
    @given(
        counts=st.tuples(st.integers(1, 4), st.integers(1, 4)),
        events=st.lists(
            st.tuples(st.sampled_from(sorted(EVENTS)), st.sampled_from(("MUG", "POT"))),
            min_size=3,
            max_size=8,
        ),
    )
    @mute_logger(SENDER, HTTP)
    def test_goods_and_money_are_as_the_shop_has_them(self, counts, events):
        life = Life(self, dict(zip(("MUG", "POT"), counts, strict=True)))
        for event, sku in events:
            if life.happen(event, sku):
                self.hear_all()
                for due in life.order.oms_refund_ids.filtered("to_pay"):
                    due.action_mark_paid()
                    self.hear_all()
                life.check()

    def hear_all(self):
        """Have the shop do all it is sent, and hear of all that it did."""
        for _round in range(8):
            self.shop.tick(60)
            self.settle(also_poll=True)
            waiting = self.messages(direction="out", state="pending")
            if not waiting:
                break
            waiting.write({"next_try_at": False})
        # What the last round sent has its echo, too.
        self.settle(also_poll=True)
        self._run_lanes("slow")


for _code, _simulator in simulated_shops().items():
    _case = type(FaultBench)(
        f"TestOrderLives{_code.title()}",
        (OrderLives, FaultBench),
        {"simulator": _simulator, "__module__": __name__, "__doc__": f"Lives at {_code}."},
    )
    globals()[_case.__name__] = _case
del _case
