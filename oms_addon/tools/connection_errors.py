"""Messages for failed calls to other systems: the cause, and what to do."""

import contextlib
import socket
import ssl
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from . import pinned, sentences

#: seconds to fetch a rejected certificate for the message
CERTIFICATE_TIMEOUT = 5
#: OpenSSL's certificate verification codes
SELF_SIGNED, EXPIRED, NOT_YET_VALID, OTHER_NAMES, OTHER_NAME = {18, 19}, {10}, {9}, {62, 64}, 62
#: OpenSSL's errors for servers without HTTPS, or with outdated encryption
NO_HTTPS = ("WRONG_VERSION_NUMBER", "RECORD LAYER FAILURE", "UNEXPECTED_EOF", "EOF OCCURRED")
OUTDATED = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "HANDSHAKE_FAILURE", "DH_KEY_TOO_SMALL")
#: texts of pages that servers send for HTTP requests to an HTTPS port
PLAIN_MARKS = ("plain http request was sent to https port", "plain http to an ssl-enabled")
#: class name of urllib3's own error for a certificate of another host name
MISMATCH = "CertificateError"
#: headers and texts that identify firewalls and protection services
FIREWALLS = {
    "Cloudflare": (("cf-ray", "cf-mitigated"), ("cloudflare", "cf-error-details")),
    "Sucuri": (("x-sucuri-id", "x-sucuri-block"), ("sucuri",)),
    "Imperva": (("x-iinfo",), ("incapsula", "imperva")),
    "Wordfence": ((), ("wordfence",)),
    "ModSecurity": ((), ("mod_security", "modsecurity", "not acceptable!")),
}
#: class names of exceptions, of the standard library, requests and urllib3
UNCONNECTED = {"ConnectTimeout", "ConnectTimeoutError"}
UNANSWERED = {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}
NO_ADDRESS = {"InvalidURL", "MissingSchema", "InvalidSchema", "LocationParseError"}
BROKEN_OFF = {
    "ConnectionResetError",
    "BrokenPipeError",
    "ChunkedEncodingError",
    "ProtocolError",
    "IncompleteRead",
}
#: texts that identify a login page
LOGIN_MARKS = ('type="password"', "type='password'", "wp-login.php")
_SHOWN = 150


def describe(error, url, peers=()):
    """Describe why a call got no response.

    :param Exception error: raised while connecting, sending or reading
    :param str url: the URL called
    :param peers: the resolved socket addresses, see ``pinned.resolve``
    :return: cause and fix, one or two sentences
    :rtype: str
    """
    address = urlsplit(url)
    host, causes = address.hostname or url, list(_chain(error))
    place = f"{host}:{address.port}" if address.port else host
    if host in ("http", "https"):
        return f"“{url}” is not a valid address. Enter it as https://shop.example.com."
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return (
                f"The host name {host} could not be resolved. Check the address for typing errors, "
                "and the DNS settings of the Odoo server."
            )
        if isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == MISMATCH:
            return _describe_certificate(cause, host, peers)
        if isinstance(cause, ConnectionRefusedError):
            return (
                f"{place} refused the connection. Check the address and the port, and that the "
                "store is running."
            )
    if _is_any(causes, UNCONNECTED):
        return (
            f"{place} did not accept a connection in time. Check the address, and that no "
            "firewall blocks the Odoo server."
        )
    if _is_any(causes, UNANSWERED):
        return f"{place} did not respond in time. The call is retried automatically."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return _describe_handshake(causes, place)
    if _is_any(causes, NO_ADDRESS):
        return f"“{host}” is not a valid address. Enter it as https://shop.example.com."
    if _is_any(causes, BROKEN_OFF) and address.scheme == "http":
        return (
            f"{place} closed the connection without a response. If it requires HTTPS, enter its "
            "address with https://; otherwise the call is retried automatically."
        )
    if _is_any(causes, BROKEN_OFF):
        return (
            f"{place} closed the connection without a response. The call is retried automatically."
        )
    return f"{place} cannot be reached ({type(error).__name__}). Check that it is running."


def describe_overdue(url, seconds):
    """:return: the message for a call that exceeded its total time limit"""
    host = urlsplit(url).hostname or url
    return (
        f"{host} did not complete its response within {seconds:g} seconds. The call is retried "
        "automatically."
    )


def _chain(error):
    """Yield an exception and all exceptions it was raised from or wraps."""
    seen, left = set(), [error]
    while left:
        current = left.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        left += [current.__cause__, current.__context__, getattr(current, "reason", None)]
        left += [part for part in current.args if isinstance(part, BaseException)]


def _is_any(causes, names):
    """:return: whether the class of an exception, or a base class, has one of the names"""
    return any(cls.__name__ in names for cause in causes for cls in type(cause).__mro__)


def _shown(error):
    """:return: an error's text, shortened, as a sentence"""
    return sentences.join([f"{error}"[:_SHOWN]])


