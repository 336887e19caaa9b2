"""Records referenced by the documents of a batch, looked up in bulk."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Lookups:
    """The records referenced by documents of one channel, by their reference."""

    #: ``Part`` tuples by line key, see ``oms.channel.listing`` ``_get_identifiers``
    goods: dict = field(default_factory=dict)
    #: a ``TaxBook``
    taxes: Any = None
    #: by currency code
    pricelists: dict = field(default_factory=dict)
    #: dates of the newest exchange rates, see ``oms.exchange.rates``
    rates: dict = field(default_factory=dict)
    #: service product by line kind (shipping, fee, …)
    services: dict = field(default_factory=dict)
    #: by the channel's location id
    locations: dict = field(default_factory=dict)
    #: ids by code
    currencies: dict = field(default_factory=dict)
    #: by shipping method of the channel, in lower case
    carriers: dict = field(default_factory=dict)
    #: ``Part`` tuples of the lines of the existing order, by the channel's line id;
    #: ``None`` if there is no order yet
    lines: dict | None = None
