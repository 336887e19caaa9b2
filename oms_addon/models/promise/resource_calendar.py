"""Working days of a calendar."""

from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _oms_working_days(self, first, last, zone, company):
        """Read working days without holidays; a half day counts as a day.

        :param date first: the first day
        :param date last: the last day, included
        :param zone: the time zone of the days
        :param company: the company whose holidays apply
        :return: the days
        :rtype: set
        """
        if not self:
            return {first + timedelta(days=n) for n in range((last - first).days + 1)}
        self.ensure_one()
        start = datetime.combine(first, time.min, tzinfo=zone)
        stop = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
        holidays = [("time_type", "=", "leave"), ("company_id", "in", (False, company.id))]
        intervals = self._work_intervals_batch(start, stop, domain=holidays, tz=timezone(zone.key))[
            False
        ]
        return {begin.astimezone(zone).date() for begin, end, _record in intervals if begin < end}
