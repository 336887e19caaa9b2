"""Distances on the globe, and a reference point per country as fallback."""

import csv
import functools
import math
from pathlib import Path

EARTH_KM = 6371.0
#: minimum length of a postcode prefix; shorter ones are too imprecise
SHORTEST_PREFIX = 2
#: maximum characters of a postcode that are compared
LONGEST = 32


def haversine(here, there):
    """Return the great-circle distance between two points.

    :param tuple here: (latitude, longitude) in degrees
    :param tuple there: (latitude, longitude) in degrees
    :return: kilometres
    :rtype: float
    """
    lat1, lon1, lat2, lon2 = (math.radians(value) for value in (*here, *there))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


@functools.cache
def country_points():
    """Return the reference point of every country: its main city in the time zone database.

    The coordinates are those of ``zone.tab`` of the IANA time zone database, which is in the
    public domain.

    :return: (latitude, longitude) by ISO 3166 code
    :rtype: dict[str, tuple[float, float]]
    """
    path = Path(__file__).with_name("country_points.csv")
    with path.open(newline="") as file:
        return {
            row["country"]: (float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        }


def normalized(postcode):
    """:return: a postcode in capitals, without blanks and hyphens, for comparison"""
    return "".join(c for c in (postcode or "").upper() if c.isalnum())


def prefixes(postcode):
    """:return: a postcode and its prefixes, longest first
    :rtype: list[str]
    """
    code = normalized((postcode or "")[:LONGEST])
    shortest = min(SHORTEST_PREFIX, len(code))
    return [code[:length] for length in range(len(code), shortest - 1, -1) if length]
