"""Expiring goods, with Odoo's expiration dates really installed, in processes of their own."""

from .stories import StoryCase


class TestExpiry(StoryCase):
    addons = ("product_expiry",)

    def test_what_expires_first_leaves_first_as_odoo_would_have_it(self):
        found = self.tell("expiry_story.py")
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
