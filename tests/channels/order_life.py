"""One order's life at a simulated shop: what can happen to it, and what has to be true then."""

import random
from collections import Counter
from decimal import Decimal

from odoo.fields import Command

from .order_life_truth import GOODS, TOO_LATE, LifeTruth

#: what can happen to an order: how often, and what a shop must have for it
EVENTS = {
    "items refunded": (4, "refund"),
    "items returned": (3, "refund"),
    "amount refunded": (2, "refund"),
    "all refunded": (1, "refund"),
    "line added": (2, "edit"),
    "address changed": (3, "address"),
    "touched": (2, ""),
    "shipped there": (3, "ship_there"),
    "shipped here": (2, ""),
    "item shipped here": (4, ""),
    "rest cancelled here": (2, ""),
    "cancelled here": (1, ""),
    "cancelled there": (1, ""),
    "reopened there": (6, "reopen"),
}
#: what staff of the shop do, so that more of it may happen before anybody hears of it
AT_THE_SHOP = {
    "items refunded",
    "items returned",
    "amount refunded",
    "address changed",
    "touched",
    "shipped there",
}
#: ways in which the news of the shop comes
WAYS = ("as it is", "as it is", "as it is", "twice", "backwards", "late", "by polling alone")
ROUND = {"MUG": "10.00", "POT": "5.00", "CUP": "3.00", "SET": "25.00"}
ODD = {"MUG": "9.99", "POT": "5.03", "CUP": "3.07", "SET": "25.01"}
SHAPES = {
    "plain": (ROUND, {}),
    "taxed": (ODD, {"tax_rate": "20", "shipping": "4.95"}),
    "discounted": (ODD, {"tax_rate": "20", "shipping": "4.95", "discount": "1.37"}),
}


