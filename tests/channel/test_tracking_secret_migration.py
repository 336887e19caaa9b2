"""The upgrade that gives tracking a secret of its own, on data of before."""

import importlib.util
from pathlib import Path

from ..common import OmsCommon

SCRIPT = Path(__file__).parents[2] / "oms_addon/migrations/19.0.1.2.0/post-tracking_secret.py"


class TestTrackingSecretMigration(OmsCommon):
    def _migrate(self):
        self.env.flush_all()
        spec = importlib.util.spec_from_file_location("tracking_secret", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def _before(self, name, topic=None, **values):
        """:return: a channel as it was before, that received a message of a topic"""
        channel = self._make_channel(name)
        channel._receive(topic, f"{topic}:1", b"{}") if topic else None
        self.env.flush_all()
        # What could be written before is refused now.
        self.env.cr.execute(
            "UPDATE oms_channel SET webhook_secret = %s, tracking_secret = %s WHERE id = %s",
            (values.get("webhook_secret"), values.get("tracking_secret"), channel.id),
        )
        channel.invalidate_recordset()
        return channel

    def test_carriers_of_channels_that_track_go_on_and_somebody_is_told(self):
        tracks = self._before("Tracks", "tracking", webhook_secret="orders")
        takes = self._before("Takes orders", "orders", webhook_secret="orders")
        quiet = self._before("Quiet", None, webhook_secret="orders")
        unsigned = self._before("Unsigned", "tracking")
        own = self._before("Own", "tracking", webhook_secret="orders", tracking_secret="own")
        sends = self._before("Sends", None, webhook_secret="orders")
        self.env["oms.channel.message"]._send_later(
            [(sends, "tracking", "t1", self.env["sale.order"], {})]
        )
        self._migrate()
        channels = tracks + takes + quiet + unsigned + own + sends
        self.assertEqual(
            channels.mapped("tracking_secret"), ["orders", False, False, False, "own", False]
        )
        self.assertEqual(
            [channel.alert_ids.mapped("code") for channel in channels],
            [["tracking_secret"], [], [], [], [], []],
        )
        [alert] = tracks.alert_ids
        self.assertEqual(alert.level, "warning")
        self.assertIn("with the secret that signs orders", alert.text)
        self.assertIn("Enter another Secret for Tracking", alert.advice)

    def test_run_again_it_changes_nothing(self):
        tracks = self._before("Tracks", "tracking", webhook_secret="orders")
        self._migrate()
        tracks.tracking_secret = "carriers"
        self._migrate()
        self.assertEqual((tracks.tracking_secret, tracks.alert_ids.count), ("carriers", 1))
