"""What the documents of a batch name, found at once."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Lookups:
    """The records that documents of one channel name, by what they name them."""

    #: ``Part`` tuples by what lines name them, see ``oms.channel.listing`` ``_line_key``
    goods: dict = field(default_factory=dict)
    #: a ``TaxBook``
    taxes: Any = None
    #: by currency code
    pricelists: dict = field(default_factory=dict)
    #: dates of the newest exchange rates, see ``oms.exchange.rates``
    rates: dict = field(default_factory=dict)
    #: the product of each kind of line that is no product
    services: dict = field(default_factory=dict)
    #: by the channel's id
    locations: dict = field(default_factory=dict)
    #: ids by code
    currencies: dict = field(default_factory=dict)
    #: by the channel's name of the shipping method, in lower case
    carriers: dict = field(default_factory=dict)
    #: ``Part`` tuples of the lines of the order that is there, by the channel's id of the line;
    #: ``None`` where there is no order
    lines: dict | None = None
