"""A customer of any shop is erased, and nothing says who it was, whichever channel told it."""

import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..channels.fault_bench import FaultBench, simulated_shops
from .personal_world import EMAIL, NAME, NOTE, PersonalWorld

LANE = "odoo.addons.oms_addon.models.message.oms_channel_message_processing"


class ErasedInShop(PersonalWorld):
    def test_nothing_says_who_a_customer_of_the_shop_was(self):
        # An index entry of ours, or of the shop, is no sale: each message is kept as it came.
        ref, order = self.captured(name=NAME, email=EMAIL, note=NOTE)
        self.ship(order)
        self.settle()
        [first, *_others] = self.messages(direction="in", order_ref=ref)
        self.store._receive(first.topic, first.event_ref, json.dumps({"to": EMAIL}).encode())
        with mute_logger(LANE):
            self.store._receive("orders/create", "broken", f'{{"email": "{EMAIL}",'.encode())
            self._run_lanes("inbox")
        self.close(order)
        self.assertIn("oms_channel_message.payload", self.walk())
        privacy = self.env["oms.privacy"]
        person = privacy._person(order.partner_id, self.company)
        self.assertEqual(privacy._obstacle(person), "")
        privacy._erase(person)
        self.assertEqual(self.walk() - {"account_move.oms_billing_address"}, set())
        digests = self.messages(direction="in", order_ref=ref).mapped("digest")
        # All of it comes again: it is known, and nothing is kept of it.
        self.poll()
        self.settle(also_poll=True)
        self.assertEqual(self.walk() - {"account_move.oms_billing_address"}, set())
        self.assertLessEqual(
            set(digests), set(self.messages(direction="in", order_ref=ref).mapped("digest"))
        )
        self.assertEqual(self.one(ref), order)


for _code, _shop in simulated_shops().items():
    _name = f"TestErasedIn{_code.title().replace('_', '')}"
    globals()[_name] = tagged("standard", "post_install", "-at_install")(
        type(_name, (ErasedInShop, FaultBench), {"simulator": _shop, "__module__": __name__})
    )
