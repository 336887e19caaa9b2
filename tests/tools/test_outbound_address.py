"""An address is read in one way, and only those of the internet are called."""

import pytest

from odoo.addons.oms_addon.tools import outbound_address as addresses
from odoo.addons.oms_addon.tools.outbound_address import AddressError, parse, parse_trusted

#: as people write it: as it is kept
KEPT = {
    "shop.example.com": "https://shop.example.com",
    " HTTPS://Shop.Example.COM/ ": "https://shop.example.com",
    "https://shop.example.com:443/shop/": "https://shop.example.com/shop",
    "https://shop.example.com.": "https://shop.example.com",
    "https://shop.example.com:8443": "https://shop.example.com:8443",
    "http://shop.example.com:80": "http://shop.example.com",
    "localhost:8080": "https://localhost:8080",
    "https://müller.example/café": "https://xn--mller-kva.example/caf%C3%A9",
    "https://shop。example.com": "https://shop.example.com",
    "https://MÜLLER.example": "https://xn--mller-kva.example",
    "https://[2001:DB8:0::1]:8443/x": "https://[2001:db8::1]:8443/x",
    "https://shop.example.com\u2028": "https://shop.example.com",
    "https://wp_shop.example.com/a%20b": "https://wp_shop.example.com/a%20b",
}
#: what is no address, or is read as another one by others
REFUSED = {
    "https://": "malformed",
    "https:///x": "malformed",
    "https:/shop.example.com": "malformed",
    "ftp://shop.example.com": "malformed",
    "file:///etc/passwd": "malformed",
    "gopher://127.0.0.1:25/": "malformed",
    "javascript:alert(1)": "malformed",
    "https://shop.example.com:0": "malformed",
    "https://shop.example.com:99999": "malformed",
    "https://shop.example.com:8a": "malformed",
    "https://shop.example.com\\@evil.example": "malformed",
    "https://evil.example\\.shop.example.com": "malformed",
    "https://shop.example.com/a b": "malformed",
    "https://shop.example.com/\r\nX-Key: 1": "malformed",
    "https://shop.example\t.com": "malformed",
    "https://shop\u200b.example.com": "malformed",
    "https://shop.example.com/../admin": "malformed",
    "https://shop.example.com/%2e%2E/admin": "malformed",
    "https://127.1": "malformed",
    "https://2130706433": "malformed",
    "https://0x7f000001": "malformed",
    "https://0x7f.0.0.1": "malformed",
    "https://0177.0.0.1": "malformed",
    "https://127.0.0.1.5": "malformed",
    "https://１２７.0.0.1": "malformed",
    "https://ｓhop.example.com": "malformed",
    "https://ⓢhop.example.com": "malformed",
    "https://shop%2eexample.com": "malformed",
    "https://[fe80::1%25eth0]": "malformed",
    "https://[::1": "malformed",
    "https://-shop.example.com": "malformed",
    "https://shop..example.com": "malformed",
    f"https://{'a' * 64}.example.com": "malformed",
    f"https://shop.example.com/{'a' * 3000}": "malformed",
    "https://user@shop.example.com": "extras",
    "https://user:word@shop.example.com": "extras",
    "https://shop.example.com@evil.example": "extras",
    "https://shop.example.com#@evil.example": "extras",
    "https://evil.example/#": "extras",
    "https://evil.example/?": "extras",
    "https://evil.example?x=": "extras",
}
INTERNAL = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "198.18.0.1"),
    *("192.0.2.1", "198.51.100.7", "203.0.113.9"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a00:1", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1"),
    *("2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1", "100::1", "fec0::1"),
)
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


def reason_of(call, *args, **options):
    with pytest.raises(AddressError) as caught:
        call(*args, **options)
    return caught.value.reason


@pytest.mark.parametrize("text", KEPT)
def test_an_address_is_kept_in_one_spelling(text):
    assert parse(text).url == KEPT[text]
    assert parse(parse(text).url) == parse(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_read_in_two_ways_is_refused(text):
    assert reason_of(parse, text) == REFUSED[text]


def test_a_query_is_of_calls_only():
    address = parse("https://files.example.com/a/?Signature=x%2By", with_query=True)
    assert address.url_with_query == "https://files.example.com/a/?Signature=x%2By"
    assert reason_of(parse, "https://files.example.com/a?b#c", with_query=True) == "extras"
    assert reason_of(parse, "https://u:p@files.example.com/a", with_query=True) == "extras"


def test_a_refusal_shows_no_password():
    with pytest.raises(AddressError) as caught:
        parse("https://user:word@shop.example.com/x?key=secret#y")
    assert caught.value.shown == "shop.example.com/x"


@pytest.mark.parametrize("number", INTERNAL)
def test_a_number_of_this_network_is_not_public(number):
    assert not addresses.is_public(number)
    address = parse("https://shop.example.com")
    assert reason_of(addresses.check_numbers, address, ["8.8.8.8", number]) == "internal"


@pytest.mark.parametrize("number", PUBLIC)
def test_a_number_of_the_internet_is_public(number):
    assert addresses.is_public(number)
    addresses.check_numbers(parse("https://shop.example.com"), [number])


def test_names_of_this_network_are_known_before_they_are_resolved():
    for host in ("localhost", "odoo", "db.internal", "nas.local", "a.localhost", "router.lan"):
        assert reason_of(addresses.check, parse(f"https://{host}")) == "internal"
    for host in ("10.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "169.254.169.254"):
        assert reason_of(addresses.check, parse(f"https://{host}")) == "internal"
    addresses.check(parse("https://shop.example.com:8443"))


def test_only_https_is_called():
    assert reason_of(addresses.check, parse("http://shop.example.com")) == "plain"
    assert reason_of(addresses.check, parse("http://8.8.8.8")) == "plain"


def test_the_administrator_names_hosts_with_or_without_a_port():
    trusted = parse_trusted(" shop.local, 10.0.0.5:8080;\nhttp://old.example.com [::1]:81 ")
    assert trusted == {
        ("shop.local", None),
        ("10.0.0.5", 8080),
        ("old.example.com", 80),
        ("::1", 81),
    }
    for url in ("http://shop.local:99", "https://shop.local", "http://10.0.0.5:8080"):
        addresses.check(parse(url), trusted)
    addresses.check_numbers(parse("http://shop.local"), ["192.168.1.7"], trusted)
    assert reason_of(addresses.check, parse("http://10.0.0.5:22"), trusted) == "plain"
    assert reason_of(addresses.check, parse("https://10.0.0.5:22"), trusted) == "internal"
    assert reason_of(addresses.check, parse("http://old.example.com:81"), trusted) == "plain"
    assert reason_of(addresses.check, parse("http://x.shop.local"), trusted) == "plain"
    assert parse_trusted("") == parse_trusted(None) == frozenset()


def test_an_entry_that_is_no_host_is_refused():
    for text in ("*", "*.example.com", "10.0.0.0/8", "shop.local/x", "a b#c", "::1", "127.1"):
        assert reason_of(parse_trusted, text) in ("malformed", "extras")
