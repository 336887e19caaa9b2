"""Fault 1 with real processes: the same event delivered ten times in the same moment."""

import json

from ..common import OmsCommon
from ..concurrency import RaceCase


class TestInboxRaces(RaceCase):
    def test_fault_1_ten_parallel_deliveries_of_one_event_are_one_message_and_one_order(self):
        def prepare(env):
            env["product.product"].create({"name": "Mug", "default_code": "MUG", "type": "consu"})
            channel = env["oms.channel"].create(
                {"name": "Race", "adapter": "canonical", "confirm_policy": "manual"}
            )
            channel.action_go_live()
            OmsCommon.company = env.company
            return channel.id, json.dumps(OmsCommon._document("R1")).encode()

        channel_id, body = self.commit(prepare)

        def deliver(env):
            return env["oms.channel"].browse(channel_id)._receive("orders", "evt-1", body).id

        answers = self.run_parallel([deliver] * 10)
        self.assertEqual(len(set(answers)), 1, answers)

        def process(env):
            return env["oms.channel.message"]._process_inbox()

        self.run_parallel([process] * 4)

        def count(env):
            message = env["oms.channel.message"].browse(answers[0])
            orders = env["sale.order"].search([("oms_channel_id", "=", channel_id)])
            return message.deliveries, message.state, len(orders)

        self.assertEqual(self.commit(count), (10, "done", 1))

    def test_two_lanes_that_meet_one_new_customer_make_one_customer(self):
        def prepare(env):
            env["product.product"].create({"name": "Cup", "default_code": "CUP", "type": "consu"})
            OmsCommon.company = env.company
            channels = []
            for name in ("One", "Two"):
                channel = env["oms.channel"].create(
                    {"name": name, "adapter": "canonical", "confirm_policy": "manual"}
                )
                channel.action_go_live()
                customer = {"ref": f"{name}-1", "name": "Same", "email": "same@example.com"}
                document = OmsCommon._document("S1", [("CUP", 1, "10.00")], customer=customer)
                channel._receive("orders", "s1", json.dumps(document).encode())
                channels.append(channel.id)
            return channels

        channels = self.commit(prepare)

        def process(channel_id):
            def work(env):
                messages = env["oms.channel.message"].search(
                    [("channel_id", "=", channel_id), ("state", "=", "pending")]
                )
                messages._process_batch(env["oms.channel"].browse(channel_id))

            return work

        self.run_parallel([process(channel_id) for channel_id in channels])

        def partners(env):
            orders = env["sale.order"].search([("oms_channel_id", "in", channels)])
            return len(orders), len(orders.partner_id)

        self.assertEqual(self.commit(partners), (2, 1))
