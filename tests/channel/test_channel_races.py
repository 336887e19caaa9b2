"""Races with real processes: two pollers, a message during a poll, an alert seen by many."""

from unittest.mock import patch

from ..concurrency import FORK, TIMEOUT_SECONDS, RaceCase, run_committed


def _poll(env, ask):
    """Work the fetch lane once; each channel is asked by ``ask(channel)``."""

    def fetch(channel, limit=None):
        ask(channel)
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
