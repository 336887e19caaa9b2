import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.contact_keys import (
    Person,
    email_key,
    number_words,
    phone_key,
    plain_words,
    ref_key,
)


@pytest.mark.parametrize(
    "written, country, key",
    [
        ("+44 (0)20 7946-0000", "", "+442079460000"),
        ("0044 20 7946 0000", "US", "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("٠٢٠ ٧٩٤٦ ٠٠٠٠", "GB", "+442079460000"),
        ("(+1)2025550123", "", "+12025550123"),
        ("+1 415-419-8616 ext. 12", "", "+14154198616;ext=12"),
        ("+1 415-419-8616x9", "", "+14154198616;ext=9"),
        ("020 7946 0000", "", ""),
        ("020 7946 0000", "US", ""),
        ("(+1)832*****42", "US", ""),
        ("+49 30 12***345", "", ""),
        ("1-800-FLOWERS", "US", ""),
        ("0000000000", "US", ""),
        ("12345", "GB", ""),
        ("none", "GB", ""),
        ("", "GB", ""),
    ],
)
def test_a_phone_number_is_a_key_when_it_is_valid_in_its_country(written, country, key):
    assert phone_key(written, country) == key


@pytest.mark.parametrize(
    "written, key",
    [
        (" Ann.Lee@Example.com ", "ann.lee@example.com"),
        ("na77@example.com", "na77@example.com"),
        ("guesthouse.rose@example.com", "guesthouse.rose@example.com"),
        ("no-reply@example.com", ""),
        ("noreply+17@example.com", ""),
        ("do_not_reply@example.com", ""),
        ("guest@example.com", ""),
        ("Guest", ""),
        ("guest4711@example.com", ""),
        ("none@none.com", ""),
        ("x7f@marketplace.amazon.co.uk", ""),
        ("x7f@marketplace.amazon.com.tr", ""),
        ("x7f@members.ebay.com", ""),
        ("ann@localhost", ""),
        ("ann@shop.invalid", ""),
    ],
)
def test_an_address_nobody_reads_or_a_marketplace_lends_is_no_key(written, key):
    assert email_key(written) == key


def test_the_id_of_nobody_is_no_key():
    assert [ref_key(ref) for ref in (" 17 ", "0", "guest", "")] == ["17", "", "", ""]


def test_who_shares_a_number_is_another_by_mail_or_by_name_and_address():
    ann = Person("ann", frozenset({"1highstreet"}), "ann@example.com")
    assert ann.contradicts(Person("ann", frozenset({"1highstreet"}), "bob@example.com"))
    assert ann.contradicts(Person("bob", frozenset({"2lowroad"})))
    assert ann.contradicts(Person("bob"))
    assert not ann.contradicts(Person("ann", frozenset({"2lowroad"})))
    assert not ann.contradicts(Person("annlee", frozenset({"1highstreet"})))
    assert not ann.contradicts(Person())


def test_numbers_and_names_compare_however_they_are_written():
    assert number_words("de 123-456.788") == "DE123456788"
    assert plain_words("Zürich (ZH)") == plain_words("ZURICH zh") == "zurichzh"


@given(st.text(max_size=30))
def test_keys_of_any_text_are_stable(text):
    assert email_key(email_key(text)) == email_key(text)
    assert phone_key(phone_key(text, "GB")) == phone_key(text, "GB")
