"""Amazon: fetch listings and stock locations."""

from odoo import api, models

from odoo.addons.oms_addon.exceptions import RateLimited
from odoo.addons.oms_addon.tools.paths import segment

from .parse_reports import read_listing, read_listing_report

LISTING_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
REPORT_SECONDS = 30
#: maximum number of listings that a search returns
MOST_SEARCHED = 1000


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: by search, or by a report where there are too many.

        The cursor is ``page <token>`` or ``report <id>``.
        """
        kind, _space, rest = (cursor or "page ").partition(" ")
        if kind == "report":
            text = self._read_report(channel, rest)
            if text is None:
                raise RateLimited(
                    self.env._("Amazon is creating the listings report."), seconds=REPORT_SECONDS
                )
            listings, problems = read_listing_report(text, self._currency(channel))
            self._notify_skipped(channel, problems)
            return listings, None
        account = self._account(channel)
        params = {
            "marketplaceIds": account["markets"][0],
            "includedData": "summaries,offers,fulfillmentAvailability,relationships",
            "pageSize": 20,
        }
        params |= {"pageToken": rest} if rest else {}
        path = f"/listings/2021-08-01/items/{segment(account['seller'])}"
        reported = self._send_request(
            channel, "searchListingsItems", "GET", path, params=params
        ).json()
        if reported["numberOfResults"] > MOST_SEARCHED:
            return [], f"report {self._create_report(channel, LISTING_REPORT)}"
        following = (reported.get("pagination") or {}).get("nextToken")
        market = account["markets"][0]
        listings = self._parse_each(
            channel, reported["items"], lambda item: [read_listing(item, market)]
        )
        return listings, f"page {following}" if following else None

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: the seller's own location, and Amazon's warehouses."""
        return [
            {"ref": "DEFAULT", "name": self.env._("Shipped by us"), "fulfils": True},
            {"ref": "AMAZON", "name": self.env._("Fulfilled by Amazon"), "fulfils": False},
        ]
