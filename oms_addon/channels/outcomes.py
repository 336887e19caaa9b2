"""What the outbound calls of an adapter return: one type for each kind of call, without the ORM.

An outcome is stored as JSON with its message, without the values that are not set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from odoo.addons.oms_addon.documents.values import to_storable


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The channel accepted a message."""

    #: how the channel's state, fetched again, differs from the pushed one, for people; the message
    #: is not done then
    unmet: str = ""
    #: further data of the response, stored to be looked up later
    details: Mapping[str, object] = field(default_factory=dict)

    def to_json(self):
        """Return the data to store."""
        names = [f.name for f in fields(self) if f.name != "details"]
        given = {name: getattr(self, name) for name in names}
        return {**self.details, **{name: value for name, value in given.items() if value}}

    def storable(self):
        """Return the same outcome with texts that a database stores."""
        return replace(self, **{f.name: to_storable(getattr(self, f.name)) for f in fields(self)})


@dataclass(frozen=True, kw_only=True)
class ShipmentOutcome(Outcome):
    """Of ``_push_shipment`` and ``_push_tracking``."""

    #: the channel's ids of the shipment, to which tracking numbers are added later
    fulfillment_refs: tuple[str, ...] = ()
    #: whether the channel had the whole shipment before
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundOutcome(Outcome):
    """Of ``_push_refund`` and ``_push_cancellation``."""

    #: the channel's id of the refund, by which its echo is recognized; '' where there is none
    refund_ref: str = ""
    #: the channel's id of the payment, where it is not the refund's
    charge_ref: str = ""
    #: the refunded amount as text, where the channel returns it
    amount: str | None = None
    #: whether the channel had done it before
    already: bool = False
    #: whether the channel only recorded the refund and a user has to pay it
    is_manual: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemsOutcome(Outcome):
    """Of ``_push_stock`` and ``_push_price``: by position of the item. Items in none of the fields
    were accepted.
    """

    #: the reasons of rejected items
    failed: Mapping[int, str] = field(default_factory=dict)
    #: the channel's quantities where they are not the last known ones; nothing was set there
    stale: Mapping[int, int] = field(default_factory=dict)
    #: the items to push next
    later: tuple[int, ...] = ()
    #: why the channel tracks no quantity: ``parent`` or ``none``
    untracked: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NoticeOutcome(Outcome):
    """Of the confirmation of an inbound message."""

    #: whether the channel revoked its connection, so that its success is no sign of life
    is_down: bool = False


#: the outcome of an adapter that returns none, by topic
OUTCOMES = {
    "shipment": ShipmentOutcome,
    "tracking": ShipmentOutcome,
    "cancellation": RefundOutcome,
    "refund": RefundOutcome,
    "stock": ItemsOutcome,
    "price": ItemsOutcome,
}
