"""Zones: countries, states and postcodes."""

from dataclasses import dataclass

from .geo import normalized


@dataclass(frozen=True)
class Destination:
    """Destination of an order; ids of country and state, 0 when unknown."""

    country: int = 0
    state: int = 0
    postcode: str = ""
    point: tuple | None = None


@dataclass(frozen=True)
class Zone:
    """Countries, optionally limited to some states and postcodes; empty means all.

    ``postcodes`` are pairs (first, last): a postcode matches when its prefix is between the two.
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
    """Parse prefixes and ranges as entered: ``10-19, 80331, LS``.

    :return: pairs (first, last)
    :rtype: tuple
    :raise ValueError: when a range is invalid, with the invalid part
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
