"""Amazon: account, API calls and rate limits."""

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
#: seller id@marketplace ids, and optionally the ARN of the SQS queue for notifications
ACCOUNT = re.compile(
    r"(?P<seller>[A-Z0-9]{8,40})@(?P<markets>[A-Z0-9]{1,20}(?:,[A-Z0-9]{1,20}){0,40})"
    r"(?:\s{1,9}(?P<queue>arn:aws[\w-]{0,20}:sqs:\S{1,300}))?"
)

#: caches of this process: access tokens, and the permissions that accounts lack
_tokens, _lacking = {}, {}
LACKING_SECONDS = 3600
#: seconds up to which waiting for a rate limit is cheaper than a retry
NAP = 2.0
NAPS = 20


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _hosts = tuple(
        url.removeprefix("https://") for url in (*ENDPOINTS.values(), *SANDBOXES.values(), LWA)
    )

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: get a token, then fetch one listing and one order."""
        sudo = channel.sudo()
        missing = [self._credential_labels[f] for f in self._required_credentials if not sudo[f]]
        if missing:
            return self.env._("Fill in: %(fields)s.", fields="; ".join(missing))
        try:
            account = self._account(channel)
            self._access_token(channel, renew=True)
            params = {"marketplaceIds": account["markets"][0], "pageSize": 1}
            path = f"/listings/2021-08-01/items/{segment(account['seller'])}"
            self._send_request(channel, "searchListingsItems", "GET", path, params=params)
            window = {"lastUpdatedAfter": iso(now() - timedelta(minutes=10))}
            self._search(channel, window, None, 1, bare=True)
        except RateLimited:
            # A rate limit proves that the credentials were accepted.
            return ""
        except UserError as error:
            return self._explain(error)
        return ""

    @api.model
    def _explain(self, error):
        """:return: the message for a call that Amazon rejected, with what to do"""
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
        """Parse the account reference: ``seller``, ``markets``, ``region`` and ``queue``.

        :rtype: dict
        :raise FinalError: when it is invalid
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
        """:return: the server for access tokens; the channel's own server where that is not
        Amazon's, as for a simulator
        """
        base_url = self._base_url(channel)
        return LWA if base_url in (*ENDPOINTS.values(), *SANDBOXES.values()) else base_url

    @api.model
    def _origins(self, channel):
        """Extend: add the server of Login with Amazon."""
        found = {*super()._origins(channel), self._parse_address(self._login_url(channel)).origin}
        return tuple(sorted(found))

    @api.model
    def _is_moved(self, before, after):
        """Extend: from an invalid account to Amazon's servers, secrets need not be re-entered."""
        fixed = {LWA, *ENDPOINTS.values()}
        return super()._is_moved(before, after) and (bool(before) or not fixed.issuperset(after))

    @api.model
    def _send_request(
        self, channel, bucket, method, path, *, personal=False, scope="", accept=(), **options
    ):
        """Call an operation of the API; an expired token is renewed once.

        :param str bucket: the operation, which has its own rate limit
        :param bool personal: whether the response contains data of the buyer
        :param str scope: scope of a call that is made for the application, not for the seller
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
        """:return: whether the account has access to version 0 of the Orders API only"""
        return self._lacks(channel, "2026")

    @api.model
    def _lacks(self, channel, what):
        return _lacking.get((channel.id, channel.sudo().api_key, what), 0) > time.monotonic()

    @api.model
    def _note_lacking(self, channel, what):
        """Cache for ``LACKING_SECONDS`` that an account lacks a permission."""
        key = channel.id, channel.sudo().api_key, what
        _lacking[key] = time.monotonic() + LACKING_SECONDS

    @api.model
    def _note_has(self, channel, what):
        """Remove a missing permission from the cache."""
        _lacking.pop((channel.id, channel.sudo().api_key, what), None)

    @api.model
    def _observe(self, channel, bucket, answer):
        """Override of `oms.channel.adapter`: responses contain the account's own rate limit."""
        try:
            rate = float(answer.headers.get("x-amzn-RateLimit-Limit", ""))
        except ValueError:
            return
        if rate > 0 and rate != self._rate_limits[bucket][0]:
            self.env["oms.channel.meter"]._learn(channel, bucket, rate=rate)

    @api.model
    def _patiently(self, call, done):
        """Make one of several calls; after the first, short rate limits are waited for here.

        :param int done: number of calls made before
        """
        for _nap in range(NAPS):
            try:
                return call()
            except RateLimited as error:
                if not done or not error.seconds or error.seconds > NAP:
                    raise
                time.sleep(error.seconds)
        return call()
