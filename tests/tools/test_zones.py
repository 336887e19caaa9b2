import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools import geo
from odoo.addons.oms_addon.tools.zones import Destination, Zone, parse_postcodes

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_postcodes_are_read_as_people_write_them():
    assert parse_postcodes("10-19, 80331\nls 1;") == (
        ("10", "19"),
        ("80331", "80331"),
        ("LS1", "LS1"),
    )


@pytest.mark.parametrize("text", ["19-10", "1-20", "-", "10-"])
def test_a_range_that_cannot_be_is_refused(text):
    if text == "10-":
        assert parse_postcodes(text) == (("10", "10"),)
    else:
        with pytest.raises(ValueError, match=text):
            parse_postcodes(text)


def test_a_zone_holds_what_begins_with_its_postcodes():
    zone = Zone(frozenset({1}), frozenset(), parse_postcodes("10-12, LS"))
    held = [zone.holds(Destination(1, 0, code)) for code in ("10115", "12 9", "13", "ls1 4ap", "1")]
    assert held == [True, True, False, True, False]
    assert not zone.holds(Destination(2, 0, "10115"))


def test_a_state_narrows_a_country():
    zone = Zone(frozenset({1}), frozenset({5}))
    assert zone.holds(Destination(1, 5, ""))
    assert not zone.holds(Destination(1, 6, ""))


def test_london_to_leeds_is_272_kilometres():
    assert round(geo.haversine((51.5074, -0.1278), (53.8008, -1.5491))) == 272


@given(points, points)
def test_the_way_back_is_as_long_and_never_round_the_globe(here, there):
    way = geo.haversine(here, there)
    assert 0 <= way <= 20016
    assert abs(way - geo.haversine(there, here)) < 1e-6


def test_every_country_of_the_time_zones_has_a_point_on_earth():
    points = geo.country_points()
    assert points["DE"] == (52.5, 13.37)
    assert len(points) == 247
    assert all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in points.values())


def test_a_postcode_is_looked_for_by_shorter_and_shorter_beginnings():
    assert geo.prefixes("ls1-4a") == ["LS14A", "LS14", "LS1", "LS"]
    assert geo.prefixes("7") == ["7"]
    assert geo.prefixes("") == []
