"""Addresses of other systems: parsing, and checking which of them may be called."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import idna

from odoo.addons.oms_addon.exceptions import RetryableError

PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2048
#: reasons why an address is not called
MALFORMED, EXTRAS, PLAIN, INTERNAL, FOREIGN = (
    "malformed",
    "extras",
    "plain",
    "internal",
    "foreign",
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
#: characters that URL parsers disagree on, or that no address contains
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060\ufeff\\<>\"^`{|}\s]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
#: host names of the local machine or network
LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
#: public IP addresses that respond only within a cloud
METADATA = tuple(ipaddress.ip_network(n) for n in ("168.63.129.16/32", "192.0.0.0/24"))
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class AddressError(RetryableError):
    """An address may not be called; outbound messages wait until it is corrected.

    :param str reason: ``malformed``, ``extras``, ``plain``, ``internal`` or ``foreign``
    :param str shown: the address or host, without secrets
    :param str message: cause and fix, for people
    """

    def __init__(self, reason, shown, message=""):
        super().__init__(message or f"{shown} is not called: {reason} address.", unreachable=True)
        self.reason = reason
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address: ``host`` is lower-case ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""

    @property
    def origin(self):
        """The origin: protocol, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self):
        return self.origin + self.path

    @property
    def url_with_query(self):
        return f"{self.url}?{self.query}" if self.query else self.url


def parse(text, with_query=False):
    """Parse an address; without a protocol it is HTTPS.

    :param str text: as entered, or received from another system
    :param bool with_query: whether it may have a query
    :rtype: Address
    :raise AddressError: when it is malformed or has a user, a fragment or a query
    """
    text = (text or "").strip()
    if not _SCHEME.match(text):
        text = f"https://{text}"
    bare = text.partition("?")[0].partition("#")[0]
    if len(text) > MAX_LENGTH or _UNSAFE.search(text):
        raise AddressError(MALFORMED, _printable(bare))
    try:
        parts = urlsplit(text)
        scheme, port = parts.scheme.lower(), parts.port
    except ValueError:
        raise AddressError(MALFORMED, _printable(bare)) from None
    if scheme not in PORTS or port == 0:
        raise AddressError(MALFORMED, _printable(bare))
    if "@" in parts.netloc or "#" in text or "?" in text and not with_query:
        raise AddressError(EXTRAS, _printable(bare.rpartition("@")[2] if "@" in bare else bare))
    host, path = _host_of(parts), quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/")
    if not host or any(unquote(part) in (".", "..") for part in path.split("/")):
        raise AddressError(MALFORMED, _printable(bare))
    if with_query and parts.path.endswith("/"):
        path += "/"
    return Address(scheme, host, port or PORTS[scheme], path, parts.query)


def _printable(text):
    """:return: an address for display: without invisible characters, shortened"""
    return _UNSAFE.sub("?", text)[:200]


def _host_of(parts):
    """:return: the host in ASCII; '' when it is invalid, or other parsers may read another one"""
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        try:
            return "" if "%" in host else ipaddress.IPv6Address(host).compressed
        except ValueError:
            return ""
    if not host.isascii():
        try:
            # Strict: look-alike characters are refused instead of replaced.
            host = idna.encode(host.lower()).decode()
        except (idna.IDNAError, UnicodeError):
            return ""
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    if labels[-1] in PORTS and len(labels) == 1:
        return ""  # "https://https:/shop": a slash is missing
    if _NUMBER.fullmatch(labels[-1]) and not _is_ipv4(".".join(labels)):
        return ""  # 127.1, 0x7f.1 and 2130706433 all mean 127.0.0.1
    return ".".join(labels)


def _is_ipv4(host):
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


# === CHECKS === #


def parse_trusted(text):
    """Parse the administrator's list of trusted hosts.

    :param str text: hosts, each with or without a port, separated by spaces, commas or lines
    :return: pairs of host and port, ``None`` for all ports
    :rtype: frozenset[tuple[str, int|None]]
    :raise AddressError: when an entry is not a host
    """
    entries = set()
    for entry in filter(None, re.split(r"[\s,;]+", text or "")):
        address = parse(entry)
        if address.path:
            raise AddressError(MALFORMED, _printable(entry))
        has_port = _SCHEME.match(entry) or re.search(r":[0-9]+/?$", entry)
        entries.add((address.host, address.port if has_port else None))
    return frozenset(entries)


def is_trusted(address, trusted):
    """:return: whether an address is in the administrator's list"""
    return (address.host, None) in trusted or (address.host, address.port) in trusted


def check(address, trusted=frozenset()):
    """Check an address before its name is resolved.

    :raise AddressError: when it is not encrypted, or in the local machine or network
    """
    if is_trusted(address, trusted):
        return
    if address.scheme != "https":
        raise AddressError(PLAIN, address.host)
    try:
        is_internal = not is_public(address.host)
    except ValueError:
        is_internal = "." not in address.host or address.host.endswith(LOCAL_NAMES)
    if is_internal:
        raise AddressError(INTERNAL, address.host)


def check_numbers(address, numbers, trusted=frozenset()):
    """Check all IP addresses that a name was resolved to.

    :param numbers: IP addresses, as texts
    :raise AddressError: when one is in the local machine or network
    """
    if not is_trusted(address, trusted) and not all(is_public(number) for number in numbers):
        raise AddressError(INTERNAL, address.host)


def is_public(number):
    """:return: whether an IP address is a single host on the internet
    :raise ValueError: when it is not an IP address
    """
    found = ipaddress.ip_address(number.partition("%")[0])
    if found.version == 6:
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found not in GLOBAL_UNICAST or found.teredo:
            return False
    is_special = found.is_multicast or found.is_reserved or found.is_private
    return found.is_global and not is_special and not any(found in net for net in METADATA)
