"""What each kind of channel can do, as the documentation shows it."""

import os
from pathlib import Path

from ..common import OmsCommon

PAGE = Path(__file__).parents[2] / "docs" / "capabilities.md"
#: what is shown of a capability, by its flag
LABELS = {
    "_can_fetch": "Orders are polled",
    "_can_register": "Webhooks are registered",
    "_can_use_api": "Orders by the public API",
    "_can_import_file": "Orders from files",
    "_is_native": "Orders are made in Odoo",
    "_can_fetch_listings": "Listings are fetched",
    "_can_fetch_locations": "Locations are fetched",
    "_can_fetch_taxes": "Taxes are fetched",
    "_can_push_stock": "Stock is sent",
    "_can_push_price": "Prices are sent",
    "_can_push_shipment": "Shipments are sent",
    "_can_push_tracking": "Tracking numbers are sent",
    "_can_push_promise": "Promised dates are sent",
    "_can_push_cancellation": "Cancellations are sent",
    "_can_notify_cancellation": "Customer notified of a cancellation by choice",
    "_can_push_refund": "Refunds are requested",
}
INTRODUCTION = """\
# Capabilities by channel type

Generated from the flags of the adapters; run
`OMS_WRITE_DOCS=1 ./oms test tests/channels/test_capabilities.py` to update it.
"""


class TestCapabilities(OmsCommon):
    def _page(self):
        adapters = self.env["oms.channel"]._adapters()
        kinds = sorted(
            (self.env[name]._description, self.env[name])
            for code, name in adapters.items()
            if not name.endswith(".acme")
        )
        head = ["", *(label for label, _adapter in kinds)]
        rows = [
            [text, *("✓" if getattr(adapter, flag) else "" for _label, adapter in kinds)]
            for flag, text in LABELS.items()
        ]
        lines = [head, ["---", *[":-:"] * len(kinds)], *rows]
        return INTRODUCTION + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def test_the_page_shows_what_the_adapters_can_do(self):
        page = self._page()
        if os.environ.get("OMS_WRITE_DOCS"):
            PAGE.write_text(page, encoding="utf-8")
        self.assertEqual(PAGE.read_text(encoding="utf-8"), page)

    def test_no_capability_is_left_out(self):
        flags = {
            name
            for adapter in self.env["oms.channel"]._adapters().values()
            for name in dir(self.env[adapter])
            if name.startswith("_can_") and isinstance(getattr(self.env[adapter], name), bool)
        }
        self.assertEqual(flags - LABELS.keys(), set())
