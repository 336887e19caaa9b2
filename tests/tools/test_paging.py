"""Lists that are read page by page have an end, whatever the other side says."""

import pytest

from odoo.addons.oms_addon.tools import paging
from odoo.addons.oms_addon.tools.paging import EndlessList, Pages


def test_no_page_is_read_twice():
    pages = Pages()
    pages.take("a")
    pages.take("b")
    with pytest.raises(EndlessList, match="received twice"):
        pages.take("a")


def test_a_page_that_has_a_number_is_known_by_what_it_holds():
    pages = Pages()
    pages.take(b"[1]")
    with pytest.raises(EndlessList, match="received twice"):
        pages.take(b"[1]")


def test_a_list_has_so_many_pages_so_many_bytes_and_so_much_time():
    pages = Pages(pages=3)
    pages.take(1)
    pages.take(2)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        pages.take(3)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        Pages(size=10).take(1, b"x" * 11)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        Pages(seconds=-1).take(1)
    assert (paging.MAX_PAGES, paging.MAX_BYTES, paging.MAX_SECONDS) == (500, 64 * 1024**2, 300)
