"""Bundles and multipacks: one line for each product, the channel's amount to the cent."""

from datetime import datetime, timezone
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tools import float_round

from odoo.addons.oms_addon.documents.order import Line, OrderDocument
from odoo.addons.oms_addon.models.listing.oms_channel_listing_resolve import Part
from odoo.addons.oms_addon.models.order.lookups import Lookups

from ..common import OmsCommon

CENT = Decimal("0.01")


class BundleCommon(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pot.list_price = 30.0
        cls.set = cls.env["oms.channel.listing"].create(
            {
                "channel_id": cls.channel.id,
                "sku": "SET",
                "component_ids": [
                    Command.create({"product_id": cls.mug.id, "quantity": 2}),
                    Command.create({"product_id": cls.pot.id}),
                ],
            }
        )
        cls.six = cls.env["oms.channel.listing"].create(
            {
                "channel_id": cls.channel.id,
                "sku": "SIX",
                "product_id": cls.mug.id,
                "multiplier": 6,
            }
        )

    def _order_of(self, ref, *lines, **values):
        return self._capture(self._document(ref, lines, **values))

    def _units(self, order, *args):
        """:return: units by product of what some pieces of a channel line are"""
        units = self.env["oms.order.canceller"]._oms_units_of(order, *args)
        return {line.product_id.default_code: quantity for line, quantity in units.items()}


class TestBundle(BundleCommon):
    def test_a_bundle_is_matched_and_says_what_it_is_made_of(self):
        self.assertRecordValues(
            self.set + self.six,
            [
                {"state": "matched", "content": "2 × [MUG] Mug + 1 × [POT] Pot"},
                {"state": "matched", "content": "6 × [MUG] Mug"},
            ],
        )
        self.set.component_ids = [Command.clear()]
        self.assertRecordValues(self.set, [{"state": "unmatched", "content": ""}])

    def test_it_becomes_a_line_for_each_product_split_by_their_prices(self):
        order = self._order_of("A1", ("SET", 3, "29.99"))
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.mug.id,
                    "product_uom_qty": 6.0,
                    "price_subtotal": 35.98,
                    "oms_sku": "SET",
                    "oms_line_ref": "1",
                    "oms_channel_qty": 3.0,
                    "oms_piece_units": 2.0,
                },
                {
                    "product_id": self.pot.id,
                    "product_uom_qty": 3.0,
                    "price_subtotal": 53.99,
                    "oms_sku": "SET",
                    "oms_line_ref": "1",
                    "oms_channel_qty": 3.0,
                    "oms_piece_units": 1.0,
                },
            ],
        )
        self.assertEqual(order.amount_total, 89.97)
        self.assertEqual(self._holds(order), [])

    def test_the_price_can_be_split_by_given_shares(self):
        mug, pot = self.set.component_ids
        mug.share, pot.share = 75, 25
        self.set.split_by = "share"
        order = self._order_of("A1", ("SET", 1, "10.00"))
        self.assertEqual(order.order_line.mapped("price_subtotal"), [7.5, 2.5])

    def test_an_alias_of_a_bundle_is_the_bundle(self):
        self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "SET-OLD", "alias_of_id": self.set.id}
        )
        order = self._order_of("A1", ("set-old", 1, "10.00"))
        self.assertEqual(order.order_line.product_id, self.mug + self.pot)
        self.assertEqual(order.order_line.mapped("oms_sku"), ["set-old"] * 2)

    def test_a_discount_is_shared_too(self):
        document = self._document("A1", [("SET", 1, "50.00")], total="45.00")
        document["lines"][0]["discount"] = "5.00"
        order = self._capture(document)
        self.assertEqual(order.order_line.mapped("price_subtotal"), [18.0, 27.0])
        self.assertEqual(order.order_line.mapped("discount"), [10.0, 10.0])

    def test_there_are_as_many_as_the_scarcest_product_allows(self):
        available = self.env["oms.channel.stock"]._available(self.channel, self.set + self.six)
        self.assertEqual(available, {(self.set.id, False): 50, (self.six.id, False): 16})
        Listing = self.env["oms.channel.listing"]
        self.assertEqual(Listing._of_products(self.channel, self.pot.ids), self.set)
        self.assertEqual(Listing._of_products(self.channel, self.mug.ids), self.set + self.six)

    def test_an_order_waits_until_the_bundle_is_made(self):
        message = self._receive(self._document("A1", [("DUO", 1, "10.00")]))
        self._run_lanes()
        self.assertEqual(message.state, "parked")
        duo = self.env["oms.channel.listing"].create({"channel_id": self.channel.id, "sku": "DUO"})
        duo.component_ids = [Command.create({"product_id": p.id}) for p in self.mug + self.pot]
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.order_id.order_line.product_id, self.mug + self.pot)


