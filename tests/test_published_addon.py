"""Beside a published add-on of others that holds up confirmations, in processes of their own."""

from pathlib import Path

from odoo.tools import config

from .stories import StoryCase

#: where ``./oms test`` unpacks it
GUEST = Path(__file__).parents[1] / ".oms" / "guests" / "sale_exception" / "odoo" / "addons"


class TestPublishedAddon(StoryCase):
    addons = ("sale_exception",)

    @classmethod
    def run_odoo(cls, *arguments, program=None):
        """Extend: with the published add-on."""
        path = ",".join([*config["addons_path"], str(GUEST)])
        return super().run_odoo(*arguments, f"--addons-path={path}", program=program)

    def test_an_order_goes_its_path_and_an_exception_of_the_guest_stops_it(self):
        self.assertEqual(
            self.run_story("published_story.py"),
            {
                "channel": {
                    "step": "done",
                    "exceptions": [],
                    "delivered": [3.0],
                    "delivery": ["done"],
                    "invoice": ["paid"],
                    "left": 17.0,
                },
                "stopped": {
                    "state": "draft",
                    "step": "confirm",
                    "status": "failed",
                    "exceptions": ["STEP_FAILED"],
                },
                "continued": {
                    "state": "sale",
                    "step": "deliver",
                    "status": "waiting",
                    "exceptions": [],
                },
            },
        )
