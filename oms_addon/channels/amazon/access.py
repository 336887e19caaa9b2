"""Amazon: access tokens, including those for personal data."""

import time
from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RetryableError,
)
from odoo.addons.oms_addon.tools.http import status_of

from .connection import _tokens
from .values import ORDERS_V0

RESTRICTED = (
    (ORDERS_V0, ["buyerInfo", "shippingAddress", "buyerTaxInformation"]),
    (f"{ORDERS_V0}/{{orderId}}", ["buyerInfo", "shippingAddress", "buyerTaxInformation"]),
    (f"{ORDERS_V0}/{{orderId}}/orderItems", ["buyerInfo"]),
)


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _access_token(self, channel, scope="", renew=False):
        """:return: an access token of Login with Amazon, valid for at least a minute
        :raise CredentialsError: when Amazon rejects the application or the seller's consent
        """
        sudo = channel.sudo()
        url = f"{self._login_url(channel)}/auth/o2/token"
        key = channel.id, url, sudo.api_key, sudo.webhook_secret, scope
        token, until = _tokens.get(key, ("", 0))
        if token and time.monotonic() < until and not renew:
            return token
        grant = (
            {"grant_type": "client_credentials", "scope": scope}
            if scope
            else {"grant_type": "refresh_token", "refresh_token": sudo.webhook_secret or ""}
        )
        secrets = {"client_id": sudo.api_key or "", "client_secret": sudo.api_secret or ""}
        try:
            reported = self._call(
                channel,
                "POST",
                url,
                body=urlencode(grant | secrets).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
                bucket="lwa",
            ).json()
        except (FinalError, CredentialsError) as error:
            raise CredentialsError(self._explain_login(error)) from error
        if not isinstance(reported, dict) or not reported.get("access_token"):
            raise RetryableError(
                self.env._("The server at %(url)s is not Amazon. Correct the address.", url=url)
            )
        _tokens[key] = (
            reported["access_token"],
            time.monotonic() + reported.get("expires_in", 3600) - 60,
        )
        return reported["access_token"]

    @api.model
    def _explain_login(self, error):
        """:return: why Login with Amazon rejected a request, for people"""
        try:
            code = error.answer.json().get("error", "")
        except (UserError, AttributeError):
            code = ""
        if code == "invalid_client":
            return self.env._(
                "Login with Amazon does not recognize the application. Check the LWA client ID "
                "and client secret in Seller Central, Develop Apps."
            )
        if code in ("invalid_grant", "unauthorized_client"):
            return self.env._(
                "Login with Amazon rejected the refresh token. Authorize the application again "
                "in Seller Central, Develop Apps, and enter the new token."
            )
        return self.env._(
            "Login with Amazon rejected the request: %(code)s.", code=code or status_of(error)
        )

    @api.model
    def _restricted_token(self, channel, renew=False):
        """:return: a token to fetch orders of version 0 with buyer and address; '' when the account
        lacks the permission
        """
        if self._lacks(channel, "personal"):
            return ""
        sudo = channel.sudo()
        base_url = self._base_url(channel)
        key = channel.id, base_url, sudo.api_key, sudo.webhook_secret, "restricted"
        token, until = _tokens.get(key, ("", 0))
        if token and time.monotonic() < until and not renew:
            return token
        resources = [
            {"method": "GET", "path": path, "dataElements": elements}
            for path, elements in RESTRICTED
        ]
        path = "/tokens/2021-03-01/restrictedDataToken"
        try:
            reported = self._send_request(
                channel, "tokens", "POST", path, body={"restrictedResources": resources}
            ).json()
        except (CredentialsError, FinalError) as error:
            if status_of(error) not in (400, 403):
                raise
            self._note_lacking(channel, "personal")
            return ""
        until = time.monotonic() + reported.get("expiresIn", 3600) - 60
        _tokens[key] = reported["restrictedDataToken"], until
        return reported["restrictedDataToken"]
