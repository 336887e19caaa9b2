"""What comes after something was given back: changes, shipments of others, a second message."""

from odoo.fields import Command

from ..common import OmsCommon
from .test_rounded_shares import RoundedShares


class TestChangesAfterRefunds(RoundedShares):
    """Three mugs of 11.988 that make 35.96; a refund leaves them at another price here."""

    def test_a_line_whose_price_a_refund_moved_by_a_cent_costs_what_it_did(self):
        order = self._capture(self.document())
        refund = self.refund([("M", 2, "23.98"), ("S", 0, "8.40")], "32.38")
        self._capture(self.document(2, refunds=[refund]))
        line = order.order_line.filtered(lambda l: l.oms_line_ref == "M")
        self.assertEqual((self.parts(order)["M"], line.oms_channel_price), ((1.0, 11.98), 11.9868))
        moved = {**self.document()["shipping"], "city": "York"}
        self._capture(self.document(3, refunds=[refund], shipping=moved))
        self.assertEqual(self.holds(order), [])
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual(self.parts(order)["M"], (1.0, 11.98))

    def test_a_line_all_of_which_was_refunded_for_more_needs_no_rounding_line(self):
        order = self._capture(self.document(mugs=(2, "19.98")))
        refunds = [{**self.refund([("M", 1, "10.00")], "10.00"), "ref": ref} for ref in ("8", "9")]
        self._capture(self.document(2, (2, "19.98"), refunds))
        moved = {**self.document()["shipping"], "city": "York"}
        self._capture(self.document(3, (2, "19.98"), refunds, shipping=moved))
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual(set(order.order_line.mapped("oms_kind")), {"product", "shipping"})
        self.assertEqual(order.amount_total, 36.4)

    def test_a_line_whose_price_a_refund_moved_by_a_cent_may_become_dearer_there(self):
        order = self._capture(self.document())
        refund = self.refund([("M", 2, "23.98"), ("S", 0, "8.40")], "32.38")
        self._capture(self.document(2, refunds=[refund]))
        self._capture(self.document(3, (3, "35.99"), refunds=[refund]))
        self.assertEqual(self.holds(order), ["ORDER_CHANGED"])

    def _with_rounding(self, version=1, cents="-0.02", **values):
        """:return: an order with a line without an id, as some channels leave of rounding"""
        document = self.document(version, **values)
        document["lines"].append(
            {
                "kind": "discount",
                "name": "Rounding",
                "quantity": "1",
                "unit_price": cents,
                "taxes": [],
            }
        )
        document["total"] = f"{float(document['total']) + float(cents):.2f}"
        document["charges"][0]["amount"] = "72.34"
        return document

    def test_a_line_of_cents_without_an_id_keeps_no_order_from_being_changed(self):
        order = self._capture(self._with_rounding())
        self.assertEqual((order.amount_total, self.holds(order)), (72.34, []))
        moved = {**self.document()["shipping"], "city": "York"}
        self._capture(self._with_rounding(2, shipping=moved))
        self.assertEqual(self.holds(order), [])
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual((len(order.order_line), order.amount_total), (4, 72.34))

    def test_cents_that_rounding_leaves_otherwise_become_a_line_once(self):
        order = self._capture(self._with_rounding())
        for version in (2, 3):
            self._capture(self._with_rounding(version, "-0.03"))
        self.assertEqual(self.holds(order), ["OVERPAID"])
        found = order.order_line.filtered(lambda l: l.oms_kind == "discount")
        self.assertEqual([round(price, 2) for price in found.mapped("price_unit")], [-0.02, -0.01])
        self.assertEqual(order.amount_total, 72.33)

    def test_a_discount_without_an_id_of_another_amount_is_a_decision(self):
        order = self._capture(self._with_rounding())
        self._capture(self._with_rounding(2, "-5.00"))
        self.assertEqual(self.holds(order), ["ORDER_CHANGED"])
        self.assertEqual(order.amount_total, 72.34)


