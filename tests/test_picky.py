"""Customer data that Odoo's VAT check and other add-ons refuse, in processes of their own."""

from pathlib import Path

from odoo.tools import config

from .stories import StoryCase

ADDONS = Path(__file__).parent / "addons"


class TestPicky(StoryCase):
    addons = ("base_vat", "oms_picky")

    @classmethod
    def run_odoo(cls, *arguments, program=None):
        """Extend: with the add-ons of the tests."""
        path = ",".join([*config["addons_path"], str(ADDONS)])
        return super().run_odoo(*arguments, f"--addons-path={path}", program=program)

    def test_no_check_of_customer_data_keeps_an_order_out(self):
        good = {
            "vat": "FR23334175221",
            "zip": "75001",
            "email": "a@example.com",
            "given": "FR23334175221",
            "rejected": [],
            "exceptions": [],
        }
        noted = {"vat": False, "exceptions": ["CUSTOMER_DATA"]}
        self.assertEqual(
            self.run_story("picky_story.py"),
            {
                "good": good,
                "pending": {
                    **good,
                    **noted,
                    "email": "b@example.com",
                    "given": "pending",
                    "rejected": ["Tax ID “pending”"],
                },
                "zip": {
                    **good,
                    **noted,
                    "zip": False,
                    "email": "c@example.com",
                    "given": False,
                    "rejected": ["Zip “LS1 1AA”"],
                },
                "both": {
                    **good,
                    **noted,
                    "zip": False,
                    "email": "d@example.com",
                    "given": "GB12",
                    "rejected": ["Zip “LS1 1AA”", "Tax ID “GB12”"],
                },
                "verified": {"meanwhile": [], "afterwards": [["FR23334175221"], ["FR23334175221"]]},
                "later": {**good, **noted, "given": "FR1", "rejected": ["Tax ID “FR1”"]},
                "known": {
                    **good,
                    **noted,
                    "email": False,
                    "given": False,
                    "rejected": ["Email “Bob@Example.com”"],
                },
            },
        )
