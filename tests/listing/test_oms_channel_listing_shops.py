"""What every simulated shop offers is fetched, matched, and not doubled."""

from ..channels.fault_bench import FaultBench, simulated_shops


class ListingsOfShops:
    def test_what_the_shop_offers_is_fetched_matched_and_not_doubled(self):
        self.assertTrue(self.adapter._can_fetch_listings)
        self.shop.add_product("VASE-1", "Mug, blue", quantity=3)
        for _time in range(2):
            action = self.store.action_fetch_listings()
            self.assertEqual(action["params"]["type"], "success", action["params"]["message"])
        listings = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id)], order="sku"
        )
        self.assertEqual(
            listings.mapped(lambda l: (l.sku, l.product_id.default_code, l.status)),
            [
                ("MUG", "MUG", "active"),
                ("POT", "POT", "active"),
                ("VASE-1", False, "active"),
            ],
        )
        self.assertTrue(all(listings.mapped("external_ref")))
        self.assertEqual(listings[-1].state, "suggested")
        self.assertFalse(self.store.listing_cursor)
        self.assertFalse(self.store.alert_ids)


for code, shop in simulated_shops().items():
    name = f"TestListingsOf{code.title().replace('_', '')}"
    globals()[name] = type(name, (ListingsOfShops, FaultBench), {"simulator": shop})
