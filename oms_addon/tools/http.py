"""The one door out: every call to another system, with a time-out and a verdict.

It calls the internet by HTTPS, and nothing else but the hosts its caller trusts. No text of an
exception quotes what was answered, but for the error message of an API: whoever chooses an
address is not to read by it what answers there. What was answered is the cause of the exception,
so it stands in the trace and in the log.
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
from .json_answer import read_json
from .peer_words import words_of

_logger = logging.getLogger(__name__)

# Seconds without a sign of life, while connecting and between two pieces of an answer.
TIMEOUT = 20
#: seconds that a call takes at most, from the first connection to the last byte of its answer
TOTAL_SECONDS = 60
#: the same of files, which are large
FILE_SECONDS = 300
#: what web servers, firewalls and shops that are closed answer with a page
REFUSING_PAGES = {401, 403}
RETRYABLE_STATUS = {408, 409, 423, 425, 500, 502, 503, 504}
# What stands before the channel answers for it.
UNREACHABLE_STATUS = {502, 503, 504}
MAX_SHOWN = 1024
MAX_ANSWER = 64 * 1024**2
MAX_REDIRECTS = 5
#: seconds; who says more is asked again after a day
LONGEST_WAIT = 86_400.0
#: others unpack without a limit, or only where a library is installed
ACCEPTED_CODINGS = "gzip, deflate"


class Quote(Exception):
    """What was answered, as the cause of an exception: for its trace, never for its text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered: ``headers`` compare without case."""

    status: int
    headers: object
    body: bytes
    url: str = ""

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        """Return its JSON, numbers with decimals as ``Decimal``.

        Notices that PHP wrote around it are left out.

        :raise RetryableError: when it is none: a proxy's or a maintenance page. What was sent
            may have been carried out all the same
        """
        data = read_json(self.body, parse_float=Decimal)
        if data is None:
            raise RetryableError(describe_page(self, self.url)) from self.quote()
        return data

    def quote(self):
        """:return: the beginning of the body, to raise an exception from"""
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
    :param str url: where to; never logged with its query
    :param bytes body: what to send
    :param dict headers: never logged
    :param dict params: the query
    :param auth: (user, password) of Basic authentication
    :param accept: statuses of errors that are answers all the same
    :param trusted: hosts that may be called without HTTPS or within the own network, see
        ``outbound_address.parse_trusted``
    :param bool quoted: whether texts of exceptions may have the error message of the API
    :param float seconds: how long it may take in all; ``None`` for ``TOTAL_SECONDS``
    :rtype: Answer
    :raise AddressError: when the address may not be called; nothing was sent
    :raise RateLimited: when there were too many calls
    :raise CredentialsError: when the credentials are refused
    :raise RetryableError: when the other side cannot be reached, is busy or broken
    :raise FinalError: when it refuses
    """
    address, peers = addresses.parse(url, with_query=True), ()
    addresses.check(address, trusted)
    url = address.url
    values = {"data": body, "headers": headers, "params": params, "auth": auth}
    try:
        with pinned.Deadline(seconds or TOTAL_SECONDS) as deadline:
            peers = pinned.resolve(address, deadline.left())
            addresses.check_numbers(address, [peer[0] for _family, peer in peers], trusted)
            response = _send(method, address, peers, deadline, **values)
            content = _read(response)
    except pinned.Overdue as error:
        text = describe_overdue(url, seconds or TOTAL_SECONDS)
        raise RetryableError(text, unreachable=True) from error
    except DocumentError as error:
        response.close()
        if isinstance(error, TooLarge):
            raise FinalError(f"{url} answered with more than {MAX_ANSWER} bytes.") from error
        raise RetryableError(f"{url} answered with a body that cannot be read: {error}.") from error
    except (requests.RequestException, OSError, ValueError) as error:
        raise RetryableError(describe(error, url, peers), unreachable=True) from error
    except Exception as error:
        # What urllib3 raises while it reads is no RequestException.
        if type(error).__module__.startswith("urllib3"):
            raise RetryableError(describe(error, url, peers), unreachable=True) from error
        raise
    _logger.info("%s %s answered %s", method, url, response.status_code)
    answer = Answer(response.status_code, response.headers, content, url)
    # A redirect that is not followed: what was told did not arrive.
    is_done = response.ok and not response.is_redirect
    if not is_done and response.status_code not in accept:
        raise _verdict(f"{method} {url}", answer, quoted) from answer.quote()
    return answer


