"""Kits, with Odoo's Manufacturing really installed, in processes of their own."""

from .stories import StoryCase


class TestKits(StoryCase):
    addons = ("mrp",)

    def test_a_kit_is_there_as_often_as_its_scarcest_part_fault_44(self):
        found = self.run_story("kits_story.py")
        self.assertEqual(
            found,
            {
                # 7 boards of which 2 make one; 100 screws, a dozen for a shelf
                "shelf": 3,
                # two shelves and a lamp
                "room": 1,
                "listing": 3,
                "one_short": 0,
                "after_sale": {"shelf": 1, "boards": 3},
                "cart": {"kept": {"BOARD": 2.0, "SCREW": 12.0}, "shelf": 0},
                "why": [2, "BOARD", True],
                "no_kit": 100,
                # A rack has two planks and a dozen nails, and leaves whole.
                "partial": {
                    "there": 3,
                    "waits": "Backordered: 1 of 4 × [RACK] RACK",
                    "reserved": {"PLANK": 6.0, "NAIL": 36.0},
                    "later": "Backordered: 1 of 1 × [PLANK] PLANK",
                    "later_reserved": {},
                    "again": 0,
                    "shipped": 3.0,
                    "backorder": {"PLANK": 2.0, "NAIL": 12.0},
                    "served": 2,
                    "rest": {"PLANK": 2.0, "NAIL": 12.0},
                    "all_shipped": 4.0,
                    "later_rest": {"PLANK": 1.0},
                },
                # A crate has three slats and a lid.
                "pieces": [1, 0, 3],
                # A tray has a base and two rims.
                "shipped_there": [
                    0,
                    {"BASE": 2.0, "RIM": 4.0},
                    {"BASE": 1.0, "RIM": 2.0},
                    2.0,
                    [7.0, 5.0],
                ],
                "in_hand": [0.0, 2.0],
                # A chair has a pad and four feet; of nine feet one stays free.
                "by_hand": [
                    {"PAD": 2.0, "FOOT": 8.0},
                    {"PAD": 2.0, "FOOT": 8.0},
                    {"PAD": 4.0, "FOOT": 16.0},
                ],
                # A bench has a plate and two posts.
                "put_back": [{"PLATE": 2.0, "POST": 4.0}, {"PLATE": 1.0, "POST": 2.0}, 1.0],
                "elsewhere": {
                    "waits": "",
                    "before": {
                        "HOME BEAM": [1.0, 1.0],
                        "HOME BOLT": [4.0, 4.0],
                        "North BEAM": [1.0, 1.0],
                    },
                    "after": {"North BEAM": [2.0, 2.0], "North BOLT": [4.0, 4.0]},
                    "delivered": 1.0,
                },
                # A desk has a top and two drawers.
                "rejected": [{"DRAWER": 1.0}, {"TOP": 2.0, "DRAWER": 3.0}, 1.0, 2.0, 0],
                "worth": [10.0, 60.0],
                # Of a tent, and of a camp of two tents.
                "told": {
                    "at first": [5, 2],
                    "a sheet comes": [6, 3],
                    "three poles": [4, 2],
                    "makes two": [8, 4],
                    "archived": [0, 0],
                    "in force again": [8, 4],
                    "no poles": [12, 6],
                    "no kit": [0, 0],
                    "a kit again": [12, 6],
                    "half a sheet": [24, 12],
                    "deleted": [0, 0],
                },
                # A stool has a seat and three legs.
                "returned": [[0.0, 60.0], [0.0, 60.0], [1.0, 30.0], [0.0, 60.0], [0.0, 60.0]],
                # A cart has a body and four wheels.
                "sourced": [
                    [
                        "South",
                        "All from South: first warehouse with all items.",
                        {"South BODY": [3.0, 0], "South WHEEL": [12.0, 0]},
                    ],
                    [
                        "HOME",
                        "All from HOME: first warehouse with all items.",
                        {"HOME BODY": [2.0, 0], "HOME WHEEL": [8.0, 0]},
                    ],
                    [
                        "Split, no warehouse has all items: 2 × [CART] CART: HOME; "
                        "2 × [CART] CART: South.",
                        {
                            "HOME BODY": [2.0, 0],
                            "HOME WHEEL": [8.0, 0],
                            "South BODY": [2.0, 0],
                            "South WHEEL": [8.0, 0],
                        },
                    ],
                    "split",
                ],
            },
        )
