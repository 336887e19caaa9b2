"""Amazon: the account, its access, its limits."""

import re
import time
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
)
from odoo.addons.oms_addon.tools.http import status_of
from odoo.addons.oms_addon.tools.paths import segment

from .parse_orders import MARKETPLACES
from .values import iso, now

ENDPOINTS = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
LWA = "https://api.amazon.com"
SANDBOXES = {
    region: url.replace("https://", "https://sandbox.") for region, url in ENDPOINTS.items()
}
#: seller id@marketplace ids, and the queue for notifications
ACCOUNT = re.compile(
    r"(?P<seller>[A-Z0-9]{8,40})@(?P<markets>[A-Z0-9]{1,20}(?:,[A-Z0-9]{1,20}){0,40})"
    r"(?:\s{1,9}(?P<queue>arn:aws[\w-]{0,20}:sqs:\S{1,300}))?"
)

#: in this process: access tokens by what they are for, and which interfaces an account lacks
_tokens, _lacking = {}, {}
LACKING_SECONDS = 3600
#: waits for a rate limit that are shorter than starting again
NAP = 2.0
NAPS = 20


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _hosts = tuple(
        url.removeprefix("https://") for url in (*ENDPOINTS.values(), *SANDBOXES.values(), LWA)
    )

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: get a token, then look at one listing page."""
        sudo = channel.sudo()
        missing = [self._credential_labels[f] for f in self._required_credentials if not sudo[f]]
        if missing:
            return self.env._("Fill in: %(fields)s.", fields="; ".join(missing))
        try:
            account = self._account(channel)
            self._access_token(channel, renew=True)
            params = {"marketplaceIds": account["markets"][0], "pageSize": 1}
            path = f"/listings/2021-08-01/items/{segment(account['seller'])}"
            self._ask(channel, "searchListingsItems", "GET", path, params=params)
            window = {"lastUpdatedAfter": iso(now() - timedelta(minutes=10))}
            self._search(channel, window, None, 1, bare=True)
        except RateLimited:
            # Who has used up a limit was let in.
            return ""
        except UserError as error:
            return self._explain(error)
        return ""

    @api.model
    def _explain(self, error):
        """:return: what a person can do about a refusal of Amazon"""
        status, text = status_of(error), str(error)
        if status == 403:
            return self.env._(
                "Amazon denied access: %(text)s Assign the roles “Inventory and Order Tracking” "
                "and “Direct-to-Consumer Shipping” to the application, authorize it again and "
                "enter the new refresh token.",
                text=text,
            )
        if status in (400, 404):
            return self.env._(
                "Amazon does not recognize the seller ID or the marketplaces of this account: "
                "%(text)s Check them in Seller Central, Settings, Account Info.",
                text=text,
            )
        return text

    @api.model
    def _account(self, channel):
        """Read the account: who sells, where, and which queue takes notifications.

        :rtype: dict
        :raise FinalError: when it is malformed
        """
        found = ACCOUNT.fullmatch((channel.account_ref or "").strip())
        markets = found["markets"].split(",") if found else []
        unknown = [market for market in markets if market not in MARKETPLACES]
        regions = {MARKETPLACES[market][1] for market in markets if market in MARKETPLACES}
        if found and not unknown and len(regions) == 1:
            return {
                "seller": found["seller"],
                "markets": markets,
                "region": regions.pop(),
                "queue": found["queue"] or "",
            }
        if unknown:
            problem = self.env._("Amazon has no marketplace %(ids)s", ids=", ".join(unknown))
        elif len(regions) > 1:
            problem = self.env._(
                "the marketplaces belong to different regions; create one channel per region"
            )
        else:
            problem = self.env._("expected the seller ID, an @ and marketplace IDs")
        raise FinalError(
            self.env._(
                "The account “%(account)s” is not valid: %(problem)s. Example: "
                "A2EXAMPLESELLER@A1PA6795UKMFR9,A13V1IB3VIYZZH.",
                account=channel.account_ref or "",
                problem=problem,
            )
        )

    @api.model
    def _currency(self, channel):
        return MARKETPLACES[self._account(channel)["markets"][0]][2]

    @api.model
    def _base_url(self, channel):
        """Override of `oms.channel.adapter`: the region's endpoint unless another is set."""
        own = super()._base_url(channel)
        return own or ENDPOINTS[self._account(channel)["region"]]

    @api.model
    def _login_url(self, channel):
        """:return: where access tokens are asked for; at the address itself where that is none
        of Amazon's, as of a simulated one
        """
        base_url = self._base_url(channel)
        return LWA if base_url in (*ENDPOINTS.values(), *SANDBOXES.values()) else base_url

    @api.model
    def _origins(self, channel):
        """Extend: Login with Amazon has a server of its own."""
        found = {*super()._origins(channel), self._parse_address(self._login_url(channel)).origin}
        return tuple(sorted(found))

    @api.model
    def _is_moved(self, before, after):
        """Extend: an account that could not be read had no server yet, and each is Amazon's."""
        fixed = {LWA, *ENDPOINTS.values()}
        return super()._is_moved(before, after) and (bool(before) or not fixed.issuperset(after))

    @api.model
    def _ask(
        self, channel, bucket, method, path, *, personal=False, scope="", accept=(), **options
    ):
        """Call an operation of the API; an access that ran out is renewed once.

        :param str bucket: the operation, which has a limit of its own
        :param bool personal: whether the answer holds data of the buyer
        :param str scope: of a call that is made for the application, not for the seller
        """
        for renew in (False, True):
            token = (personal and self._restricted_token(channel, renew)) or self._access_token(
                channel, scope, renew
            )
            try:
                return self._call(
                    channel,
                    method,
                    path,
                    headers={
                        "x-amz-access-token": token,
                        "x-amz-date": f"{now():%Y%m%dT%H%M%SZ}",
                        "User-Agent": "oms_addon/19.0 (Language=Python)",
                    },
                    bucket=bucket,
                    accept=accept,
                    **options,
                )
            except CredentialsError:
                if renew:
                    raise

    @api.model
    def _is_v0(self, channel):
        """:return: whether the account has no other version of the Orders API"""
        return self._lacks(channel, "2026")

    @api.model
    def _lacks(self, channel, what):
        return _lacking.get((channel.id, channel.sudo().api_key, what), 0) > time.monotonic()

    @api.model
    def _note_lacking(self, channel, what):
        """Remember for a while what an account may not do."""
        key = channel.id, channel.sudo().api_key, what
        _lacking[key] = time.monotonic() + LACKING_SECONDS

    @api.model
    def _note_has(self, channel, what):
        """Forget that an account may not do something: it may."""
        _lacking.pop((channel.id, channel.sudo().api_key, what), None)

    @api.model
    def _observe(self, channel, bucket, answer):
        """Override of `oms.channel.adapter`: the account's own rate is in every answer."""
        try:
            rate = float(answer.headers.get("x-amzn-RateLimit-Limit", ""))
        except ValueError:
            return
        if rate > 0 and rate != self._rate_limits[bucket][0]:
            self.env["oms.channel.meter"]._learn(channel, bucket, rate=rate)

    @api.model
    def _patiently(self, call, done):
        """Make a call of a row; a short wait for the limit is waited here, once under way.

        :param int done: how many of the row were made before
        """
        for _nap in range(NAPS):
            try:
                return call()
            except RateLimited as error:
                if not done or not error.seconds or error.seconds > NAP:
                    raise
                time.sleep(error.seconds)
        return call()
