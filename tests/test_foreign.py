"""Beside an add-on of others that overrides what we write, in processes of their own."""

from pathlib import Path

from odoo.tools import config

from .stories import StoryCase

ADDONS = Path(__file__).parent / "addons"


class TestForeign(StoryCase):
    addons = ("oms_foreign",)

    @classmethod
    def run_odoo(cls, *arguments, program=None):
        """Extend: with the add-ons of the tests."""
        path = ",".join([*config["addons_path"], str(ADDONS)])
        return super().run_odoo(*arguments, f"--addons-path={path}", program=program)

    def test_an_order_goes_its_path_beside_a_required_field_and_overrides(self):
        found = self.run_story("foreign_story.py")
        self.assertEqual(
            found,
            {
                "channel": {
                    "step": "done",
                    "exceptions": [],
                    "delivered": [3.0],
                    "delivery": ["done"],
                    "invoice": ["paid"],
                    "left": 17.0,
                },
                "scales": ["S1"],
                "lines": 1,
                "rows_written": True,
                "notes": ["account.move", "sale.order"],
                "narrations": ["<p>booked by the foreign add-on</p>"],
                "foreign": [
                    [],
                    ["create", "scale_ref", "weighings", "write"],
                    ["write"],
                ],
            },
        )
