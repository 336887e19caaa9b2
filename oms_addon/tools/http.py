"""HTTP client for every call to another system, with time-outs and typed errors.

Only the internet is called, by HTTPS, except hosts that the caller trusts. Exception texts quote
nothing of a response but an API's error message: users who can set an address must not be able to
read what responds there. The response itself is the cause of the exception, logged with its trace.
"""

import logging
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urljoin

import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
)

from . import outbound_address as addresses
from . import pinned
from .bounded import TooLarge, decode_content, read_stream
from .connection_errors import (
    describe,
    describe_overdue,
    describe_page,
    describe_redirect,
    firewall_of,
    is_page,
)
from .error_messages import error_message_of
from .json_answer import read_json

_logger = logging.getLogger(__name__)

# Seconds without data, while connecting and between two blocks of a response.
TIMEOUT = 20
#: maximum seconds of a call, from connecting to the last byte of its response
TOTAL_SECONDS = 60
#: the same for downloads of files
FILE_SECONDS = 300
#: statuses that web servers, firewalls and closed stores send with an HTML page
REFUSING_PAGES = {401, 403}
RETRYABLE_STATUS = {408, 409, 423, 425, 500, 502, 503, 504}
# Sent by a proxy in front of the API.
UNREACHABLE_STATUS = {502, 503, 504}
MAX_SHOWN = 1024
MAX_ANSWER = 64 * 1024**2
MAX_REDIRECTS = 5
#: maximum seconds of a ``Retry-After`` header
LONGEST_WAIT = 86_400.0
#: other codings unpack without a limit, or need optional libraries
ACCEPTED_CODINGS = "gzip, deflate"


class Quote(Exception):
    """The beginning of a response, as the cause of an exception: for the trace only."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; ``headers`` are case-insensitive."""

    status: int
    headers: object
    body: bytes
    url: str = ""

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        """Return the body's JSON, with decimals as ``Decimal``.

        PHP notices around it are ignored.

        :raise RetryableError: when it is not JSON, as from a proxy or in maintenance; the call
            may have been carried out
        """
        data = read_json(self.body, parse_float=Decimal)
        if data is None:
            raise RetryableError(describe_page(self, self.url)) from self.quote()
        return data

    def quote(self):
        """:return: an exception with the beginning of the body, to raise another one from"""
        return Quote(repr(self.body[:MAX_SHOWN]))


def request(
    method,
    url,
    *,
    body=None,
    headers=None,
    params=None,
    auth=None,
    accept=(),
    trusted=frozenset(),
    quoted=True,
    seconds=None,
):
    """Call another system.

    :param str method: ``GET``, ``POST``…
    :param str url: the URL; logged without its query
    :param bytes body: the request body
    :param dict headers: never logged
    :param dict params: the query parameters
    :param auth: (user, password) of Basic authentication
    :param accept: error statuses that are returned instead of raised
    :param trusted: hosts that may be called without HTTPS or in the local network, see
        ``outbound_address.parse_trusted``
    :param bool quoted: whether exceptions may quote the API's error message
    :param float seconds: total time limit; ``None`` for ``TOTAL_SECONDS``
    :rtype: Answer
    :raise AddressError: when the address may not be called; nothing was sent
    :raise RateLimited: when the rate limit is exceeded
    :raise CredentialsError: when the credentials are rejected
    :raise RetryableError: when the server cannot be reached, is busy or failing
    :raise FinalError: when the call is rejected
    """
    address = addresses.parse(url, with_query=True)
    addresses.check(address, trusted)
    url = address.url
    values = {"data": body, "headers": headers, "params": params, "auth": auth}
    response, content = _exchange(method, address, trusted, seconds or TOTAL_SECONDS, values)
    _logger.info("%s %s answered %s", method, url, response.status_code)
    answer = Answer(response.status_code, response.headers, content, url)
    # A redirect that is not followed means that the request was not processed.
    is_done = response.ok and not response.is_redirect
    if not is_done and response.status_code not in accept:
        raise _verdict(f"{method} {url}", answer, quoted) from answer.quote()
    return answer


def _exchange(method, address, trusted, seconds, values):
    """:return: the response to a request and its body, both within a time limit"""
    url, peers = address.url, ()
    try:
        with pinned.Deadline(seconds) as deadline:
            peers = pinned.resolve(address, deadline.left())
            addresses.check_numbers(address, [peer[0] for _family, peer in peers], trusted)
            response = _send(method, address, peers, deadline, **values)
            return response, _read(response)
    except pinned.Overdue as error:
        raise RetryableError(describe_overdue(url, seconds), unreachable=True) from error
    except DocumentError as error:
        response.close()
        if isinstance(error, TooLarge):
            raise FinalError(f"{url} returned more than {MAX_ANSWER} bytes.") from error
        raise RetryableError(f"{url} returned a response that cannot be read: {error}.") from error
    except Exception as error:
        # urllib3's errors while reading are not RequestExceptions.
        is_known = isinstance(error, (requests.RequestException, OSError, ValueError))
        if is_known or type(error).__module__.startswith("urllib3"):
            raise RetryableError(describe(error, url, peers), unreachable=True) from error
        raise


