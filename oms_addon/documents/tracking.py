"""Tracking events of carriers, mapped to the same states."""

import re
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.oms_addon.tools.table import RowError, read_table

from .codec import MOMENT, OBJECT, TEXT, ZONE, Reading, declare, list_of, part_of, read_part
from .document import Document
from .problems import Problem, time_problems
from .values import DocumentError, to_utc

TRACKING_SCHEMA = "oms.tracking/1"
STATES = (
    "pending",
    "info_received",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "available_for_pickup",
    "delivered",
    "exception",
    "returned",
    "expired",
)
COLUMNS = ("number", "carrier", "at", "code", "state", "text", "location")

# The first match counts: "could not be delivered" is before "delivered".
_WORDS = tuple(
    (state, re.compile(rf"\b(?:{words})\b"))
    for state, words in (
        ("returned", r"return(?:ed|ing)?|rto|back to (?:sender|shipper)"),
        (
            "attempt_failed",
            r"fail(?:ed)?(?: delivery)? attempt|attempt(?:ed)?(?: delivery)? (?:fail(?:ed|ure)?"
            r"|unsuccessful)|attempt fail|attempt failure|delivery attempt(?:ed)?|attempted"
            r"|(?:nobody|no one) (?:was )?(?:at )?home|(?:recipient|customer) (?:was )?(?:absent"
            r"|not (?:available|at home|home))|missed delivery|not delivered|undeliver(?:ed|able)"
            r"|unable to (?:be )?deliver(?:ed)?|(?:could|can) ?n(?:ot|t| t) be delivered"
            r"|delivery failed|failed delivery",
        ),
        (
            "in_transit",
            r"(?:will|to) be (?:re ?)?delivered|(?:expected|estimated|scheduled) (?:for )?delivery"
            r"|delivery (?:scheduled|expected|planned)",
        ),
        (
            "available_for_pickup",
            r"(?:available|ready|held|awaiting|waiting) (?:for|at|to be) (?:the )?(?:customer )?"
            r"(?:pick ?up|collect(?:ion|ed)|parcel ?shop|locker|post office|service point)"
            r"|(?:delivered|arrived) (?:to|at|in) (?:the |a )?(?:pick ?up|collection|parcel ?shop"
            r"|service point|locker|access point|post office)|warehouse delivered",
        ),
        (
            "exception",
            r"exception|lost|damaged?|incident|incidence|delay(?:ed)?|held|hold|failure|error"
            r"|seized|missing|stolen|refused|rejected|cancell?ed|suspended"
            r"|(?:incorrect|wrong|bad|insufficient|unknown) address"
            r"|(?:address|recipient) (?:is )?(?:incorrect|wrong|unknown|insufficient)",
        ),
        (
            "out_for_delivery",
            r"(?:out|loaded|vehicle) for delivery|with (?:delivery )?(?:courier|driver)"
            r"|on delivery|delivering|(?:in|on|into) (?:the )?(?:delivery )?(?:vehicle|van)",
        ),
        (
            "info_received",
            r"info(?:rmation)? received|pre (?:transit|advice)|label (?:created|printed|purchased)"
            r"|manifest(?:ed)?|(?:data|notification|electronic information) received|announced"
            r"|shipment (?:information|info) (?:sent|received)|shipping recorded|registered|booked"
            r"|(?:order|shipment|parcel) created",
        ),
        ("expired", r"expired|no updates?"),
        (
            "delivered",
            r"delivered|delivery (?:completed?|successful)|signed(?: for)? by|proof of delivery"
            r"|handed over to (?:the )?(?:recipient|customer|neighbou?r)|left with"
            r"|left (?:in|at) (?:a |the |your )?(?:safe place|porch|mailbox|letterbox|front door)",
        ),
        (
            "in_transit",
            r"transit|picked up|collected|departed|departure|arriv(?:ed|al)|process(?:ed|ing)"
            r"|accept(?:ed|ance)|dispatched|shipped|sort(?:ed|ing)|en route|(?:its|the) way"
            r"|export(?:ed)?|import(?:ed)?|hub|depot|customs|released|received by carrier"
            r"|handed to carrier|forwarded|redirected|origin scan|destination scan",
        ),
        ("pending", r"pending|not (?:yet )?(?:found|scanned)"),
    )
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_UNKNOWN = ("pending", False)


def normalise_state(text):
    """Map a text of a carrier to a state.

    :param str text: e.g. ``OutForDelivery``, ``in_transit`` or ``Delivered to neighbour``
    :return: one of ``STATES`` and whether the text is known; ``pending`` if it is not
    :rtype: tuple[str, bool]
    """
    words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", text)).strip().casefold()
    exact = words.replace(" ", "_")
    if exact in STATES:
        return exact, True
    return next(((state, True) for state, pattern in _WORDS if pattern.search(words)), _UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """A scan of a parcel: ``code`` and ``text`` of the carrier, and the normalized ``state``.

    The state is normalized; a missing or unknown state is derived from the code, otherwise from
    the text. An unknown state is kept as the code if there is none.
    """

    carrier: str = declare(TEXT, default="")
    number: str = declare(TEXT)
    at: datetime = declare(MOMENT)
    code: str = declare(TEXT, default="")
    state: str = declare(TEXT, default="")
    text: str = declare(TEXT, default="")
    location: str = declare(TEXT, default="")

    def __post_init__(self):
        put = object.__setattr__
        put(self, "at", to_utc(self.at, path="at"))
        state, is_known = normalise_state(self.state)
        if not is_known:
            put(self, "code", self.code or self.state)
            state = self._parse_state()[0]
        put(self, "state", state)

    @property
    def is_known(self):
        """Whether the state is certain; ``pending`` because of an unknown text is not."""
        return self.state != "pending" or not (self.code or self.text) or self._parse_state()[1]

    def _parse_state(self):
        by_code = normalise_state(self.code)
        return by_code if by_code[1] else normalise_state(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingDocument(Document):
    """Tracking events of any number of parcels, in the order of the carrier."""

    source_zone: str = declare(ZONE, default="")
    events: tuple[TrackingEvent, ...] = declare(list_of(part_of(TrackingEvent)))
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = TRACKING_SCHEMA

    def problems(self):
        """List why the events cannot be processed.

        :rtype: tuple[Problem]
        """
        if not self.events:
            return (Problem("NO_LINES", "The tracking message contains no event.", "events"),)
        return tuple(
            problem
            for index, event in enumerate(self.events)
            for problem in _event_problems(event, f"events[{index}]")
        )


def _event_problems(event, path):
    if not event.number.strip():
        message = f"The event “{event.text or event.code or event.state}” has no tracking number."
        yield Problem("MISSING_NUMBER", message, f"{path}.number")
    yield from time_problems(event.at, f"{path}.at")


def read_csv(data, zone="UTC"):
    """Parse the events in a table with the columns of ``COLUMNS``.

    Invalid rows are skipped and reported.

    :param bytes data: CSV or an Excel workbook, with headers; columns it lacks are empty
    :param str zone: the zone of times without an offset
    :return: the events and the errors; a file that cannot be read is an error of row 1
    :rtype: tuple[tuple[TrackingEvent, ...], tuple[RowError, ...]]
    """
    try:
        table = read_table(data)
    except DocumentError as error:
        return (), (RowError(1, "", f"The file cannot be read: {error}."),)
    events, errors = [], []
    for row in table.rows:
        values = {name.casefold(): cell.strip() for name, cell in table.as_dict(row).items()}
        try:
            events.append(_read_row(values, zone))
        except DocumentError as error:
            found = values.get(error.path, "")
            errors.append(RowError(row.number, error.path, f"{error.message}.", found))
    return tuple(events), tuple(errors)


def _read_row(values, zone):
    known = {name: values[name] for name in COLUMNS if name in values}
    return read_part(TrackingEvent, known, "", Reading(zone=zone))
