"""Authentication: Basic over HTTPS, OAuth 1.0a over plain HTTP."""

import base64
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote

from ..base import Refusal, Response

AGE = 15 * 60


def refuse(status, code, message):
    """:return: the rejection in WordPress' words"""
    return Refusal(Response(status, {"code": code, "message": message, "data": {"status": status}}))


class Gate:
    """The keys of one store, and the used nonces."""

    def __init__(self, key, secret):
        self.key, self.secret = key, secret
        self.permissions = "read_write"
        self.nonces = set()

    def check(self, request, home, secure):
        """Accept or reject a call.

        :param str home: the store's own address
        :param bool secure: whether the call was made over HTTPS
        :raise Refusal: when the key or signature is wrong, or the key is read-only
        """
        header = request.headers.get("Authorization", "")
        if secure:
            self._check_basic(header)
        else:
            self._check_oauth(header, request, home)
        if self.permissions == "read" and request.method not in ("GET", "HEAD"):
            raise refuse(
                401,
                "woocommerce_rest_authentication_error",
                "The API key provided does not have write permissions.",
            )

    def _check_basic(self, header):
        expected = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        if not header:
            self._nobody()
        if not hmac.compare_digest(header.encode(), f"Basic {expected}".encode()):
            raise refuse(
                401, "woocommerce_rest_authentication_error", "Consumer secret is invalid."
            )

    def _nobody(self):
        raise refuse(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")

    def _check_oauth(self, header, request, home):
        if not header.startswith("OAuth "):
            self._nobody()
        found = re.findall(r'(oauth_[a-z_]+)="([^"]*)"', header)
        fields = {name: unquote(value) for name, value in found}
        given = fields.pop("oauth_signature", "")
        if fields.get("oauth_consumer_key") != self.key:
            self._invalid("Consumer key is invalid.")
        if given != self._signature(request, home, fields):
            self._invalid("Invalid signature - provided signature does not match.")
        if abs(time.time() - int(fields.get("oauth_timestamp") or 0)) > AGE:
            self._invalid("Invalid timestamp.")
        nonce = (fields.get("oauth_timestamp"), fields.get("oauth_nonce"))
        if nonce in self.nonces:
            self._invalid("Invalid nonce - nonce has already been used.")
        self.nonces.add(nonce)

    def _invalid(self, message):
        raise refuse(401, "woocommerce_rest_authentication_error", message)

    def _signature(self, request, home, fields):
        if fields.get("oauth_signature_method") != "HMAC-SHA256":
            self._invalid("Invalid signature - signature method is invalid.")
        params = sorted({**request.query, **fields}.items())
        # WordPress encodes names and values once, then again as parts of the text.
        query = "%26".join(f"{_twice(name)}%3D{_twice(value)}" for name, value in params)
        text = f"{request.method}&{_encode(home + request.path)}&{query}"
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def _encode(text):
    return quote(str(text), safe="-._~")


def _twice(text):
    return _encode(text).replace("%", "%25")
