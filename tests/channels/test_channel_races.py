"""Races with real processes: two pollers, a person who asks during a poll, a message during a
poll, an alert seen by many.
"""

import time
from unittest.mock import patch

from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome
from odoo.addons.oms_addon.models.message.job_run import JobRun
from odoo.addons.oms_addon.models.sync import oms_channel_polling

from ..concurrency import FORK, TIMEOUT_SECONDS, RaceCase, run_committed


def _poll(env, ask):
    """Work the fetch lane once; each channel is asked by ``ask(channel)``."""

    def fetch(channel, limit=None):
        ask(channel)
        return 0

    with patch.object(type(env["oms.channel"]), "_fetch", fetch):
        env["oms.channel"]._run_fetch()


def _until_a_process_waits(cr):
    """:return: whether another transaction came to wait for this one"""
    until = time.monotonic() + TIMEOUT_SECONDS / 4
    while time.monotonic() < until:
        cr.execute(
            """SELECT 1 FROM pg_locks
               WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"""
        )
        if cr.fetchone():
            return True
    return False


class TestChannelRaces(RaceCase):
    def _channels(self, *names):
        def prepare(env):
            # What another test committed is not to be polled here.
            env["oms.channel"].search([]).write({"state": "paused"})
            channels = env["oms.channel"].create(
                [{"name": name, "adapter": "sample", "state": "live"} for name in names]
            )
            return channels.ids

        return self.commit(prepare)

    def test_two_pollers_take_two_channels_and_no_channel_twice(self):
        ids = self._channels("One", "Two")

        # Passed by nobody unless both are asked at the same time.
        both = FORK.Barrier(2)

        def poll(env):
            polled = []

            def ask(channel):
                both.wait(TIMEOUT_SECONDS / 2)
                polled.append(channel.id)

            _poll(env, ask)
            return polled

        answers = self.run_parallel([poll, poll])
        self.assertEqual(sorted(sum(answers, [])), sorted(ids))
        self.assertEqual([len(answer) for answer in answers], [1, 1])

    def _ask_during_a_poll(self, patience, hold):
        """Have a person ask a channel that the lane is asking.

        :param hold: called by the lane with its cursor and the event of the person's answer
        :return: what the lane's ``hold`` returned, and what the person was told
        """
        [channel_id] = self._channels("Asked")
        asked, answered = FORK.Event(), FORK.Event()

        def poll(env):
            answers = []

            def ask(channel):
                asked.set()
                answers.append(hold(env.cr, answered))

            _poll(env, ask)
            return answers[0]

        def click(env):
            asked.wait(TIMEOUT_SECONDS / 2)
            channel = env["oms.channel"].browse(channel_id)
            with (
                patch.object(type(channel), "_fetch", lambda channel, limit=None: 0),
                patch.object(oms_channel_polling, "PATIENCE_SECONDS", patience),
            ):
                message = channel.action_fetch()["params"]["message"]
            answered.set()
            return message

        return self.run_parallel([poll, click])

    def test_a_person_who_asks_during_a_poll_waits_for_it_and_then_asks(self):
        self.assertEqual(
            self._ask_during_a_poll(30, lambda cr, answered: _until_a_process_waits(cr)),
            [True, "Nothing new."],
        )

    def test_a_person_who_asks_during_a_long_poll_is_told_so(self):
        self.assertEqual(
            self._ask_during_a_poll(1, lambda cr, answered: answered.wait(TIMEOUT_SECONDS / 4)),
            [True, "Another job is processing this channel. Try again later."],
        )

    def test_a_message_does_not_wait_for_the_poll_of_its_channel(self):
        [channel_id] = self._channels("Busy")
        asked, delivered = FORK.Event(), FORK.Event()

        def poll(env):
            answers = []

            def ask(channel):
                asked.set()
                answers.append(delivered.wait(TIMEOUT_SECONDS / 2))

            _poll(env, ask)
            return answers

        def deliver(env):
            asked.wait(TIMEOUT_SECONDS / 2)
            run_committed(
                env.registry,
                lambda other: (
                    other["oms.channel"].browse(channel_id)._receive("orders", "during", b"{}").id
                ),
            )
            delivered.set()
            return asked.is_set()

        self.assertEqual(self.run_parallel([poll, deliver]), [[True], True])

    def test_an_alert_that_many_see_at_once_is_one_alert_and_counts_all(self):
        [channel_id] = self._channels("Down")

        def see(env):
            env["oms.channel"].browse(channel_id)._raise_alert("fetch", "No answer.")

        self.assertEqual(self.run_parallel([see] * 6), [None] * 6)

        def count(env):
            channel = env["oms.channel"].browse(channel_id)
            return channel.alert_ids.mapped("count"), len(channel.activity_ids)

        self.assertEqual(self.commit(count), ([6], 1))

    def test_an_address_that_changes_during_a_call_gets_neither_it_nor_what_waits(self):
        def prepare(env):
            env["oms.channel"].search([]).write({"state": "paused"})
            channel = env["oms.channel"].create(
                {
                    "name": "Moving",
                    "adapter": "woocommerce",
                    "base_url": "https://one.example.com",
                    "api_key": "one of these roles",
                    "state": "live",
                }
            )
            rows = [(channel, "shipment", f"s{n}", env["sale.order"], {}) for n in (1, 2)]
            env["oms.channel.message"]._send_later(rows)
            return channel.id

        channel_id = self.commit(prepare)
        calling = FORK.Event()

        def send(env):
            told = []

            def _send(adapter, channel, topic, key, payload):
                calling.set()
                waited = _until_a_process_waits(env.cr)
                told.append((key, channel.base_url, channel.sudo().api_key, waited))
                return OUTCOMES.get(topic, Outcome)()

            with patch.object(type(env["oms.channel.adapter.woocommerce"]), "_send", _send):
                env["oms.channel.message"]._process_outbox(JobRun())
            return told

        def move(env):
            calling.wait(TIMEOUT_SECONDS / 2)
            env["oms.channel"].browse(channel_id).base_url = "https://two.example.com"
            return True

        told, moved = self.run_parallel([send, move])
        self.assertEqual(told, [("s1", "https://one.example.com", "one of these roles", True)])
        self.assertTrue(moved)

        def read(env):
            channel = env["oms.channel"].browse(channel_id)
            messages = env["oms.channel.message"].search([("channel_id", "=", channel_id)])
            states = dict(zip(messages.mapped("event_ref"), messages.mapped("state"), strict=True))
            return (
                channel.state,
                channel.api_key,
                states,
                env["oms.channel.message"]._process_outbox(JobRun()),
            )

        self.assertEqual(self.commit(read), ("paused", False, {"s1": "done", "s2": "failed"}, 0))
