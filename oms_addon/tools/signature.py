"""Signatures of inbound calls: HMAC-SHA256 over the raw body.

Our format is Standard Webhooks: event id and time are signed with the body. An older format signs
time and body only; other headers of such messages are ignored.
"""

import base64
import contextlib
import hashlib
import hmac
from datetime import datetime, timezone

TOLERANCE_SECONDS = 300
#: maximum digits of a Unix time
MAX_TIMESTAMP = 15
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SECRET_PREFIX = "whsec_"
NO_SECRET = "the channel has no webhook secret"


def sign(secret, timestamp, body):
    """Return the signature of a body, in hex.

    :param str secret: the shared secret
    :param timestamp: Unix time of the call, as sent
    :param bytes body: the raw body
    """
    message = f"{timestamp}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_named(secret, name, timestamp, body):
    """Return the Standard Webhooks signature of a body and its event id.

    :param str secret: the shared secret; base64 after ``whsec_``, else plain text
    :param str name: the event id
    :param timestamp: Unix time of the call, as sent
    :param bytes body: the raw body
    :return: e.g. ``v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=``
    """
    message = f"{name}.{timestamp}.".encode() + body
    digest = hmac.new(_secret_bytes(secret), message, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers_of(secret, name, timestamp, body):
    """Return the headers that sign a body and its event id.

    :rtype: dict[str, str]
    """
    return {
        ID: name,
        TIMESTAMP: str(timestamp),
        SIGNATURE: sign_named(secret, name, timestamp, body),
    }


def name_of(headers):
    """Return the signed event id of a verified message; '' without one."""
    return headers.get(ID, "") if headers.get(SIGNATURE) else ""


def message_problem(secret, headers, body, now, tolerance=TOLERANCE_SECONDS):
    """Verify a message in either format.

    :param headers: the request's headers
    :return: why it is refused, '' when the message is genuine and recent
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
    # Several signatures while a secret is being replaced.
    if not any([hmac.compare_digest(expected, one.encode()) for one in given.split()[:5]]):
        return "the signature is wrong"
    return _stale(timestamp, now, tolerance)


def problem(secret, signature, timestamp, body, now, tolerance=TOLERANCE_SECONDS):
    """Verify a call that is signed over time and body.

    :param str secret: the shared secret
    :param str signature: the received signature, in hex
    :param str timestamp: the received Unix time
    :param bytes body: the raw body
    :param now: the current time, a datetime (in UTC when it has no zone) or a Unix time
    :param int tolerance: maximum difference between the two clocks in seconds
    :return: why it is refused, '' when the call is genuine and recent
    :rtype: str
    """
    if wrong := _missing(secret, signature, timestamp):
        return wrong
    expected = sign(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        return "the signature is wrong"
    return _stale(timestamp, now, tolerance)


def base64_problem(secret, signature, body):
    """Verify a call that is signed over its body alone, in base64.

    :param str secret: the shared secret
    :param str signature: the received signature
    :param bytes body: the raw body
    :return: why it is refused, '' when the call is genuine
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
    """Return why a signature cannot be verified; '' when nothing is missing."""
    if not (secret or "").strip():
        return NO_SECRET
    if not signature or not timestamp:
        return "signature or timestamp is missing"
    # isdigit() alone accepts digits that int() does not.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP):
        return "the timestamp is not a Unix time in seconds"
    return ""


def _stale(timestamp, now, tolerance):
    if abs(_unix_time(now) - int(timestamp)) > tolerance:
        return "the timestamp is stale"
    return ""


def _secret_bytes(secret):
    """Return the bytes of a secret."""
    if secret.startswith(SECRET_PREFIX):
        with contextlib.suppress(ValueError):
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    return secret.encode()


def _unix_time(now):
    if not isinstance(now, datetime):
        return now
    return (now if now.tzinfo else now.replace(tzinfo=timezone.utc)).timestamp()
