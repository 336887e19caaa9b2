"""One-legged OAuth 1.0a (RFC 5849): calls signed with a key and a secret, no token."""

import base64
import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

METHOD = "HMAC-SHA256"


def authorization(method, url, params, key, secret, *, nonce=None, timestamp=None):
    """Return the ``Authorization`` header of a call whose body is no form.

    :param str method: ``GET``, ``POST``…
    :param str url: scheme, host, port and path, as the other side knows itself
    :param dict params: the query, names and values as texts
    :param str key: who calls
    :param str secret: what both sides know
    :param str nonce: a text used once; made when not given
    :param timestamp: Unix time in seconds; the time here when not given
    :rtype: str
    """
    fields = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": METHOD,
        "oauth_timestamp": str(timestamp or int(time.time())),
    }
    fields["oauth_signature"] = sign(method, url, {**(params or {}), **fields}, secret)
    return "OAuth " + ", ".join(
        f'{_encode(name)}="{_encode(value)}"' for name, value in fields.items()
    )


def sign(method, url, params, secret):
    """Return the signature of a call, in base64.

    :param dict params: the query and the ``oauth_…`` fields but the signature
    """
    pairs = sorted((_encode(name), _encode(value)) for name, value in params.items())
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join(_encode(part) for part in (method.upper(), url, joined))
    digest = hmac.new(f"{_encode(secret)}&".encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _encode(text):
    return quote(str(text), safe="-._~")
