"""Stories of other add-ons that are really installed, told in processes of their own.

    class TestShop(StoryCase):
        addons = ("website_sale",)

        def test_it(self):
            self.assertEqual(self.run_story("website_story.py"), {...})

A story is a file of its own with ``run_story(env)``, which returns JSON-able facts; what it did is
not committed.
"""

import json
from pathlib import Path
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.tools import config

from .concurrency import RaceCase

PROGRAM = """
import json, runpy
print("=>", json.dumps(runpy.run_path({story!r})["run_story"](env), default=str))
"""


class StoryCase(RaceCase):
    """A test on a copy of the database with other add-ons of Odoo."""

    #: technical names of the add-ons
    addons = ()
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_odoo("-i", ",".join(cls.addons), "--stop-after-init")

    @classmethod
    def load(cls):
        """Load the add-ons into this process, for races."""
        with patch.dict(config.options, {"test_enable": False}):
            cls.registry = Registry.new(cls.database)

    def run_story(self, story):
        """:param str story: name of a file beside this one
        :return: what the story found
        """
        program = PROGRAM.format(story=str(Path(__file__).with_name(story)))
        out = self.run_odoo("shell", "--log-level=error", program=program)
        return json.loads([line for line in out.splitlines() if line.startswith("=>")][-1][3:])