class TestPieces(BundleCommon):
    def test_pieces_are_found_by_line_id_in_units(self):
        order = self._order_of("A1", ("SET", 3, "30.00"), ("SIX", 2, "60.00"), ("MUG", 4, "10.00"))
        self.assertEqual(self._units(order, "1", "", 2), {"MUG": 4.0, "POT": 2.0})
        self.assertEqual(self._units(order, "2", "", 1), {"MUG": 6.0})
        self.assertEqual(self._units(order, "3", "", 4), {"MUG": 4.0})
        self.assertEqual(self._units(order, "", "six", 2), {"MUG": 12.0})
        self.assertEqual(self._units(order, "9", "SET", 1), {})

    def test_no_more_is_found_than_is_left(self):
        order = self._order_of("A1", ("SET", 3, "30.00"))
        mug, pot = order.order_line
        pot.oms_cancelled_qty = 2
        self.assertEqual(self._units(order, "1", "", 3), {"MUG": 2.0, "POT": 1.0})
        units, left = self.env["oms.order.canceller"]._find_units(order, "1", "", 3)
        self.assertEqual((units, left), ({mug: 2.0, pot: 1.0}, 2.0))

    def test_without_line_ids_the_lines_of_a_bundle_still_belong_together(self):
        document = self._document("A1", [("SET", 1, "30.00"), ("SET", 2, "30.00")])
        for line in document["lines"]:
            del line["ref"]
        order = self._capture(document)
        self.assertEqual(len(order.order_line), 4)
        self.assertEqual(
            [lines.mapped("product_uom_qty") for lines in order.order_line._oms_channel_lines()],
            [[2.0, 1.0], [4.0, 2.0]],
        )
        units = self.env["oms.order.canceller"]._oms_units_of(order, "", "SET", 3)
        self.assertEqual(units, {l: l.product_uom_qty for l in order.order_line})

    def test_units_are_said_in_pieces_again(self):
        order = self._order_of("A1", ("SET", 3, "30.00"), ("SIX", 2, "60.00"))
        mug, pot, six = order.order_line
        self.assertEqual(mug._oms_channel_quantity(4), 2.0)
        self.assertEqual(six._oms_channel_quantity(6), 1.0)
        lines = order.order_line
        self.assertEqual(
            lines._oms_complete_pieces({mug: 6.0, pot: 1.0, six: 11.0}), {mug: 1, six: 1}
        )
        self.assertEqual(lines._oms_complete_pieces({mug: 6.0}), {mug: 0, six: 0})

    def test_cancelling_pieces_takes_off_their_units(self):
        order = self._order_of("A1", ("SET", 3, "30.00"), ("SIX", 2, "60.00"), paid=False)
        lines = [
            {"line_ref": "1", "sku": "SET", "quantity": "1"},
            {"sku": "SIX", "quantity": "1", "unit_price": "60.00"},
        ]
        message = self._receive(self._cancellation("A1", lines=lines), "x1")
        self._run_lanes("inbox")
        self.assertEqual((message.state, message.error), ("done", "Units cancelled."))
        self.assertRecordValues(
            order.order_line,
            [
                {"product_uom_qty": 4.0, "oms_cancelled_qty": 2.0},
                {"product_uom_qty": 2.0, "oms_cancelled_qty": 1.0},
                {"product_uom_qty": 6.0, "oms_cancelled_qty": 6.0},
            ],
        )

    def test_a_cancelled_bundle_is_credited_with_its_own_cents_not_those_of_its_parts(self):
        self.channel.auto_ship = False
        order = self._order_of("A1", ("SET", 2, "25.02"))
        # Halves of 20.01 and 30.03 would both be rounded up.
        self.assertEqual(order.order_line.mapped("price_total"), [20.01, 30.03])
        lines = [{"line_ref": "1", "sku": "SET", "quantity": "1"}]
        self._receive(self._cancellation("A1", lines=lines), "x1")
        self._run_lanes("inbox")
        note = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(note.amount_total, 25.02)
        self.assertEqual(note.invoice_line_ids.mapped("price_total"), [10.0, 15.02])
        self.assertEqual(order.order_line.mapped("price_total"), [10.01, 15.01])
        self.assertEqual(order.amount_total, 25.02)

    def test_a_bundle_that_came_back_is_credited_with_what_the_channel_gave_back_for_it(self):
        self.channel.auto_ship = True
        document = self._document("A1", [("SET", 2, "25.02")])
        order = self._capture(document)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [4.0, 2.0])
        refund = {
            "ref": "9",
            "at": "2026-03-02T08:00:00Z",
            "amount": "25.02",
            "lines": [{"line_ref": "1", "quantity": "1", "returned": True}],
        }
        back = {**document["charges"][0], "ref": "R", "kind": "refund", "amount": "25.02"}
        self._capture(
            {
                **document,
                "version": "2",
                "updated_at": "2026-03-02T09:00:00Z",
                "charges": [*document["charges"], back],
                "refunds": [refund],
            }
        )
        note = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((note.amount_total, note.amount_residual), (25.02, 0.0))
        self.assertEqual(self._holds(order), [])


