"""States of addresses, each as its own kind of shop writes it: Odoo's, or a part of the address."""

from odoo.addons.oms_addon.channels.prestashop import composing

from .fault_bench import FaultBench, simulated_shops

#: country, then Odoo's code of the state; "" where there is none
STATES = (
    ("JP", "JP-13"),
    ("TR", "34"),
    ("MX", "MEX"),
    ("IE", "D"),
    ("AR", "B"),
    ("CN", "京"),
    ("IN", "CG"),
    ("ES", "PO"),
    ("IT", "RM"),
    ("BR", "SP"),
    ("US", "AE"),
    ("FR", ""),
)
#: what a shop writes, in the order of the above; ``None`` where it knows no state of a country
WRITTEN = {
    "woocommerce": "JP13 TR34 MX D B CN2 CT PO RM SP AE ZZ9".split(),
    "shopify": ["JP-13", None, *"MEX D B BJ CG PO RM SP AE".split(), None],
    "prestashop": [None, None, "MEX", None, "B", "11", "CT", "ES-PO", "RM", "SP", "AE", "ZZ9"],
    "amazon": [
        "Tokyo",
        "Istanbul",
        "Estado de México",
        "Co. Dublin",
        "Buenos Aires",
        "Beijing",
        "Chattisgarh",
        "PONTEVEDRA",
        "Roma",
        "São Paulo",
        "AE",
        "ZZ9",
    ],
}


class StatesOfShops:
    def test_states_are_found_however_the_shop_writes_them(self):
        written = [
            (country, code, told)
            for (country, code), told in zip(STATES, WRITTEN[self.simulator.code], strict=True)
            if told
        ]
        placed = [
            (self.place(country=country, state=told, email=f"{country}@example.com"), code, told)
            for country, code, told in written
        ]
        # What hardly changes at a shop is remembered.
        composing._shops.clear()
        self.settle()
        self.assertGreaterEqual(len(placed), 9)
        for (country, _code, _reported), (ref, code, told) in zip(written, placed, strict=True):
            address = self.one(ref).partner_shipping_id
            is_kept = told in (address.street2 or "")
            self.assertEqual(
                (
                    address.country_id.code,
                    address.state_id.code or "",
                    is_kept,
                ),
                (country, code, not code),
                (country, told),
            )


class NamesOfStates:
    def test_a_state_whose_code_nobody_knows_is_found_by_its_name(self):
        told = (
            # A merchant may add states of their own, or change the codes of those there are.
            ({"country": "JP", "state": "TKY", "state_name": "Tōkyō"}, "JP-13", False),
            ({"country": "JP", "state": "ZZ9", "state_name": "Atlantis"}, "", "Atlantis"),
            # A known code goes before a name that means another.
            ({"country": "JP", "state": "JP-13", "state_name": "Osaka"}, "JP-13", False),
        )
        placed = [
            self.place(**shape, email=f"{n}@example.com") for n, (shape, *_) in enumerate(told)
        ]
        composing._shops.clear()
        self.settle()
        for ref, (shape, code, kept) in zip(placed, told, strict=True):
            address = self.one(ref).partner_shipping_id
            self.assertEqual((address.state_id.code or "", address.street2), (code, kept), shape)


for code, shop in simulated_shops().items():
    name = f"TestStatesOf{code.title()}"
    # Amazon tells names alone, WooCommerce codes alone.
    names = (NamesOfStates,) if code in ("prestashop", "shopify") else ()
    globals()[name] = type(name, (*names, StatesOfShops, FaultBench), {"simulator": shop})
