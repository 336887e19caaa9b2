"""Tracking events: carriers' words, JSON and CSV."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents import tracking as td
from odoo.addons.oms_addon.documents.order import DocumentError, parse_document
from odoo.addons.oms_addon.tools.table import RowError

AT = datetime(2026, 1, 31, 14, 5, tzinfo=timezone.utc)

WORDS = {
    "InfoReceived": "info_received",
    "pre_transit": "info_received",
    "shipping_recorded_in_carrier": "info_received",
    "Label created": "info_received",
    "Shipment information sent to FedEx": "info_received",
    "InTransit": "in_transit",
    "TRANSIT": "in_transit",
    "Arrived at hub Leipzig": "in_transit",
    "The parcel has been picked up": "in_transit",
    "Customs clearance completed": "in_transit",
    "Your parcel will be delivered tomorrow": "in_transit",
    "OutForDelivery": "out_for_delivery",
    "On FedEx vehicle for delivery": "out_for_delivery",
    "AttemptFail": "attempt_failed",
    "Delivery attempt failed": "attempt_failed",
    "Not delivered, nobody home": "attempt_failed",
    "Your parcel could not be delivered": "attempt_failed",
    "Your parcel couldn't be delivered": "attempt_failed",
    "AvailableForPickup": "available_for_pickup",
    "Delivered to parcel shop": "available_for_pickup",
    "Ready for collection": "available_for_pickup",
    "Delivered": "delivered",
    "customer_delivered": "delivered",
    "Delivered to neighbour": "delivered",
    "Delivered on second attempt": "delivered",
    "Signed by JONES": "delivered",
    "Exception": "exception",
    "failure": "exception",
    "Held in customs": "exception",
    "Delivery exception": "exception",
    "return_to_sender": "returned",
    "Returned to sender": "returned",
    "Expired": "expired",
    "Pending": "pending",
}


def event(**values):
    """Return a scan at a depot, changed by ``values``."""
    return td.TrackingEvent(**({"number": "JD01", "at": AT, "state": "in_transit"} | values))


@pytest.mark.parametrize("word, state", WORDS.items())
def test_usual_words_of_carriers_mean_a_state(word, state):
    assert td.normalise_state(word) == (state, True)


@pytest.mark.parametrize("state", td.STATES)
def test_our_own_words_mean_themselves(state):
    assert td.normalise_state(state) == (state, True)
    assert td.normalise_state(state.upper().replace("_", "-")) == (state, True)


@pytest.mark.parametrize("word", ["", "frobnicated", "In New York", "left at 10:00"])
def test_an_unknown_word_is_pending_and_told(word):
    assert td.normalise_state(word) == ("pending", False)


@given(st.text(max_size=60))
def test_any_text_means_a_state(text):
    state, is_known = td.normalise_state(text)
    assert state in td.STATES
    assert is_known or state == "pending"


def test_the_code_tells_a_missing_state_before_the_text():
    assert event(state="", code="delivered", text="Parcel at hub").state == "delivered"
    assert event(state="", code="Z9", text="Parcel at hub").state == "in_transit"


def test_fault_48_an_unknown_state_is_pending_kept_and_marked():
    unknown = event(state="frobnicated")
    assert (unknown.state, unknown.code, unknown.is_known) == ("pending", "frobnicated", False)
    assert event(state="Out For Delivery").state == "out_for_delivery"
    assert event(state="pending").is_known
    assert event(code="Z9").is_known


def test_equal_events_are_equal_so_that_repetitions_are_found():
    assert len({event(), event(), event(at=AT + timedelta(minutes=1))}) == 2


def test_a_document_is_read_from_json():
    body = b'{"schema": "oms.tracking/1", "events": [{"number": "JD01", "state": "Delivered", '
    document = parse_document(body + b'"at": "2026-01-31T15:05:00+01:00", "signed": "JONES"}]}')
    assert document.events == (event(state="delivered"),)
    assert document.extra == {"events[0].signed": "JONES"}
    assert document.problems() == ()


def test_a_document_says_what_is_wrong():
    late = event(number=" ", text="Hub", at=datetime.now(timezone.utc) + timedelta(days=2))
    problems = td.TrackingDocument(events=(event(), late)).problems()
    assert [(problem.code, problem.path) for problem in problems] == [
        ("MISSING_NUMBER", "events[1].number"),
        ("BAD_TIME", "events[1].at"),
    ]
    assert [problem.code for problem in td.TrackingDocument(events=()).problems()] == ["NO_LINES"]


def test_an_event_without_a_time_is_refused():
    with pytest.raises(DocumentError, match=r"events\[0\].at: missing, expected a time"):
        parse_document(b'{"schema": "oms.tracking/1", "events": [{"number": "JD01"}]}')


# === CSV === #


def test_events_are_read_from_csv_and_bad_rows_are_told():
    data = (
        "Number,Carrier,At,Code,State,Text,Location\r\n"
        "JD01,dhl,2026-01-31 14:05,,in_transit,,Leipzig\r\n"
        "JD01,dhl,soon,,delivered,,\r\n"
        ",,,,,,\r\n"
        ",dhl,2026-01-31 14:05,,delivered,,\r\n"
        '"JD02",dhl,2026-01-31T14:05:00Z,XX,,"Left with, neighbour 🏠",Köln\r\n'
    )
    events, errors = td.read_csv(b"\xef\xbb\xbf" + data.encode())
    assert events == (
        event(carrier="dhl", location="Leipzig"),
        event(
            number="JD02",
            carrier="dhl",
            code="XX",
            state="delivered",
            text="Left with, neighbour 🏠",
            location="Köln",
        ),
    )
    assert errors == (
        RowError(3, "at", "expected a time in ISO 8601, found 'soon'.", "soon"),
        RowError(5, "number", "missing, expected text."),
    )


def test_times_of_a_csv_file_are_local_to_the_given_zone():
    events, _ = td.read_csv(b"number,at\nJD01,2026-07-01 08:30", zone="Europe/London")
    assert events[0].at == datetime(2026, 7, 1, 7, 30, tzinfo=timezone.utc)


def test_a_file_that_is_no_table_is_one_error():
    error = RowError(1, "", "The file cannot be read: the file is empty.")
    assert td.read_csv(b"") == ((), (error,))


@given(st.binary(max_size=80))
def test_any_file_is_events_or_errors(data):
    events, errors = td.read_csv(data)
    assert all(isinstance(error, RowError) and error.message for error in errors)
    assert all(isinstance(found, td.TrackingEvent) for found in events)