def _describe_handshake(causes, place):
    """:return: the message for a failed TLS handshake, unless caused by the certificate"""
    said = " ".join(str(cause).upper() for cause in causes)
    if any(mark in said for mark in NO_HTTPS):
        return (
            f"{place} does not support HTTPS. Check the address of the store, and set up HTTPS on "
            "its server."
        )
    if any(mark in said for mark in OUTDATED):
        return (
            f"{place} only supports outdated encryption. Enable TLS 1.2 or newer on the server of "
            "the store."
        )
    return f"A secure connection to {place} could not be established: {_shown(causes[-1])}"


# === CERTIFICATES === #


def _describe_certificate(error, host, peers):
    """:return: the message for a rejected certificate, with its subject and expiry date"""
    return sentences.join([_certificate_error(error, host), _certificate_of(host, peers)])


def _certificate_error(error, host):
    """:return: why a certificate was rejected, and what to do"""
    code = getattr(error, "verify_code", OTHER_NAME)
    if code in SELF_SIGNED:
        return (
            f"The certificate of {host} is self-signed. Install a certificate of a public "
            "certificate authority on the server of the store."
        )
    if code in EXPIRED:
        return f"The certificate of {host} has expired. Renew it on the server of the store."
    if code in NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet. Check the clock of the Odoo server."
    if code in OTHER_NAMES:
        return (
            f"The certificate of {host} was issued for another name. Enter the address it was "
            "issued for."
        )
    return (
        f"The certificate of {host} was rejected ({sentences.inner(error.verify_message)}). "
        "Install the complete certificate chain on the server of the store."
    )


def _certificate_of(host, peers):
    """:return: a sentence with the subject and expiry date of a server's certificate; '' when
    unknown
    """
    with contextlib.suppress(Exception):
        shown = pinned.certificate_of(host, peers, CERTIFICATE_TIMEOUT)
        certificate = x509.load_der_x509_certificate(shown)
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        owner = names[0].value if names else certificate.fingerprint(hashes.SHA256()).hex()[:16]
        end = certificate.not_valid_after_utc.date().isoformat()
        return f"Certificate: {owner}, valid until {end}."
    return ""


# === PAGES INSTEAD OF DATA === #


def is_page(answer):
    """:return: whether a response is an HTML page instead of data"""
    kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    start = answer.body[:200].lstrip().lower()
    return kind in ("text/html", "application/xhtml+xml") or start.startswith(
        (b"<!doctype html", b"<html")
    )


def is_login(text):
    """:return: whether a page, in lower case, is a login page"""
    return any(mark in text for mark in LOGIN_MARKS)


def firewall_of(answer):
    """:return: the name of the firewall or protection service that sent a response; '' for none"""
    keys = {str(key).lower() for key in answer.headers}
    text = answer.body[:20_000].decode("utf-8", "replace").lower()
    for name, (headers, words) in FIREWALLS.items():
        if is_page(answer) and (keys.intersection(headers) or any(w in text for w in words)):
            return name
    return ""


def describe_page(answer, url):
    """Describe a response that is not data, usually an HTML page. It is not quoted.

    :param answer: the ``Answer``
    :param str url: the URL called
    :return: cause and fix, one or two sentences
    :rtype: str
    """
    host = urlsplit(url).hostname or url
    text = answer.body[:20_000].decode("utf-8", "replace").lower()
    if name := firewall_of(answer):
        return (
            f"{name} blocked the call to {host} (status {answer.status}). Allow the Odoo server "
            "there, or exclude the API from its rules."
        )
    if any(mark in text for mark in PLAIN_MARKS):
        return (
            f"{host} requires HTTPS. Enter the address of the channel with https:// instead of "
            "http://."
        )
    if is_login(text):
        return (
            f"{host} returned a login page instead of data: the address is protected by a password "
            "or is not the address of the API. Remove the password or correct the address."
        )
    if answer.status in (401, 403):
        return (
            f"{host} rejected the call with a web page (status {answer.status}): a password, a "
            "firewall or a security plugin protects the API. Allow the Odoo server there."
        )
    if answer.status == 503 or "maintenance" in text:
        return f"{host} returned a maintenance page. The call is retried automatically."
    if not is_page(answer):
        return (
            f"{host} returned a response without data ({len(answer.body)} bytes, status "
            f"{answer.status}). Check the address of the store, and that its API is enabled."
        )
    return (
        f"{host} returned a web page instead of data. Check the address of the store, and that its "
        "API is enabled."
    )


def describe_redirect(url, there):
    """Describe a redirect to another host, port or protocol.

    :param str url: the URL called
    :param str there: the redirect target; empty when it is not a valid address
    :rtype: str
    """
    address, other = urlsplit(url), urlsplit(there or "")
    host = address.hostname
    if not there:
        return f"{host} redirects calls to an invalid address. Check the address."
    if other.hostname == host and (address.scheme, other.scheme) == ("http", "https"):
        return f"{host} requires HTTPS. Enter https://{other.netloc} as the address of the channel."
    if (address.scheme, other.scheme) == ("https", "http"):
        return (
            f"{host} redirects calls to {other.netloc} without HTTPS, where the credentials could "
            "be intercepted. Serve the store by HTTPS only."
        )
    return (
        f"{address.netloc} redirects calls to {other.netloc}. Enter "
        f"{other.scheme}://{other.netloc} as the address of the channel."
    )
