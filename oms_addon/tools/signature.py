"""Signatures of what comes from outside: HMAC-SHA256 over the raw body.

Ours follow Standard Webhooks: the name of the event and the time are signed with the body. An
older form signs time and body; what other headers say of such a message is not believed.
"""

import base64
import contextlib
import hashlib
import hmac
from datetime import datetime, timezone

TOLERANCE_SECONDS = 300
#: digits of a Unix time
MAX_TIMESTAMP = 15
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SECRET_PREFIX = "whsec_"
NO_SECRET = "the channel has no secret: nothing can be verified"


def sign(secret, timestamp, body):
    """Return the signature of a body, in hex.

    :param str secret: what both sides know
    :param timestamp: Unix time of the call, as it is sent
    :param bytes body: the raw body
    """
    message = f"{timestamp}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_named(secret, name, timestamp, body):
    """Return the signature of a body and its event's name, as of Standard Webhooks.

    :param str secret: what both sides know; base64 behind ``whsec_``, else as it stands
    :param str name: the event's name
    :param timestamp: Unix time of the call, as it is sent
    :param bytes body: the raw body
    :return: e.g. ``v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=``
    """
    message = f"{name}.{timestamp}.".encode() + body
    digest = hmac.new(_key_of(secret), message, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers_of(secret, name, timestamp, body):
    """Return the headers that prove who sends a body and what it is.

    :rtype: dict[str, str]
    """
    return {
        ID: name,
        TIMESTAMP: str(timestamp),
        SIGNATURE: sign_named(secret, name, timestamp, body),
    }


def name_of(headers):
    """Return the signed name of an event of a message that was verified; '' where it has none."""
    return headers.get(ID, "") if headers.get(SIGNATURE) else ""


def message_problem(secret, headers, body, now, tolerance=TOLERANCE_SECONDS):
    """Say why a message is not to be believed, in whichever of our two forms it is signed.

    :param headers: the request's headers
    :return: the reason in words, '' when the message is genuine and fresh
    :rtype: str
    """
    given = headers.get(SIGNATURE)
    if not given:
        given, timestamp = headers.get("X-Oms-Signature", ""), headers.get("X-Oms-Timestamp", "")
        return problem(secret, given, timestamp, body, now, tolerance)
    name, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if wrong := _missing(secret, given and name, timestamp):
        return wrong
    expected = sign_named(secret, name, timestamp, body).encode()
    # Several while a secret is renewed.
    if not any([hmac.compare_digest(expected, one.encode()) for one in given.split()[:5]]):
        return "the signature is wrong"
    return _stale(timestamp, now, tolerance)


def problem(secret, signature, timestamp, body, now, tolerance=TOLERANCE_SECONDS):
    """Say why a call is not to be believed.

    :param str secret: what both sides know
    :param str signature: the signature that came with the call, in hex
    :param str timestamp: the Unix time that came with the call
    :param bytes body: the raw body
    :param now: the time here, a datetime (in UTC when it has no zone) or a Unix time
    :param int tolerance: how many seconds the two clocks may differ
    :return: the reason in words, '' when the call is genuine and fresh
    :rtype: str
    """
    if wrong := _missing(secret, signature, timestamp):
        return wrong
    expected = sign(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        return "the signature is wrong"
    return _stale(timestamp, now, tolerance)


def base64_problem(secret, signature, body):
    """Say why a call signed over its body alone, in base64, is not to be believed.

    :param str secret: what both sides know
    :param str signature: the signature that came with the call
    :param bytes body: the raw body
    :return: the reason in words, '' when the call is genuine
    :rtype: str
    """
    if not (secret or "").strip():
        return NO_SECRET
    if not signature:
        return "the signature is missing"
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    if not hmac.compare_digest(expected, signature.strip().encode()):
        return "the signature is wrong"
    return ""


def _missing(secret, signature, timestamp):
    """Return what a message lacks to be verified; '' when nothing is missing."""
    if not (secret or "").strip():
        return NO_SECRET
    if not signature or not timestamp:
        return "signature or timestamp is missing"
    # isdigit() alone lets through digits that int() does not read.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP):
        return "the timestamp is no Unix time in seconds"
    return ""


def _stale(timestamp, now, tolerance):
    if abs(_unix_time(now) - int(timestamp)) > tolerance:
        return "the timestamp is stale"
    return ""


def _key_of(secret):
    """Return the bytes of a secret."""
    if secret.startswith(SECRET_PREFIX):
        with contextlib.suppress(ValueError):
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    return secret.encode()


def _unix_time(now):
    if not isinstance(now, datetime):
        return now
    return (now if now.tzinfo else now.replace(tzinfo=timezone.utc)).timestamp()
