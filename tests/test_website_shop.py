"""Odoo's own shop with the eCommerce app really installed, in processes of their own."""

from .stories import StoryCase


class TestWebsiteShop(StoryCase):
    addons = ("website_sale", "payment_demo")

    def test_an_order_of_the_website_walks_from_its_cart_to_the_door(self):
        found = self.run_story("website_story.py")
        self.assertEqual(found["paid"], self._paid())
        self.assertEqual(found["greedy"], 15)
        self.assertEqual(found["captured"], self._captured())
        self.assertEqual(
            found["cancelled"],
            {
                "reserved": 3.0,
                "deliveries": ["assigned"],
                "progress": "cancelled",
                "deliveries_after": ["cancel"],
                "back": 0.0,
            },
        )
        self.assertEqual(found["missed"], {"paused": False, "live": True})
        self.assertEqual(
            found["kept"],
            {
                "added": True,
                "others_see": 1.0,
                "rival_gets": 1,
                "kept": True,
                "too_late": True,
                "in_time": False,
                "consumed": True,
            },
        )

        self.assertEqual(
            found["cash"],
            self._facts(
                money="unpaid",
                total=10.0,
                invoices=["not_paid"],
                payments=[],
                method="cash_on_delivery",
                terms="cod",
                later="sale",
            ),
        )

    def _facts(self, **values):
        """:return: what is known of an order of two mugs, confirmed and paid"""
        return {
            "of_channel": True,
            "state": "sale",
            "progress": "waiting",
            "waits": True,
            "money": "paid",
            "total": 20.0,
            "deliveries": ["done"],
            "invoices": ["paid"],
            "payments": [20.0],
            "transactions": 1,
            **values,
        }

    def _paid(self):
        """:return: 20 mugs less 3 that are kept back, of which 2 are sold: once"""
        nothing = {"progress": False, "waits": False, "deliveries": [], "invoices": []}
        return {
            "offered": 17.0,
            "added": 2,
            "cart": self._facts(
                of_channel=False,
                state="draft",
                money=False,
                payments=[],
                transactions=0,
                **nothing,
            ),
            "joined": self._facts(
                progress="running", waits=False, deliveries=["confirmed"], invoices=[]
            ),
            # All that is left is the carrier's word.
            "walked": self._facts(),
            "again": True,
            "left": 15.0,
        }

    def _captured(self):
        """:return: authorised money ships nothing; its two captures are counted, not it"""
        return {
            "held": self._facts(
                money="authorized", deliveries=["assigned"], invoices=[], payments=[]
            ),
            "walked": self._facts(payments=[5.0, 15.0], transactions=3),
            "money": [20.0, 4.0, 16.0],
        }
