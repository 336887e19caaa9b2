"""Why is this number 7? The rows always add up to the figure shown."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.oms_addon.tools.availability import Terms, count, explain, show

from .test_oms_availability import AvailabilityCommon

PLUS = st.floats(0, 10_000).map(lambda x: round(x, 3))
MINUS = PLUS.map(lambda x: -x)
TERMS = st.builds(
    Terms,
    on_hand=st.floats(-100, 10_000).map(lambda x: round(x, 3)),
    reserved=MINUS,
    waiting=MINUS,
    safety=MINUS,
    arriving=PLUS,
    buffer=st.floats(-500, 500).map(lambda x: round(x, 3)),
    reserves=MINUS,
    carts=MINUS,
)


@tagged("standard", "post_install", "-at_install")
class TestExplain(BaseCase):
    @settings(max_examples=500, deadline=None)
    @given(
        TERMS,
        st.floats(0, 100),
        st.sampled_from([0.25, 1.0, 2.0, 3.0, 6.0, 1.5]),
        st.integers(0, 50),
        st.integers(0, 50),
    )
    def test_rows_sum_to_the_figure_whatever_the_terms(self, terms, percent, units, cap, minimum):
        figure = show(count(terms.sellable(percent), units), cap, minimum)
        steps = explain(terms, percent, units, cap, minimum)
        self.assertEqual(sum(step.change for step in steps), Decimal(figure))
        self.assertEqual(steps[-1].total, Decimal(figure))
        self.assertGreaterEqual(figure, 0)
        running = Decimal(0)
        for step in steps:
            running += step.change
            self.assertEqual(step.total, running)

    def test_what_changes_nothing_is_no_row(self):
        steps = explain(Terms(on_hand=7.0))
        self.assertEqual([(s.name, s.change, s.total) for s in steps], [("on_hand", 7, 7)])

    def test_every_kind_of_row(self):
        terms = Terms(100.0, -10.0, -5.0, -4.0, 20.0, -2.0, -8.0, -3.0)
        steps = explain(terms, percent=50, units=6, cap=5, minimum=0)
        self.assertEqual(
            [(s.name, str(s.change)) for s in steps][:9],
            [
                ("on_hand", "100"),
                ("reserved", "-10"),
                ("waiting", "-5"),
                ("safety", "-4"),
                ("arriving", "20"),
                ("buffer", "-2"),
                ("reserves", "-8"),
                ("carts", "-3"),
                ("percent", "-44"),
            ],
        )
        self.assertEqual(
            [(s.name, float(s.total)) for s in steps][9:],
            [("units", 7.333333), ("rounding", 7.0), ("cap", 5.0)],
        )


class TestWhy(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "why_agent", groups="base.group_user,oms_addon.oms_addon_group_agent"
        )

    def _explain(self, **values):
        engine = self.engine.with_user(self.agent)
        return engine.explain_number(self.channel.id, **{"product_id": self.cup.id, **values})

    def test_each_row_opens_its_records_and_their_sum_is_the_figure(self):
        self._serve(self._make_order((self.cup, 2)))
        self._confirm(self._make_order((self.cup, 1)))
        self.channel.write({"stock_buffer": 1})
        self.env["oms.channel.reserve"].create(
            {"channel_id": self.other.id, "product_id": self.cup.id, "quantity": 2}
        )
        self.env["oms.cart.reservation"]._reserve(self.channel, "c1", {self.cup.id: 1})
        found = self._explain()
        self.assertEqual(
            [(row["name"], row["change"]) for row in found["rows"]],
            [
                ("on_hand", 10.0),
                ("reserved", -2.0),
                ("waiting", -1.0),
                ("buffer", -1.0),
                ("reserves", -2.0),
                ("carts", -1.0),
            ],
        )
        self.assertEqual((found["number"], self._number()), (3, 3))
        sums = {
            "on_hand": ("stock.quant", "quantity"),
            "reserved": ("stock.move.line", "quantity"),
            "waiting": ("stock.move", "product_qty"),
            "reserves": ("oms.channel.reserve", "left"),
            "carts": ("oms.cart.reservation", "quantity"),
        }
        for row in found["rows"]:
            if row["name"] in sums:
                model, field = sums[row["name"]]
                with self.subTest(row=row["name"]):
                    self.assertEqual(row["action"]["res_model"], model)
                    records = self.env[model].search(row["action"]["domain"])
                    self.assertEqual(sum(records.mapped(field)), abs(row["change"]))
            elif row["name"] == "buffer":
                self.assertEqual(row["action"]["res_id"], self.channel.id)

    def test_a_bundle_is_told_by_its_scarcest_good(self):
        listing = self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SET",
                "component_ids": [
                    (0, 0, {"product_id": self.mug.id, "quantity": 2}),
                    (0, 0, {"product_id": self.cup.id, "quantity": 3}),
                ],
            }
        )
        found = self._explain(product_id=None, listing_id=listing.id)
        self.assertEqual((found["number"], found["product"]), (3, self.cup.display_name))
        self.assertEqual(
            [(row["name"], row["total"]) for row in found["rows"]],
            [("on_hand", 10.0), ("units", 3.333333), ("rounding", 3.0)],
        )
        self.assertEqual([other["number"] for other in found["others"]], [50])
        action = listing.with_user(self.agent).action_why()
        self.assertEqual(action["name"], "Explanation of 3 Units")

    def test_what_is_not_counted_has_no_rows(self):
        service = self._make_product("WRAP", "Gift wrap", is_storable=False)
        found = self._explain(product_id=service.id)
        self.assertEqual((found["number"], found["rows"]), (None, []))

    def test_a_listing_that_is_no_product_yet_says_so(self):
        listing = self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "NEW"}
        )
        with self.assertRaisesRegex(UserError, "not linked to a product"):
            listing.action_why()

    def test_strangers_and_people_of_other_companies_are_told_nothing(self):
        stranger = new_test_user(self.env, "why_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.engine.with_user(stranger).explain_number(self.channel.id, self.cup.id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["oms.channel"].create(
            {"name": "Foreign", "adapter": "canonical", "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            self.engine.with_user(self.agent).explain_number(foreign.id, self.cup.id)

    def test_a_place_of_another_channel_is_none_of_this_one(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["oms.channel"].create(
            {"name": "Foreign", "adapter": "canonical", "company_id": company.id}
        )
        depot = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        self._put_stock(self.cup, depot, 77)
        place = self.env["oms.channel.location"].create(
            {
                "channel_id": foreign.id,
                "ref": "1",
                "name": "Secret",
                "warehouse_ids": depot.ids,
            }
        )
        found = self._explain(location_id=place.id)
        self.assertEqual((found["number"], found["place"]), (10, ""))
