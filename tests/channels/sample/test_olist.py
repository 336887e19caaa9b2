"""Real marketplace orders with several tenders, freight and every status."""

import itertools
import json
import unittest
from decimal import Decimal

from benchmarks import olist

from ...common import OmsCommon

ORDERS = 150


class TestOlist(OmsCommon):
    @unittest.skipUnless(olist.FOLDER.exists(), f"the Olist extract is not at {olist.FOLDER}")
    def test_real_orders_are_exact_to_the_cent_and_each_is_in_one_place(self):
        documents = list(itertools.islice(olist.read_documents(), ORDERS))
        channel = olist.prepare(self.env, documents)
        channel._receive_many(
            [("orders", d["ref"], json.dumps(d).encode(), d["ref"]) for d in documents]
        )
        self._run_lanes()
        found = olist.figures(self.env, channel, documents, 1)
        self.assertEqual(found["orders"] + found["waiting_as_messages"], ORDERS)
        self.assertEqual(found["totals_exact"], found["orders"])
        several = [d for d in documents if len(d["charges"]) > 1 and d["lines"]]
        self.assertEqual(found["several_tenders"], len(several))
        for document in several:
            order = self._order(document["ref"], channel)
            self.assertEqual(
                f"{order.oms_amount_paid:.2f}",
                f"{sum(Decimal(c['amount']) for c in document['charges']):.2f}",
            )
