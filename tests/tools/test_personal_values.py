"""A person is found in texts and documents, and nobody else is."""

import json

from odoo.addons.oms_addon.tools.personal_values import PersonalValues

JANE = PersonalValues(
    ["Jane Roe", "jane@example.com", "1 High Street", "", None, "x"], ["+44 20 7946 0958", "12"]
)


def test_names_are_found_as_whole_words_in_any_case():
    assert JANE.find("Called JANE  ROE today")
    assert JANE.find("<jane@example.com>")
    assert not JANE.find("Jane Roebuck")
    assert not JANE.find("11 High Street")
    assert not JANE.find("mary.jane@example.com")
    assert not JANE.find("") and not JANE.find(None) and not JANE.find("x")


def test_phone_numbers_are_found_however_they_are_written():
    assert JANE.find("020 7946-0958")
    assert JANE.find("442079460958")
    assert not JANE.find("12")


def test_a_document_keeps_its_shape_without_the_person():
    content = {
        "parcels": [{"number": "JD1", "to": "Jane Roe"}],
        "amount": 5,
        "reason": "too small",
        "inner": json.dumps({"to": "jane@example.com", "ref": "7"}),
    }
    assert JANE.redact(content) == {
        "parcels": [{"number": "JD1", "to": "erased"}],
        "amount": 5,
        "reason": "too small",
        "inner": json.dumps({"to": "erased", "ref": "7"}),
    }
    assert PersonalValues().redact(content, everything=True) == {
        **content,
        "reason": "erased",
        "inner": json.dumps({"to": "jane@example.com", "ref": "7"}),
    }


def test_nobody_is_found_where_nothing_is_known():
    assert not PersonalValues([None, " "], [None])
    assert not PersonalValues().find("Jane Roe")
