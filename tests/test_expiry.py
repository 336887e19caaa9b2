"""Expiring goods, with Odoo's expiration dates really installed, in processes of their own."""

import json
from pathlib import Path

from .concurrency import RaceCase

STORY = Path(__file__).with_name("expiry_story.py")
PROGRAM = f"""
import json, runpy
print("=>", json.dumps(runpy.run_path({str(STORY)!r})["tell"](env), default=str))
"""


class TestExpiry(RaceCase):
    maxDiff = None

    def test_what_expires_first_leaves_first_as_odoo_would_have_it(self):
        self.run_odoo("-i", "product_expiry", "--stop-after-init")
        out = self.run_odoo("shell", "--log-level=error", program=PROGRAM)
        found = json.loads([line for line in out.splitlines() if line.startswith("=>")][-1][3:])
        self.assertEqual(
            found,
            {
                "different": [],
                # Whole packages are Odoo's to choose; all else is reserved in bulk.
                "bulk": {"fefo": 6, "fifo": 6, "lifo": 6, "closest": 6, "least_packages": 0},
                "states": ["assigned", "confirmed", "partially_available"],
                "stale_taken": 0,
                # pairs of days left and pieces: the old lot stays where it is
                "first_out": [[[20, 2.0], [40, 1.0]], [[40, 1.0], [90, 1.0]]],
                "sold": [3, 3.0, True],
                "queries": {"more": 0, "odoo": True},
            },
        )
