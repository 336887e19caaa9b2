"""Connections to checked IP addresses: a name is resolved only once.

Between resolving a name to check it and resolving it to connect, its owner could change the IP
address. So connections go to the checked addresses; the name is still used in the ``Host`` header
and to verify the certificate.
"""

import contextlib
import functools
import os
import queue
import socket
import ssl
import threading
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

#: maximum number of IP addresses tried per name
MAX_PEERS = 4
#: maximum seconds to resolve a name; the system's resolver may take far longer
LOOKUP_SECONDS = 20.0


class Overdue(TimeoutError):
    """A call exceeded its total time limit."""


class Deadline:
    """Total time limit of a call, however slowly a server sends.

    Socket time-outs restart with every byte. So the connections of a call are shut down at the
    deadline, during connect, handshake, headers or body. Used as a context manager, which then
    raises ``Overdue``.
    """

    def __init__(self, seconds):
        self.seconds = seconds
        self.is_over = False
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._connections = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, _kind, error, _trace):
        self._timer.cancel()
        with self._lock:
            while self._connections:
                self._connections.pop().close()
        # A shutdown may look like the end of the response.
        if self.is_over or time.monotonic() >= self._until:
            raise Overdue(f"not done within {self.seconds:g} seconds") from error

    def left(self):
        """:return: the seconds left
        :raise Overdue: when the deadline has passed
        """
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise Overdue
        return seconds

    def watch(self, connection):
        """:param socket.socket connection: a connection to shut down at the deadline"""
        with self._lock:
            # A TLS handshake detaches the descriptor from its socket, but not from a copy.
            self._connections.append(connection.dup())
        if self.is_over:
            self._end()

    def _end(self):
        self.is_over = True
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def resolve(address, seconds=LOOKUP_SECONDS):
    """Resolve the name of an address.

    :param float seconds: time limit, at most ``LOOKUP_SECONDS``
    :return: pairs of address family and socket address
    :rtype: tuple
    :raise OSError: when the name is unknown, or no name server responds in time
    """
    found = _resolve_host(address.host, address.port, min(seconds, LOOKUP_SECONDS))
    return tuple(dict.fromkeys((family, peer) for family, _type, _proto, _name, peer in found))


def _resolve_host(host, port, seconds):
    """:return: the result of ``getaddrinfo`` in a thread, which is abandoned when too slow"""
    answer = queue.SimpleQueue()

    def lookup():
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=lookup, name="oms-lookup", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise socket.gaierror(
            socket.EAI_AGAIN, f"No name server answered within {seconds:g} seconds"
        ) from None
    if isinstance(found, Exception):
        raise found
    return found


def connect(peers, timeout):
    """Connect to the first socket address that accepts.

    :param peers: as returned by ``resolve``
    :param float timeout: seconds for each
    :rtype: socket.socket
    :raise OSError: when none accepts
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
    """Override of an urllib3 connection: connect to the checked addresses."""

    def __init__(self, *args, peers, deadline, **kwargs):
        super().__init__(*args, **kwargs)
        self._peers, self._deadline = peers, deadline

    def _new_conn(self):
        try:
            seconds = min(self.timeout, self._deadline.left() / min(len(self._peers), MAX_PEERS))
            connection = connect(self._peers, seconds)
            self._deadline.watch(connection)
            return connection
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No answer of {self.host}") from error
        except OSError as error:
            raise NewConnectionError(self, f"No connection to {self.host}") from error


class _PinnedHTTP(_Pinned, HTTPConnection):
    pass


class _PinnedHTTPS(_Pinned, HTTPSConnection):
    pass


def _pool(pool_class, connection_class, peers, deadline, *args, **kwargs):
    """:return: a pool of pinned connections"""
    pool = pool_class(*args, **kwargs)
    pool.ConnectionCls = functools.partial(connection_class, peers=peers, deadline=deadline)
    return pool


class _PinnedAdapter(HTTPAdapter):
    def __init__(self, peers, deadline):
        self._peers, self._deadline = peers, deadline
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        """Override of requests: connect to the checked addresses, whatever the name."""
        super().init_poolmanager(*args, **kwargs)
        classes = {
            "http": (HTTPConnectionPool, _PinnedHTTP),
            "https": (HTTPSConnectionPool, _PinnedHTTPS),
        }
        self.poolmanager.pool_classes_by_scheme = {
            scheme: functools.partial(_pool, *pair, self._peers, self._deadline)
            for scheme, pair in classes.items()
        }


def session(peers, deadline):
    """:param Deadline deadline: when its connections are shut down
    :return: a session that connects to the given socket addresses only and ignores the
    machine's settings (passwords in ``.netrc``, proxies)
    :rtype: requests.Session
    """
    made = requests.Session()
    made.trust_env = False
    made.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    for scheme in ("http://", "https://"):
        made.mount(scheme, _PinnedAdapter(peers, deadline))
    return made


def certificate_of(host, peers, timeout):
    """:return: a server's certificate as DER; ``None`` without one"""
    context = ssl.create_default_context()
    # The certificate was rejected before: here it is only read for the message.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        contextlib.suppress(OSError),
        Deadline(timeout) as deadline,
        connect(peers, timeout) as plain,
    ):
        deadline.watch(plain)
        with context.wrap_socket(plain, server_hostname=host) as secure:
            return secure.getpeercert(binary_form=True)
    return None