class Life(LifeTruth):
    """One order at a shop, and what is known of it from what happened.

    :param case: a ``FaultBench`` whose products have the SKUs of ``GOODS``
    :param int seed: which life it is
    """

    def __init__(self, case, seed):
        self.case, self.shop = case, case.shop
        self.random = random.Random(seed)
        self.shape = self.random.choice(sorted(SHAPES))
        self.prices, shape = SHAPES[self.shape]
        skus = self.random.choice((("MUG", "POT"), ("MUG", "POT"), ("MUG", "SET")))
        self.open = Counter({sku: self.random.randint(1, 4) for sku in skus})
        #: pieces that left and were not given back, and all units that left, by product
        self.gone, self.left = Counter(), Counter()
        self.story = [f"life {seed} of a {self.shape} order", dict(self.open)]
        self.late = []
        #: deliveries that left for an address of before, and codes of exceptions there are
        self.left_here = case.env["stock.picking"]
        self.held = set()
        self.cancelled = ""
        self.is_over = False
        case.store.auto_ship = False
        lines = [(sku, count, self.prices[sku]) for sku, count in self.open.items()]
        self.ref, self.order = case.captured(lines, **shape)
        case.poll()
        self.placed = self.truth()["paid"]

    def truth(self):
        return self.shop.orders()[self.ref]

    def live(self):
        """Let several things happen, and all be shipped that is left then; check after each."""
        case = self.case
        self.check()
        for _step in range(self.random.randint(3, 8)):
            happened = self._happen(EVENTS)
            if happened and happened <= AT_THE_SHOP and self.random.random() < 0.4:
                happened |= self._happen(AT_THE_SHOP)
            if happened:
                self.hear(self.random.choice(WAYS))
                self.check()
                self.decide()
            if self.is_over:
                break
        case.bring(self.late)
        self.late = []
        if not self.is_over:
            self._happen({"shipped here"})
        case.hear_all()
        self.check()
        if not self.is_over:
            self.check_books()
        self.check_again()

    # === WHAT HAPPENS === #

    def _happen(self, events):
        """:return: the event that happened, of some; none when none of those that were tried can"""
        names = sorted(name for name in events if EVENTS[name][1] not in self.shop.lacks)
        weights = [EVENTS[name][0] for name in names]
        for _try in range(6):
            [event] = self.random.choices(names, weights)
            sku = self.random.choice(sorted(self.open))
            if getattr(self, event.replace(" ", "_"))(sku) is not False:
                self.story.append(f"{event} ({sku})")
                return {event}
        return set()

    def _is_open(self):
        return any(self.open.values()) and not self.cancelled

    def _refund(self, lines, **values):
        self.shop.refund_order(self.ref, lines, **values)

    def _lines(self, sku, count):
        """:return: pieces of a line as the shop gives them back: at what was paid for them"""
        return [(sku, count)]

    def _is_worth(self, sku):
        """:return: whether so much is left of the money as a piece costs"""
        truth = self.truth()
        return truth["paid"] - truth["refunded"] >= Decimal(self.prices[sku])

    def items_refunded(self, sku):
        if not self.open[sku] or self.cancelled or not self._is_worth(sku):
            return False
        self._refund(self._lines(sku, 1))
        self.open[sku] -= 1

    def items_returned(self, sku):
        if not self.gone[sku] or self.cancelled or not self._is_worth(sku):
            return False
        if self.open[sku] and not self.case.tells_returns:
            # Nobody but the shop knows which of them a refund is about.
            return False
        self._refund(self._lines(sku, 1), returned=True)
        self.gone[sku] -= 1

    def amount_refunded(self, _sku):
        left = self.truth()["paid"] - self.truth()["refunded"]
        if left < 10 or sum((self.open + self.gone).values()) < 2 or self.cancelled:
            return False
        self._refund((), amount="1.00")

    def all_refunded(self, _sku):
        truth = self.truth()
        left = truth["paid"] - truth["refunded"]
        if not left or self.cancelled or any(self.gone.values()):
            return False
        lines = [(sku, count) for sku, count in self.open.items() if count]
        self._refund(lines, **({} if self.case.adapter._has_refund_ledger else {"amount": left}))
        self._nothing_is_open()

    def line_added(self, _sku):
        if "CUP" in self.open or not self._is_open():
            return False
        self.shop.add_line(self.ref, "CUP", 2, self.prices["CUP"])
        self.open["CUP"] = 2
        if self.case.adapter._charges_are_totals:
            # Nobody tells whether it was paid.
            self.held.add("UNDERPAID")
            self.is_over = True
        else:
            self.shop.pay(self.ref)

    def address_changed(self, _sku):
        if not self._is_open():
            return False
        city = "Leeds" if self.order.partner_shipping_id.city == "York" else "York"
        self.shop.change_address(self.ref, city)
        if self.left_here:
            self.held.add(TOO_LATE)

    def touched(self, _sku):
        self.shop.touch(self.ref)

    def shipped_there(self, sku):
        if not self.open[sku] or self.cancelled:
            return False
        self.shop.ship_there(self.ref, sku, 1)
        self._leave(sku, 1)

    def shipped_here(self, _sku):
        if not self._is_open():
            return False
        todo = self._todo()
        self.case.ship(self.order)
        self.case.store.auto_ship = False
        self.left_here |= todo
        for sku, count in list(self.open.items()):
            self._leave(sku, count)

    def item_shipped_here(self, sku):
        moves = self._todo().move_ids.filtered(lambda m: m.sale_line_id.oms_sku == sku)
        if self.cancelled or set(moves.mapped("state")) != {"assigned"}:
            return False
        picking = moves[0].picking_id
        for code, units in GOODS[sku].items():
            [move] = moves.filtered(lambda m, code=code: m.product_id.default_code == code)
            move.write({"quantity": units, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        picking.action_oms_no_tracking()
        self.left_here |= picking
        self._leave(sku, 1)

    def rest_cancelled_here(self, _sku):
        if not self._is_open() or not any(self.gone.values()):
            return False
        self.case.present()
        self.order.action_cancel()
        self._nothing_is_open()

    def cancelled_here(self, _sku):
        if not self._is_open() or any(self.left.values()):
            return False
        self.case.present()
        self.order.action_cancel()
        self.cancelled = "here"
        self._nothing_is_open()

    def cancelled_there(self, _sku):
        if not self._is_open() or any(self.left.values()):
            return False
        self.shop.cancel_order(self.ref)
        self.cancelled = "there"
        self.before = self.open
        self._nothing_is_open()

    def reopened_there(self, _sku):
        if self.cancelled != "there":
            return False
        self.shop.reopen_order(self.ref)
        self.cancelled = ""
        self.open = self.before

    def _nothing_is_open(self):
        self.open = Counter(dict.fromkeys(self.open, 0))

    def _leave(self, sku, count):
        self.open[sku] -= count
        self.gone[sku] += count
        for code, units in GOODS[sku].items():
            self.left[code] += units * count

    # === WHO HEARS OF IT === #

    def hear(self, way):
        """Let the news come in some way, and all be done that follows from it."""
        case = self.case
        self.story.append(way)
        news = case.news()
        if way == "late" and case.sends:
            news, self.late = self.late, news
        elif way == "by polling alone" and case.sends:
            news = []
        elif way == "backwards":
            news = news[::-1]
        case.bring(news)
        case.work()
        if way == "twice":
            case.bring(news)
        case.hear_all()

    def decide(self):
        """A person does what exceptions of the life ask for."""
        holds = self.order.oms_hold_ids.filtered(lambda h: h.state == "open")
        holds.filtered(lambda h: h.reason_code == TOO_LATE).action_release()
        self.held.discard(TOO_LATE)
        self.case.work()


def offer_set(case):
    """Offer a bundle of two mugs and a pot at the shop, and say so here."""
    case.shop.add_product("SET", "Set", quantity=500)
    case.map_sku("SET", case.mug)
    case.env["oms.channel.listing"].search(
        [("channel_id", "=", case.store.id), ("sku", "=", "SET")]
    ).write(
        {
            "product_id": False,
            "component_ids": [
                Command.create({"product_id": case.mug.id, "quantity": 2}),
                Command.create({"product_id": case.pot.id}),
            ],
        }
    )
