"""Login with Amazon: tokens, permissions, rate limits."""

import time
from urllib.parse import parse_qsl

from ..base import Response
from .feeds import error
from .operations import GRANTLESS, OPERATIONS


class AccessMixin:
    """Login with Amazon: tokens, permissions, rate limits."""

    def _count(self, name):
        """Take one token of an operation's bucket."""
        rate, burst = OPERATIONS[name][2] * self.rate_factor, OPERATIONS[name][3]
        now = time.monotonic()
        tokens, counted = self.buckets.get(name, (burst, now))
        tokens = min(burst, tokens + (now - counted) * rate)
        self.buckets[name] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            refusal = error(429, "QuotaExceeded", "You exceeded your quota.")
            refusal.response.headers["x-amzn-RateLimit-Limit"] = str(rate)
            raise refusal

    def credentials(self):
        account = f"{self.seller}@{self.market}"
        return {
            "base_url": self.url,
            "account_ref": account,
            "webhook_secret": self.refresh_token,
            **self.client,
        }

    def _login(self, request):
        told = dict(parse_qsl(request.body.decode()))
        if (told.get("client_id"), told.get("client_secret")) != tuple(self.client.values()):
            return Response(401, {"error": "invalid_client"})
        grant = told.get("grant_type")
        if grant == "client_credentials":
            kind = told.get("scope", "")
        elif grant == "refresh_token" and told.get("refresh_token") == self.refresh_token:
            kind = "seller"
        else:
            return Response(400, {"error": "invalid_grant"})
        answer = {"access_token": self._token(kind), "token_type": "bearer", "expires_in": 3600}
        return Response(200, answer)

    def _token(self, kind):
        token = f"Atza|{len(self.tokens)}{self.random.getrandbits(64):x}"
        self.tokens[token] = kind
        return token

    def expire_tokens(self):
        """Expire all access tokens."""
        self.tokens.clear()

    def _check_access(self, name, request):
        kind = self.tokens.get(request.headers.get("x-amz-access-token", ""))
        denied = error(403, "Unauthorized", "Access to requested resource is denied.")
        if kind is None:
            raise denied
        if (name in GRANTLESS) != (kind == "sellingpartnerapi::notifications"):
            raise denied
        role = "listings" if "istings" in name else "2026" if "2026" in OPERATIONS[name][1] else ""
        role = "finance" if name == "listTransactions" else role
        role = role or ("orders" if "/orders/" in OPERATIONS[name][1] else "")
        if role and role not in self.roles or role == "2026" and "orders" not in self.roles:
            raise denied
        return kind

    def op_createRestrictedDataToken(self, request):
        if "personal" not in self.roles:
            raise error(403, "Unauthorized", "Application does not have access to PII.")
        resources = request.json()["restrictedResources"]
        paths = tuple((r["method"], r["path"], tuple(r["dataElements"])) for r in resources)
        return Response(200, {"restrictedDataToken": self._token(paths), "expiresIn": 3600})

    def _is_personal(self, request, template):
        """:return: whether the token of a call gives access to buyer data"""
        return not isinstance(request.token, str) and any(
            method == request.method and path in (template, request.path)
            for method, path, _elements in request.token
        )