class TestArithmetic(BundleCommon):
    """Whatever price, quantity, discount and tax: the lines make the channel's amount."""

    @given(
        price=st.decimals(min_value=0, max_value=5000, places=2),
        quantity=st.integers(min_value=1, max_value=50),
        percent=st.integers(min_value=0, max_value=100),
        prices=st.lists(
            st.tuples(st.decimals(0, 500, places=2), st.integers(1, 12)), min_size=1, max_size=5
        ),
        digits=st.sampled_from(["1", "0.01", "0.001"]),
    )
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_subtotals_of_a_bundle_make_the_channels(
        self, price, quantity, percent, prices, digits
    ):
        unit = Decimal(digits)
        discount = (price * quantity * percent / 100).quantize(CENT)
        line = Line(
            sku="SET",
            quantity=Decimal(quantity),
            unit_price=price,
            discount=min(discount, price * quantity),
            taxes=(),
        )
        parts = tuple(Part(self.mug, float(units), p * units) for p, units in prices)
        key = self.env["oms.channel.listing"]._get_identifiers(line)
        known = Lookups(goods={key: parts}, taxes={})
        document = OrderDocument(
            ref="A1",
            placed_at=datetime(2026, 3, 1, tzinfo=timezone.utc),
            prices_include_tax=True,
            currency="EUR",
            lines=(line,),
        )
        vals_list = self.env["oms.order.builder"]._prepare_parts(
            self.channel, document, line, known, 10, unit
        )
        self.assertEqual(len(vals_list), len(parts))
        made = sum(
            self._rounded(
                vals["product_uom_qty"] * vals["price_unit"] * (1 - vals["discount"] / 100), unit
            )
            for vals in vals_list
        )
        self.assertEqual(made, self._rounded(float(line.subtotal), unit))

    def _rounded(self, amount, unit):
        rounded = float_round(amount, precision_rounding=float(unit))
        return Decimal(str(rounded)).quantize(unit)

    def test_with_tax_in_the_price_the_order_is_the_channels_total(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 19, "price_include_override": "tax_included"}
        )
        for number, (price, quantity, discount) in enumerate(
            [("9.99", 7, "0"), ("0.01", 1, "0"), ("33.33", 3, "7.77"), ("1.07", 11, "0.13")]
        ):
            total = Decimal(price) * quantity - Decimal(discount)
            document = self._document(f"T{number}", [("SET", quantity, price)], total=f"{total}")
            document["lines"][0] |= {"discount": discount, "taxes": [{"rate": "19"}]}
            with self.subTest(price=price):
                order = self._capture(document)
                self.assertEqual(order.order_line.tax_ids, tax)
                self.assertEqual(order.amount_total, float(total))
                self.assertEqual(len(order.order_line), 2)
