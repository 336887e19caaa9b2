"""Connections to IP addresses that were checked: a name is resolved once, and never again.

Between looking a name up to check it and looking it up to connect, its owner could have it mean
another machine. So what was checked is what is connected to; the name goes on to stand in the
``Host`` header and to be what the certificate has to be for.
"""

import contextlib
import functools
import os
import socket
import ssl

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

#: how many IP addresses of one name are tried
MAX_PEERS = 4


def resolve(address):
    """Look up the name of an address.

    :return: pairs of address family and socket address
    :rtype: tuple
    :raise OSError: when nobody knows it
    """
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((family, peer) for family, _type, _proto, _name, peer in found))


def connect(peers, timeout):
    """Connect to the first of some socket addresses that answers.

    :param peers: as of ``resolve``
    :param float timeout: seconds for each
    :rtype: socket.socket
    :raise OSError: when none does
    """
    problem = OSError("There is no address to connect to.")
    for family, peer in peers[:MAX_PEERS]:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(peer)
        except OSError as error:
            connection.close()
            problem = error
        else:
            return connection
    raise problem


class _Pinned:
    """Override of a connection of urllib3: it connects to what was checked."""

    def __init__(self, *args, peers, **kwargs):
        super().__init__(*args, **kwargs)
        self._peers = peers

    def _new_conn(self):
        try:
            return connect(self._peers, self.timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No answer of {self.host}") from error
        except OSError as error:
            raise NewConnectionError(self, f"No connection to {self.host}") from error


class _PinnedHTTP(_Pinned, HTTPConnection):
    pass


class _PinnedHTTPS(_Pinned, HTTPSConnection):
    pass


def _pool(pool_class, connection_class, peers, *args, **kwargs):
    """:return: a pool of connections that are pinned"""
    pool = pool_class(*args, **kwargs)
    pool.ConnectionCls = functools.partial(connection_class, peers=peers)
    return pool


class _PinnedAdapter(HTTPAdapter):
    def __init__(self, peers):
        self._peers = peers
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        """Override of requests: of whatever name, only what was checked is connected to."""
        super().init_poolmanager(*args, **kwargs)
        classes = {
            "http": (HTTPConnectionPool, _PinnedHTTP),
            "https": (HTTPSConnectionPool, _PinnedHTTPS),
        }
        self.poolmanager.pool_classes_by_scheme = {
            scheme: functools.partial(_pool, *pair, self._peers) for scheme, pair in classes.items()
        }


def session(peers):
    """:return: a session whose every connection goes to some socket addresses; nothing of the
    machine's own settings (passwords in ``.netrc``, proxies) is sent along or in between
    :rtype: requests.Session
    """
    made = requests.Session()
    made.trust_env = False
    made.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    for scheme in ("http://", "https://"):
        made.mount(scheme, _PinnedAdapter(peers))
    return made


def certificate_of(host, peers, timeout):
    """:return: the certificate a server shows, as DER; ``None`` when it shows none"""
    context = ssl.create_default_context()
    # It was refused already: it is only looked at.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(OSError), connect(peers, timeout) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            return secure.getpeercert(binary_form=True)
    return None
