"""Channels that tell an order by what is left of it, and give money back without a word."""

from ..payment.test_rounded_shares import RoundedShares


class TestOrderRemainder(RoundedShares):
    """Two mugs of 10.00, a pot of 5.00 and shipping of 4.00, invoiced and paid."""

    def setUp(self):
        super().setUp()
        adapter = type(self.channel._adapter())
        self.patch(adapter, "_tells_remainder", True)

    def left(self, version, lines, total, refunds=()):
        """:param lines: tuples (line id, SKU or '' for shipping, pieces, price)"""
        document = self.document(version, refunds=refunds)
        product = document["lines"][0]
        document["lines"] = [
            {
                **product,
                "ref": ref,
                "sku": sku,
                "kind": "product" if sku else "shipping",
                "quantity": str(pieces),
                "unit_price": price,
                "discount": "0.00",
            }
            for ref, sku, pieces, price in lines
        ]
        document["charges"][0]["amount"] = total
        return {**document, "total": total}

    def test_what_shipping_costs_less_is_found_over_all_the_rates_it_is_told_at(self):
        order = self._capture(
            self.left(1, [("M", "MUG", 2, "10.00"), ("shipping:20", "", 1, "4.00")], "24.00")
        )
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [24.0])
        lines = [
            ("M", "MUG", 1, "10.00"),
            ("shipping:20", "", 1, "0.50"),
            ("shipping:18.5", "", 1, "1.50"),
        ]
        self._capture(self.left(2, lines, "12.00"))
        self.assertEqual(self.books(order), ([2.0, 10.0], [0.0, 0.0, 0.0]))
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (12.0, []))
        self._capture(self.left(3, lines, "12.00"))
        self.assertEqual(self.books(order)[0], [2.0, 10.0])

    def test_each_rate_of_two_is_compared_with_itself(self):
        lines = [("M", "MUG", 2, "10.00"), ("shipping:20", "", 1, "3.00")]
        order = self._capture(self.left(1, [*lines, ("shipping:5", "", 1, "1.00")], "24.00"))
        lines = [("M", "MUG", 1, "10.00"), ("shipping:20", "", 1, "1.50")]
        self._capture(self.left(2, [*lines, ("shipping:5", "", 1, "0.50")], "12.00"))
        self.assertEqual(self.books(order), ([2.0, 10.0], [0.0, 0.0, 0.0]))
        note = order.invoice_ids.filtered(lambda m: m.amount_total == 2.0)
        self.assertEqual(
            sorted(note.invoice_line_ids.filtered("price_total").mapped("price_total")), [0.5, 1.5]
        )

    def test_items_given_back_for_more_than_is_left_of_them_are_credited_elsewhere(self):
        lines = [("M", "MUG", 1, "10.00"), ("P", "POT", 1, "5.00")]
        order = self._capture(self.left(1, lines, "15.00"))
        goodwill = self.refund([("M", 0, "1.00")], "1.00")
        self._capture(self.left(2, lines, "15.00", [goodwill]))
        self.assertEqual(self.books(order), ([1.0], [0.0, 0.0]))
        self._capture(self.left(3, lines[1:], "5.00", [goodwill]))
        self.assertEqual(self.books(order), ([1.0, 1.0, 9.0], [0.0, 0.0, 0.0, 0.0]))
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (11.0, []))


class TestRefundLedger(RoundedShares):
    """A ledger tells what was given back for pieces, whether or not they had left."""

    def setUp(self):
        super().setUp()
        self.patch(type(self.channel._adapter()), "_has_refund_ledger", True)

    def document(self, *args, **values):
        document = super().document(*args, **values)
        document["charges"][0]["amount"] = document["total"]
        return document

    def to_leave(self, order):
        """:return: units of mugs that are still to leave"""
        moves = order.picking_ids._oms_todo().move_ids.filtered(lambda m: m.product_id == self.mug)
        return sum(moves.mapped("product_uom_qty"))

    def test_the_last_of_pieces_given_back_one_by_one_stays_home_whatever_cents_are_left(self):
        mugs = (4, "38.74")
        order = self._capture(self.document(mugs=mugs))
        refunds = []
        for version in range(2, 6):
            refunds.append({**self.refund([("M", 1, "9.68")], "9.68"), "ref": str(version)})
            self._capture(self.document(version, mugs, list(refunds)))
            self.assertEqual(self.to_leave(order), 5 - version)
        self.assertEqual(self.books(order)[0], [9.68] * 4)
        self.assertEqual(order.oms_refund_ids.sorted("id").mapped("kept"), [0.0, 0.0, 0.0, 0.02])
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_pieces_given_back_for_all_that_goodwill_left_of_them_stay_home(self):
        mugs = (4, "40.00")
        order = self._capture(self.document(mugs=mugs))
        refunds = [{**self.refund([("M", 0, "3.00")], "3.00"), "ref": "8"}]
        self._capture(self.document(2, mugs, list(refunds)))
        self.assertEqual(self.to_leave(order), 4.0)
        refunds.append(self.refund([("M", 4, "37.00")], "37.00"))
        self._capture(self.document(3, mugs, refunds))
        self.assertEqual(self.to_leave(order), 0.0)
        self.assertEqual(self.books(order)[0], [3.0, 37.0])
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_a_part_of_what_pieces_cost_is_money_alone_and_they_leave(self):
        mugs = (4, "40.00")
        order = self._capture(self.document(mugs=mugs))
        self._capture(self.document(2, mugs, [self.refund([("M", 4, "37.00")], "37.00")]))
        self.assertEqual(self.to_leave(order), 4.0)
        self.assertEqual(self.books(order)[0], [37.0])
