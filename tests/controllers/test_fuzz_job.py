"""The job that feeds hostile input finds what it looks for: each fault is planted here."""

import gzip
import random
import re
import resource
import time
import zlib
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.oms_addon.controllers.oms_api import OmsApi

from benchmarks import fuzz
from benchmarks.fuzzing import coverage, documents, files
from benchmarks.fuzzing.found import MEMORY, Found
from benchmarks.fuzzing.world import World

from .common import ApiCase

#: what took ever more time with each digit once
QUADRATIC = re.compile(r"^(\s*\d+\s*)*x$")


class TestFuzzJob(ApiCase):
    def setUp(self):
        super().setUp()
        self.world = World(self.env)
        self.found = Found(seed=1)

    def _kinds(self):
        return set(self.found.faults)

    def _request(self, path):
        """Send one request of a path until its method is one that the path has."""
        with (
            patch("benchmarks.fuzzing.requests.PATHS", (path,)),
            self.allow_requests(all_requests=True),
        ):
            for number in range(12):
                case = fuzz.requests.request(random.Random(number), self.world, self.base_url())
                self.found.note(*case)

    def test_without_a_fault_nothing_is_found(self):
        self._request("webhook/{token}")
        fuzz.feed_made_up(self.found, self.world, 0.01)
        fuzz.feed_at_random(self.found, self.world, self.base_url(), 0)
        self.assertEqual(self.found.faults, [])
        self.assertGreaterEqual(self.found.count, 12 + documents.EXAMPLES)
        figures = self.found.report()["figures"]
        self.assertEqual([figures[kind] for kind in ("crash", "5xx", "slow")], [0, 0, 0])

    @mute_logger("odoo.http", "odoo.addons.oms_addon.controllers.machine")
    def test_a_route_that_raises_is_found(self):
        with patch(
            "odoo.addons.oms_addon.controllers.oms_webhook.find_channel",
            side_effect=ZeroDivisionError,
        ):
            self._request("webhook/{token}")
        self.assertEqual(self._kinds(), {"5xx"}, self.found.statuses)
        self.assertGreater(self.found.report()["figures"]["5xx"], 0)

    @mute_logger("odoo.http", "odoo.addons.oms_addon.controllers.machine")
    def test_a_route_of_the_api_that_raises_is_found_by_its_description(self):
        with (
            patch.object(OmsApi, "_read", side_effect=ZeroDivisionError),
            self.allow_requests(all_requests=True),
        ):
            fuzz.feed_api(self.found, self.world, self.base_url(), 4)
        self.assertIn("5xx", self._kinds(), self.found.statuses)

    def test_a_parser_that_raises_is_found(self):
        adapter = type(self.world.channels[0]._adapter())
        with patch.object(adapter, "_parse", side_effect=KeyError("id")):
            fuzz.feed_made_up(self.found, self.world, 0.01)
        self.assertEqual(self._kinds(), {"crash"})

    def test_a_pattern_that_takes_ever_longer_is_found(self):
        adapter = type(self.world.channels[0]._adapter())

        def parse(_self, _channel, _topic, _body):
            until = time.monotonic() + 5
            for size in range(16, 60, 2):
                QUADRATIC.match("1" * size)
                if time.monotonic() > until:
                    return

        with patch.object(adapter, "_parse", parse), patch.object(documents, "EXAMPLES", 1):
            self.found.note("a pattern", lambda: parse(None, None, None, b""))
        self.assertEqual(self._kinds(), {"slow"})

    def test_unpacking_without_a_limit_is_found(self):
        bomb = gzip.compress(bytes((MEMORY + 150) * 1024**2), 1)
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.found.note("bounded", lambda: files.bounded.gunzip(bomb) and None)
        self.found.measure(base)
        self.assertEqual(self.found.report()["figures"]["memory"], 0)
        self.found.note("unbounded", lambda: zlib.decompress(bomb, 31) and None)
        self.found.measure(base)
        peak = self.found.report()["figures"]
        self.assertEqual((peak["memory"], self._kinds()), (1, {"memory"}))

    def test_without_atheris_it_says_so(self):
        with patch.object(coverage, "is_installed", lambda: False):
            fuzz.feed_by_coverage(self.found, 1)
        self.assertEqual(self.found.figures, {"atheris": "not installed"})

    def test_what_atheris_finds_is_a_crash(self):
        with (
            patch.object(coverage, "is_installed", lambda: True),
            patch.object(coverage, "run", lambda *a: (7, "Uncaught Python exception: KeyError")),
        ):
            fuzz.feed_by_coverage(self.found, 1)
        self.assertEqual((self._kinds(), self.found.figures), ({"crash"}, {"atheris": "7 inputs"}))
