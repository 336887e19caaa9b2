"""Lists that are read page by page, whatever the other side says of what follows.

A server could say for ever that there is more, tell one page again and again, or send one on in
a circle. What is read in one go is therefore counted, by pages and by what they weigh, and no
page is read twice.
"""

import hashlib
import time

from odoo.addons.oms_addon.documents.values import DocumentError

#: of one list that is read in one go
MAX_PAGES = 500
MAX_BYTES = 64 * 1024**2
MAX_SECONDS = 300


class EndlessList(DocumentError):
    """A list goes on without end."""


class Pages:
    """Counts the pages of one list."""

    def __init__(self, pages=MAX_PAGES, size=MAX_BYTES, seconds=MAX_SECONDS):
        self._pages, self._size = pages, size
        self._until = time.monotonic() + seconds
        self._seen = set()

    def take(self, mark, body=b""):
        """Count a page before what follows it is asked for.

        :param mark: what the next page is asked for by: a cursor, or the page itself where pages
            have numbers
        :param bytes body: the page as it was sent
        :raise EndlessList: when it was read before, or the list is longer than is read
        """
        mark = digest_of(mark) if isinstance(mark, bytes) else mark
        if mark in self._seen:
            raise EndlessList("the list goes round in a circle: a page came twice")
        self._seen.add(mark)
        self._size -= len(body)
        if len(self._seen) >= self._pages or self._size < 0 or time.monotonic() > self._until:
            raise EndlessList("the list is longer than is read in one go")


def digest_of(content):
    """:param bytes content: a page, or what stands for it
    :return: what tells it from others
    """
    return hashlib.sha256(content).hexdigest()
