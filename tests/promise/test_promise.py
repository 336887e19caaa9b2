"""The arithmetic of promises, without a database."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.tools.promise import (
    Place,
    Promise,
    Supply,
    Way,
    WorkingDays,
    local,
    promise,
    serve,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")]
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31))


class Weekdays:
    """Works from Monday to Friday, but for some holidays."""

    def __init__(self, *holidays):
        self.holidays = set(holidays)

    def __contains__(self, day):
        return day.weekday() < 5 and day not in self.holidays


def place(zone=BERLIN, holidays=(), **values):
    return Place(zone=zone, days=Weekdays(*holidays), **values)


@tagged("standard", "post_install", "-at_install")
class TestPromise(BaseCase):
    def test_before_the_cut_off_it_leaves_today_and_after_it_tomorrow(self):
        # Tuesday, 13:59 and 14:00 in Berlin in winter.
        early = promise(datetime(2026, 3, 3, 12, 59), place(), Way(1))
        late = promise(datetime(2026, 3, 3, 13, 0), place(), Way(1))
        self.assertEqual(early, Promise(datetime(2026, 3, 3, 17), datetime(2026, 3, 4, 17)))
        self.assertEqual(late, Promise(datetime(2026, 3, 4, 17), datetime(2026, 3, 5, 17)))

    def test_fault_64_the_cut_off_is_the_clock_on_the_wall_in_winter_and_summer(self):
        # 12:30 UTC is 13:30 in Berlin before the change of clocks and 14:30 after it.
        winter = promise(datetime(2026, 3, 27, 12, 30), place(), Way())
        summer = promise(datetime(2026, 3, 30, 12, 30), place(), Way())
        self.assertEqual(winter.ship_before, datetime(2026, 3, 27, 17))
        self.assertEqual(summer.ship_before, datetime(2026, 3, 31, 16))

    def test_fault_64_the_day_is_the_warehouses_not_that_of_greenwich(self):
        # Monday evening in Los Angeles is Tuesday in UTC.
        dates = promise(
            datetime(2026, 3, 3, 3, 0), place(ZoneInfo("America/Los_Angeles"), cutoff=20.0), Way()
        )
        self.assertEqual(dates.ship_before, datetime(2026, 3, 3, 4))

    def test_weekends_and_holidays_are_neither_worked_nor_handled(self):
        friday = datetime(2026, 4, 2, 15)
        dates = promise(
            friday, place(holidays=(date(2026, 4, 3), date(2026, 4, 6)), handling_days=1), Way(2)
        )
        self.assertEqual(local(dates.ship_before, BERLIN).date(), date(2026, 4, 8))
        self.assertEqual(local(dates.arrive_before, BERLIN).date(), date(2026, 4, 10))

    def test_a_carrier_delivers_on_its_own_days(self):
        friday = datetime(2026, 3, 6, 9)
        days = {
            weekdays: local(
                promise(friday, place(), Way(1, frozenset(range(weekdays)))).arrive_before, BERLIN
            ).date()
            for weekdays in (5, 6, 7)
        }
        self.assertEqual(days, {5: date(2026, 3, 9), 6: date(2026, 3, 7), 7: date(2026, 3, 7)})

    def test_a_calendar_without_a_working_day_ends(self):
        dates = promise(datetime(2026, 3, 3, 9), Place(BERLIN, set()), Way())
        self.assertEqual(local(dates.ship_before, BERLIN).date(), date(2026, 3, 3))

    def test_working_days_are_read_in_blocks_and_once(self):
        asked = []

        def load(first, last):
            asked.append((first, last))
            return {first + timedelta(days=n) for n in range((last - first).days + 1)}

        days = WorkingDays(load, block=31)
        first = date.fromordinal(31 * 23000)
        self.assertTrue(all(first + timedelta(days=n) in days for n in range(62)))
        self.assertEqual(len(asked), 2)

    @settings(max_examples=300, deadline=None)
    @given(
        moment=MOMENTS,
        more=st.integers(0, 60 * 24 * 9),
        zone=ZONES,
        cutoff=st.floats(0, 23.9),
        handling=st.integers(0, 4),
        transit=st.integers(0, 9),
    )
    def test_who_comes_later_is_promised_no_earlier(
        self, moment, more, zone, cutoff, handling, transit
    ):
        where = place(zone, cutoff=cutoff, handling_days=handling)
        way = Way(transit)
        one = promise(moment, where, way)
        other = promise(moment + timedelta(minutes=more), where, way)
        # In the hour that comes twice the wall's clock goes back, the day does not.
        self.assertLessEqual(one.ship_before, other.ship_before + timedelta(hours=1))
        self.assertLessEqual(one.ship_before, one.arrive_before)
        self.assertLess(moment, one.ship_before)
        shipped = local(one.ship_before, zone).date()
        self.assertLess(shipped.weekday(), 5)
        self.assertGreaterEqual((local(one.arrive_before, zone).date() - shipped).days, transit)

    @settings(max_examples=300, deadline=None)
    @given(
        claims=st.lists(st.integers(1, 9), max_size=8),
        supplies=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), max_size=8),
    )
    def test_goods_are_given_once_and_in_order(self, claims, supplies):
        rows = [
            Supply(datetime(2026, 1, 1) + timedelta(days=day), quantity, ref)
            for ref, (day, quantity) in enumerate(sorted(supplies), 1)
        ]
        served, missing = serve(list(enumerate(claims)), rows)
        for key, quantity in enumerate(claims):
            got = sum(row.quantity for row in served[key])
            self.assertEqual(got + missing.get(key, 0), quantity)
        for supply in rows:
            given_away = sum(
                r.quantity for of in served.values() for r in of if r.ref == supply.ref
            )
            self.assertLessEqual(given_away, supply.quantity)
        dates = [row.date for key in sorted(served) for row in served[key]]
        self.assertEqual(dates, sorted(dates))
        if missing:
            self.assertEqual(
                sum(r.quantity for of in served.values() for r in of), sum(r.quantity for r in rows)
            )
            self.assertEqual(set(missing), set(range(min(missing), len(claims))))
