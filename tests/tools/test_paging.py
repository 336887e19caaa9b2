"""Lists that are read page by page have an end, whatever the other side says."""

import pytest

from odoo.addons.oms_addon.tools import paging
from odoo.addons.oms_addon.tools.paging import EndlessList, Pages


def test_no_page_is_read_twice():
    pages = Pages()
    pages.add_page("a")
    pages.add_page("b")
    with pytest.raises(EndlessList, match="received twice"):
        pages.add_page("a")


def test_a_page_that_has_a_number_is_known_by_what_it_holds():
    pages = Pages()
    pages.add_page(b"[1]")
    with pytest.raises(EndlessList, match="received twice"):
        pages.add_page(b"[1]")


def test_a_list_has_so_many_pages_so_many_bytes_and_so_much_time():
    pages = Pages(pages=3)
    pages.add_page(1)
    pages.add_page(2)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        pages.add_page(3)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        Pages(size=10).add_page(1, b"x" * 11)
    with pytest.raises(EndlessList, match="exceeds the limit"):
        Pages(seconds=-1).add_page(1)
    assert (paging.MAX_PAGES, paging.MAX_BYTES, paging.MAX_SECONDS) == (500, 64 * 1024**2, 300)
