"""Guard for lists that are read page by page.

A server could announce further pages forever, repeat a page, or link pages in a circle. So the
pages read in one run are limited by number and by size, and no page is read twice.
"""

import hashlib
import time

from odoo.addons.oms_addon.documents.values import DocumentError

#: limits for one list read in one run
MAX_PAGES = 500
MAX_BYTES = 64 * 1024**2
MAX_SECONDS = 300


class EndlessList(DocumentError):
    """A list repeats a page or exceeds the limits."""


class Pages:
    """Counter of the pages of one list."""

    def __init__(self, pages=MAX_PAGES, size=MAX_BYTES, seconds=MAX_SECONDS):
        self._pages, self._size = pages, size
        self._until = time.monotonic() + seconds
        self._seen = set()

    def add_page(self, mark, body=b""):
        """Count a page before the next one is fetched.

        :param mark: the cursor of the next page; the page's content where pages are numbered
        :param bytes body: the page as received
        :raise EndlessList: when it was read before, or the list exceeds the limits
        """
        mark = digest_of(mark) if isinstance(mark, bytes) else mark
        if mark in self._seen:
            raise EndlessList("the list is endless: a page was received twice")
        self._seen.add(mark)
        self._size -= len(body)
        if len(self._seen) >= self._pages or self._size < 0 or time.monotonic() > self._until:
            raise EndlessList("the list exceeds the limit of one request")


def digest_of(content):
    """:param bytes content: a page, or a value that represents it
    :return: a digest to recognize the page
    """
    return hashlib.sha256(content).hexdigest()
