"""Signatures of what comes from outside: HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac
from datetime import datetime, timezone

TOLERANCE_SECONDS = 300
#: digits of a Unix time
MAX_TIMESTAMP = 15


def sign(secret, timestamp, body):
    """Return the signature of a body, in hex.

    :param str secret: what both sides know
    :param timestamp: Unix time of the call, as it is sent
    :param bytes body: the raw body
    """
    message = f"{timestamp}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


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
    if not secret:
        return "the channel has no secret: nothing can be verified"
    if not signature or not timestamp:
        return "signature or timestamp is missing"
    # isdigit() alone lets through digits that int() does not read.
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > MAX_TIMESTAMP:
        return "the timestamp is no Unix time in seconds"
    expected = sign(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        return "the signature is wrong"
    if abs(_unix_time(now) - int(timestamp)) > tolerance:
        return "the timestamp is stale"
    return ""


def base64_problem(secret, signature, body):
    """Say why a call signed over its body alone, in base64, is not to be believed.

    :param str secret: what both sides know
    :param str signature: the signature that came with the call
    :param bytes body: the raw body
    :return: the reason in words, '' when the call is genuine
    :rtype: str
    """
    if not secret:
        return "the channel has no secret: nothing can be verified"
    if not signature:
        return "the signature is missing"
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    if not hmac.compare_digest(expected, signature.strip().encode()):
        return "the signature is wrong"
    return ""


def _unix_time(now):
    if not isinstance(now, datetime):
        return now
    return (now if now.tzinfo else now.replace(tzinfo=timezone.utc)).timestamp()
