"""JSON that is too deep or too large is refused before anything is made of it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.document import _version_key
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    NotJson,
    to_decimal,
    to_moment,
)
from odoo.addons.oms_addon.tools import json_shape
from odoo.addons.oms_addon.tools.http import LONGEST_WAIT, retry_after
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.signature import problem, sign

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


def depth_of(value):
    """:return: how deep data is, the slow way"""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth_of, items), default=0)
    return 0


@given(value=JSON, escaped=st.booleans())
def test_the_depth_of_any_json_is_known_from_its_text(value, escaped):
    assert json_shape._depth(json.dumps(value, ensure_ascii=escaped)) == depth_of(value)


@given(value=JSON, encoding=st.sampled_from(["utf-8", "utf-16", "utf-32-le"]))
def test_any_json_of_usual_shape_is_read(value, encoding):
    assert loads(json.dumps(value, ensure_ascii=False).encode(encoding, "surrogatepass")) == value


@pytest.mark.parametrize("levels", [65, 900, 100_000, 10_000_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "1}"), ('[{"a":', "1}]")])
def test_deep_json_is_refused(levels, opening, closing):
    levels = min(levels, 5_000_000 // len(opening))
    for text in (opening * levels, opening * levels + closing * levels):
        with pytest.raises(NotJson):
            loads(text)
        assert read_json(text.encode()) is None


def test_the_deepest_json_that_is_read():
    assert loads("[" * 64 + "]" * 64)
    with pytest.raises(NotJson, match="nested more than 64 levels"):
        loads("[" * 65 + "]" * 65)


def test_brackets_of_texts_are_no_levels():
    text = json.dumps({"note": '\\"[[[' * 100 + "{" * 100 + "\\"})
    assert loads(text)["note"].count("[") == 300


@pytest.mark.parametrize("value", ["[]", "{}", "1", '{"a":1}'])
def test_json_of_very_many_values_is_refused(value):
    with pytest.raises(NotJson, match="more than 1500000 values"):
        loads("[" + f"{value}," * 1_500_000 + "0]")


def test_bytes_in_no_encoding_are_refused():
    with pytest.raises(NotJson):
        loads(b'{"a": "\xff\xfe"}')


def test_a_version_of_any_length_is_compared_as_a_number():
    versions = ["9", "10", "0" * 5000 + "11", "1" + "0" * 5000, "1" + "0" * 5001, "v1"]
    keys = [_version_key(version) for version in versions[:-1]]
    assert keys == sorted(keys)
    assert _version_key("v9") < _version_key("v10") < _version_key("v10.1")
    assert _version_key("1.9.0") < _version_key("1.10.0")


@pytest.mark.parametrize(
    "read", [to_decimal, to_moment, lambda text: to_moment(f"2026-01-01T00:00:00.{text}")]
)
@pytest.mark.parametrize("count", [5000, 200_000])
def test_numbers_and_times_of_any_length_are_refused(read, count):
    with pytest.raises(DocumentError) as refused:
        read("1" * count)
    assert len(str(refused.value)) < 200


def test_a_signed_timestamp_of_any_length_is_refused():
    stamp = "1" * 5000
    assert problem("key", sign("key", stamp, b""), stamp, b"", time.time()) == (
        "the timestamp is not a Unix time in seconds"
    )


@pytest.mark.parametrize("value", ["9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "99999999"])
def test_nobody_makes_us_wait_for_more_than_a_day(value):
    assert retry_after(value) == LONGEST_WAIT == 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        (" 2.0 ", 2),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value) == seconds


def test_data_behind_many_brackets_of_notices_is_looked_for_within_limits():
    assert read_json(b"<br />\n<b>Notice</b>: a[0] {b}\n" + b'{"c": 1}') == {"c": 1}
    assert read_json(b"Notice: " + b"[ " * 100_000 + b'{"c": 1}') is None