def _send(method, address, peers, deadline, **values):
    """Send a request; GET requests follow redirects on the same server.

    Credentials must not reach another server or travel unencrypted, and a signature is valid only
    for the URL it was computed for.

    :param address: the checked ``outbound_address.Address``
    :param peers: its resolved and checked socket addresses
    :param deadline: ``pinned.Deadline`` of the whole call
    :raise FinalError: when it is redirected to another host, port or protocol
    """
    values["headers"] = {**(values.get("headers") or {}), "Accept-Encoding": ACCEPTED_CODINGS}
    for _hop in range(MAX_REDIRECTS):
        with pinned.session(peers, deadline) as session:
            response = session.request(
                method,
                address.url_with_query,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                **values,
            )
        if method != "GET" or not response.is_redirect:
            return response
        there = _next_hop(address, response.headers["Location"])
        response.close()
        address, values["params"] = there, None
    raise FinalError(f"{address.host} redirects calls in a loop. Check the address.")


def _read(response):
    """Read and unpack the body of a response, within limits.

    :raise DocumentError: when it is too large, corrupt or truncated
    """
    content = read_stream(
        response.raw, MAX_ANSWER, lambda size: response.raw.read(size, decode_content=False)
    )
    told = response.headers.get("Content-Length", "")
    if told.isdecimal() and len(told) < 16 and len(content) < int(told):
        raise DocumentError(f"it has {len(content)} of {told} bytes")
    return decode_content(content, response.headers.get("Content-Encoding", ""), MAX_ANSWER)


def _next_hop(address, location):
    """:return: the redirect target on the same server
    :raise FinalError: when it is on another server, or invalid
    """
    found = _joined(address.url, location)
    if not found or found.origin != address.origin:
        raise FinalError(describe_redirect(address.url, found and found.url))
    return found


def _joined(url, location):
    """:return: the absolute address of a redirect; ``None`` when it is invalid"""
    try:
        return addresses.parse(urljoin(url, location), with_query=True)
    except (addresses.AddressError, ValueError):
        return None


def location_of(answer):
    """:return: the redirect target of a response, without its query; '' when it is invalid"""
    found = _joined(answer.url, answer.headers.get("Location") or "")
    return found.url if found else ""


def is_page_alone(answer):
    """:return: whether a response is an HTML page without JSON in it: after a PHP notice, JSON is
    sent as a page
    """
    return is_page(answer) and read_json(answer.body) is None


def _verdict(call, answer, quoted):
    """:return: the exception for an error response"""
    wait = retry_after(answer.headers.get("Retry-After", ""))
    words = error_message_of(answer.body) if quoted else ""
    said = words or "The log of the Odoo server contains the response."
    if answer.status == 429:
        error = RateLimited(f"{call}: the rate limit is reached.", seconds=wait)
    elif firewall_of(answer) or answer.status in REFUSING_PAGES and is_page_alone(answer):
        # Responses of a firewall in front of the API are not about the credentials.
        error = RetryableError(describe_page(answer, answer.url), seconds=wait, unreachable=True)
    elif answer.status in (401, 403):
        error = CredentialsError(f"{call}: credentials rejected (status {answer.status}). {said}")
    elif answer.status in RETRYABLE_STATUS or answer.status >= 500:
        error = RetryableError(
            describe_page(answer, answer.url)
            if is_page_alone(answer)
            else f"{call}: failed with status {answer.status}. {said}",
            seconds=wait,
            unreachable=answer.status in UNREACHABLE_STATUS,
        )
    elif 300 <= answer.status < 400:
        error = FinalError(f"{call}: {_describe_redirect(answer)}")
    elif is_page(answer):
        error = FinalError(f"{call}: {describe_page(answer, answer.url)}")
    else:
        error = FinalError(f"{call}: rejected with status {answer.status}. {said}")
    if not words:
        _logger.info("%s answered %s: %r", call, answer.status, answer.body[:MAX_SHOWN])
    error.answer = answer
    return error


def _describe_redirect(answer):
    """:return: where a response redirects to, and what to do"""
    if there := location_of(answer):
        return f"redirected to {there}; nothing was processed. Enter that address for the channel."
    return (
        "redirected to an invalid address; nothing was processed. Check the address of the channel."
    )


def status_of(error):
    """:return: the response status of an error, 0 without a response"""
    return getattr(getattr(error, "answer", None), "status", 0)


def retry_after(value):
    """Parse a ``Retry-After`` header (RFC 9110, 10.2.3).

    :param str value: seconds, which some servers send with decimals, or a date
    :return: seconds, at most ``LONGEST_WAIT``; ``None`` when it is invalid
    """
    value = (value or "").strip()
    try:
        is_decimal = value.isascii() and value.replace(".", "", 1).isdigit()
        wait = float(value) if is_decimal else Retry().parse_retry_after(value)
    except (InvalidHeader, ArithmeticError, IndexError, TypeError, ValueError):
        return None
    return min(wait, LONGEST_WAIT)
