"""The lives of orders: whatever happens in whatever order, goods and money are as the shop has
them, and nobody is asked for what is right already.

Each life is told by its number and lived at every simulated shop. ``OMS_LIVES=100-160`` lives
others than those of the suite.
"""

import os
from datetime import datetime, timedelta, timezone

from odoo.tools import mute_logger

from .fault_bench import FaultBench, simulated_shops
from .order_life import Life, offer_set

SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"
HTTP = "odoo.addons.oms_addon.tools.http"
FIRST, _dash, LAST = os.environ.get("OMS_LIVES", "1-8").partition("-")


class OrderLives:
    """The scenarios; ``FaultBench`` is the bench they run on."""

    #: the shop says of pieces it gives back whether they had left
    tells_returns = False

    def setUp(self):
        self.patch(type(self.env["oms.channel.meter"]), "_spend", lambda *_args, **_values: 0.0)
        for product in (self.mug, self.pot):
            self._put_stock(product, self.warehouse, 5000)
        self._make_product("CUP", "Cup", stock=5000)
        super().setUp()
        self.tells_returns = self.simulator.code == "shopify"
        self.env["account.tax"].create(
            {
                "name": "VAT 20 incl.",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )

    def open_shop(self):
        """Extend: more is offered, and as many calls as a life needs are answered."""
        super().open_shop()
        self.shop.rate_factor = 1e5
        self.shop.add_product("CUP", "Cup", quantity=500)
        offer_set(self)
        self.told, self.first_cursor = [], self.store.cursor
        self.news()

    def present(self):
        """Override: within the ten minutes that clocks may differ, and what moves money shows."""
        self.shop.now = max(self.shop.now, datetime.now(timezone.utc) - timedelta(minutes=9))

    @mute_logger(SENDER, HTTP)
    def test_goods_and_money_are_as_the_shop_has_them(self):
        for seed in range(int(FIRST), int(LAST or FIRST) + 1):
            self.live(seed)

    def live(self, seed):
        """Live one life, at a shop of its own."""
        self.open_shop()
        Life(self, seed).live()

    def bring(self, news):
        """Extend: what came is remembered."""
        self.told += [piece for piece in news if piece not in self.told]
        return super().bring(news)

    def hear_all(self):
        """Have the shop do all it is sent, and hear of all that it did."""
        for _round in range(8):
            self.shop.tick(2)
            self.settle(also_poll=True)
            self._pay_refunds()
            waiting = self.messages(direction="out", state="pending")
            if not waiting:
                break
            waiting.write({"next_try_at": False})
        # What the last round sent has its echo, too.
        self.settle(also_poll=True)
        self._run_lanes("slow")

    def _pay_refunds(self):
        """Somebody pays the refunds that a shop only wrote down."""
        due = self.env["oms.order.refund"].search([("channel_id", "=", self.store.id)])
        for refund in due.filtered("to_pay"):
            refund.action_mark_paid()


for _code, _simulator in simulated_shops().items():
    _case = type(FaultBench)(
        f"TestOrderLives{_code.title()}",
        (OrderLives, FaultBench),
        {"simulator": _simulator, "__module__": __name__, "__doc__": f"Lives at {_code}."},
    )
    globals()[_case.__name__] = _case
del _case