class TestRefundsToTheCent(RoundedShares):
    """Taxes included at 20 %, so that a line's own total may be a cent off its price."""

    def setUp(self):
        super().setUp()
        self.taxes = [{"rate": "20"}]
        self.company.tax_calculation_rounding_method = "round_globally"

    def document(self, *args, **values):
        document = super().document(*args, **values)
        document["charges"][0]["amount"] = document["total"]
        return document

    def test_a_piece_is_credited_at_its_price_not_at_its_rounded_taxes(self):
        order = self._capture(self.document(mugs=(1, "9.99")))
        refund = self.refund([("M", 1, "9.99")], "9.99")
        self._capture(self.document(2, (1, "9.99"), [refund]))
        self.assertEqual(self.books(order)[0], [9.99])
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(notes.amount_residual, 0.0)

    def test_what_is_credited_is_what_the_line_costs_less(self):
        order = self._capture(self.document(mugs=(6, "50.02")))
        line = order.order_line.filtered(lambda l: l.oms_line_ref == "M")
        canceller = self.env["oms.order.canceller"]
        for _step in range(2):
            canceller._cancel_units({line: 2}, "Broken")
        notes, _left = self.books(order)
        self.assertEqual(notes, [16.67, 16.67])
        self.assertEqual(self.parts(order)["M"], (2.0, 16.68))
        invoice = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        self.assertEqual(round(invoice.amount_total - sum(notes), 2), order.amount_total)

    def test_the_last_piece_given_back_with_a_cent_too_much_credits_it_elsewhere(self):
        order = self._capture(self.document(mugs=(2, "19.69")))
        first = {**self.refund([("M", 1, "9.85")], "9.85"), "ref": "8"}
        self._capture(self.document(2, (2, "19.69"), [first]))
        second = self.refund([("M", 1, "9.85")], "9.85")
        self._capture(self.document(3, (2, "19.69"), [first, second]))
        self.assertEqual(self.books(order)[0], [0.01, 9.84, 9.85])
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_pieces_given_back_with_a_cent_too_much_each_are_credited_with_what_they_got(self):
        order, refunds = None, []
        for version in range(1, 5):
            order = self._capture(self.document(version, (4, "39.96"), list(refunds)))
            refund = self.refund([("M", 1, "10.00")], "10.00")
            refunds.append({**refund, "ref": str(version)})
        notes, left = self.books(order)
        # Two are left that cost 9.98 each: the cents of the third are of all lines.
        self.assertEqual(notes, [0.02, 9.98, 10.0, 10.0])
        self.assertEqual(set(left), {0.0})
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_a_cent_that_the_channel_kept_of_the_last_piece_is_owed_by_nobody(self):
        order = self._capture(self.document(mugs=(2, "19.69")))
        refunds = []
        for version, ref in ((2, "8"), (3, "9")):
            refunds.append({**self.refund([("M", 1, "9.84")], "9.84"), "ref": ref})
            self._capture(self.document(version, (2, "19.69"), list(refunds)))
        self.assertEqual(self.books(order)[0], [9.84, 9.84])
        self.assertEqual(order.oms_refund_ids.sorted("id").mapped("kept"), [0.0, 0.01])
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))


class TestBundleRefunds(OmsCommon):
    def test_a_bundle_is_credited_with_what_was_given_back_for_it(self):
        self.channel.auto_ship = False
        self.pot.list_price = 5.0
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SET",
                "component_ids": [
                    Command.create({"product_id": self.mug.id, "quantity": 2}),
                    Command.create({"product_id": self.pot.id}),
                ],
            }
        )
        document = self._document("B1", [("SET", 3, "24.66")], total="73.96")
        document["lines"][0]["discount"] = "0.02"
        order = self._capture(document)
        refund = {
            "ref": "1",
            "at": "2026-03-02T08:00:00Z",
            "amount": "24.64",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "24.64"}],
        }
        charge = {**document["charges"][0], "ref": "R1", "kind": "refund", "amount": "24.64"}
        self._capture(
            {
                **document,
                "version": "2",
                "updated_at": "2026-03-02T09:00:00Z",
                "refunds": [refund],
                "charges": [*document["charges"], charge],
            }
        )
        note = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((note.amount_total, note.amount_residual), (24.64, 0.0))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4.0, 2.0])
        self.assertEqual((order.amount_total, order.oms_balance_due), (49.32, 0.0))
        self.assertEqual(self._holds(order), [])

    def test_of_a_bundle_two_of_four_given_back_leave_no_part_of_a_cent(self):
        self.channel.auto_ship = False
        self.company.tax_calculation_rounding_method = "round_globally"
        self.mug.list_price = self.pot.list_price = 10.0
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SET",
                "component_ids": [
                    Command.create({"product_id": self.mug.id, "quantity": 2}),
                    Command.create({"product_id": self.pot.id}),
                ],
            }
        )
        document = self._document("B1", [("SET", 4, "25.00")])
        order = self._capture(document)
        refunds, charges = [], list(document["charges"])
        for ref in ("1", "2"):
            refunds.append(
                {
                    "ref": ref,
                    "at": f"2026-03-02T08:0{ref}:00Z",
                    "amount": "25.00",
                    "lines": [{"line_ref": "1", "quantity": "1", "amount": "25.00"}],
                }
            )
            charges.append({**charges[0], "ref": f"R{ref}", "kind": "refund", "amount": "25.00"})
            stamp = f"2026-03-02T09:0{ref}:00Z"
            self._capture(
                {
                    **document,
                    "version": str(len(refunds) + 1),
                    "updated_at": stamp,
                    "refunds": list(refunds),
                    "charges": list(charges),
                }
            )
        self.assertEqual(order.order_line.mapped("price_total"), [33.33, 16.67])
        self.assertEqual((order.amount_total, order.oms_balance_due), (50.0, 0.0))
        self.assertEqual(self._holds(order), [])