def _send(method, address, peers, deadline, **values):
    """Send a call; reading follows redirects of its own host.

    What is sent along belongs to one host, and goes to no other, nor to it without encryption;
    a signature belongs to the address it was made for.

    :param address: ``outbound_address.Address``, which was checked
    :param peers: what its name was resolved to, which was checked, too
    :param deadline: ``pinned.Deadline`` of all of it
    :raise FinalError: when another host, port or protocol is to be asked
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
    raise FinalError(f"{address.host} sends calls on without end. Check the address.")


def _read(response):
    """Read the body of an answer, unpacked, within limits.

    :raise DocumentError: when it is larger, broken or cut off
    """
    content = read_stream(
        response.raw, MAX_ANSWER, lambda size: response.raw.read(size, decode_content=False)
    )
    told = response.headers.get("Content-Length", "")
    if told.isdecimal() and len(told) < 16 and len(content) < int(told):
        raise DocumentError(f"it has {len(content)} of {told} bytes")
    return decode_content(content, response.headers.get("Content-Encoding", ""), MAX_ANSWER)


def _next_hop(address, location):
    """:return: the address of the same server that a call is sent on to
    :raise FinalError: when it is another server's, or none
    """
    found = _joined(address.url, location)
    if not found or found.origin != address.origin:
        raise FinalError(describe_redirect(address.url, found and found.url))
    return found


def _joined(url, location):
    """:return: the address that a call of another is sent on to; ``None`` when it is none"""
    try:
        return addresses.parse(urljoin(url, location), with_query=True)
    except (addresses.AddressError, ValueError):
        return None


def location_of(answer):
    """:return: where an answer sends its call on to, without its query; '' when that is no
    address
    """
    found = _joined(answer.url, answer.headers.get("Location") or "")
    return found.url if found else ""


def is_page_alone(answer):
    """:return: whether an answer is a page without data in it: where PHP writes a notice first,
    data is sent as a page
    """
    return is_page(answer) and read_json(answer.body) is None


def _verdict(call, answer, quoted):
    """:return: the exception that an answer with an error means"""
    wait = retry_after(answer.headers.get("Retry-After", ""))
    words = words_of(answer.body) if quoted else ""
    said = f": {words}" if words else ". What it answered stands in the log of Odoo's server."
    if answer.status == 429:
        error = RateLimited(f"{call}: too many calls.", seconds=wait)
    elif firewall_of(answer) or answer.status in REFUSING_PAGES and is_page_alone(answer):
        # What stands in front of an API says nothing about the credentials.
        error = RetryableError(describe_page(answer, answer.url), seconds=wait, unreachable=True)
    elif answer.status in (401, 403):
        error = CredentialsError(f"{call} refused the credentials ({answer.status}){said}")
    elif answer.status in RETRYABLE_STATUS or answer.status >= 500:
        error = RetryableError(
            describe_page(answer, answer.url)
            if is_page_alone(answer)
            else f"{call} answered {answer.status}{said}",
            seconds=wait,
            unreachable=answer.status in UNREACHABLE_STATUS,
        )
    elif 300 <= answer.status < 400:
        error = FinalError(f"{call} was sent on to {_there(answer)}.")
    elif is_page(answer):
        error = FinalError(f"{call}: {describe_page(answer, answer.url)}")
    else:
        error = FinalError(f"{call} refused with {answer.status}{said}")
    if not words:
        _logger.info("%s answered %s: %r", call, answer.status, answer.body[:MAX_SHOWN])
    error.answer = answer
    return error


def _there(answer):
    """:return: where an answer sends its call on to, and what to do"""
    if there := location_of(answer):
        return f"{there}, and nothing was done: enter the address that is sent on to"
    return "what is no address, and nothing was done: check the address of the channel"


def status_of(error):
    """:return: the status of the answer an error is about, 0 where there was none"""
    return getattr(getattr(error, "answer", None), "status", 0)


def retry_after(value):
    """Read how long to wait from a ``Retry-After`` header (RFC 9110, 10.2.3).

    :param str value: seconds, which some write with decimals, or a date
    :return: seconds, or ``None`` when it tells nothing
    """
    value = (value or "").strip()
    try:
        is_decimal = value.isascii() and value.replace(".", "", 1).isdigit()
        wait = float(value) if is_decimal else Retry().parse_retry_after(value)
    except (InvalidHeader, ArithmeticError, IndexError, TypeError, ValueError):
        return None
    return min(wait, LONGEST_WAIT)
