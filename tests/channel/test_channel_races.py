"""Races with real processes: two pollers, a message during a poll, an alert seen by many."""

import time
from unittest.mock import patch

from ..concurrency import RaceCase

SECONDS = 1.5


def _slow_poll(env, polled):
    """Work the fetch lane once, asking channels that take their time."""

    def fetch(channel, limit=None):
        polled.append(channel.id)
        time.sleep(SECONDS)
        return 0

    with patch.object(type(env["oms.channel"]), "_fetch", fetch):
        env["oms.channel"]._work_fetch()


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

        def poll(env):
            polled = []
            _slow_poll(env, polled)
            return polled

        answers = self.run_parallel([poll, poll])
        self.assertEqual(sorted(sum(answers, [])), sorted(ids))

    def test_a_message_does_not_wait_for_the_poll_of_its_channel(self):
        [channel_id] = self._channels("Busy")

        def poll(env):
            _slow_poll(env, [])
            return time.monotonic()

        def deliver(env):
            time.sleep(SECONDS / 3)
            env["oms.channel"].browse(channel_id)._receive("orders", "during", b"{}")
            return time.monotonic()

        polled, delivered = self.run_parallel([poll, deliver])
        self.assertLess(delivered, polled)

    def test_an_alert_that_many_see_at_once_is_one_alert_and_counts_all(self):
        [channel_id] = self._channels("Down")

        def see(env):
            env["oms.channel"].browse(channel_id)._raise_alert("fetch", "No answer.")

        self.assertEqual(self.run_parallel([see] * 6), [None] * 6)

        def count(env):
            channel = env["oms.channel"].browse(channel_id)
            return channel.alert_ids.mapped("count"), len(channel.activity_ids)

        self.assertEqual(self.commit(count), ([6], 1))
