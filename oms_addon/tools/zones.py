"""Where a zone of countries, states and postcodes is."""

from dataclasses import dataclass

from .geo import normalized


@dataclass(frozen=True)
class Destination:
    """Where an order goes to; ids of country and state, 0 when not told."""

    country: int = 0
    state: int = 0
    postcode: str = ""
    point: tuple | None = None


@dataclass(frozen=True)
class Zone:
    """Countries, of these some states, of these some postcodes; empty is all of them.

    ``postcodes`` are pairs (first, last): an address belongs when its postcode begins with
    something between the two.
    """

    countries: frozenset = frozenset()
    states: frozenset = frozenset()
    postcodes: tuple = ()

    def holds(self, destination):
        """:return: whether a destination is in the zone
        :rtype: bool
        """
        if self.countries and destination.country not in self.countries:
            return False
        if self.states and destination.state not in self.states:
            return False
        if not self.postcodes:
            return True
        code = normalized(destination.postcode)
        return any(_between(first, code, last) for first, last in self.postcodes)


def parse_postcodes(text):
    """Read prefixes and ranges as people write them: ``10-19, 80331, LS``.

    :return: pairs (first, last)
    :rtype: tuple
    :raise ValueError: the range cannot be, with the part that is wrong
    """
    found = []
    for part in (text or "").replace("\n", ",").replace(";", ",").split(","):
        if not part.strip():
            continue
        first, _dash, last = (normalized(piece) for piece in part.partition("-"))
        last = last or first
        if not first or len(first) != len(last) or first > last:
            raise ValueError(part.strip())
        found.append((first, last))
    return tuple(found)


def _between(first, code, last):
    return len(code) >= len(first) and first <= code[: len(first)] <= last
