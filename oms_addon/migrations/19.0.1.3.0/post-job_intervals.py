"""Existing background jobs, whose scheduled actions were separate records."""


def migrate(cr, version):
    """Store the interval of the scheduled action on each background job."""
    cr.execute(
        """UPDATE oms_lane lane
           SET interval_minutes = cron.interval_number * CASE cron.interval_type
                   WHEN 'days' THEN 1440 WHEN 'hours' THEN 60 ELSE 1 END
           FROM ir_cron_oms_lane_rel link
           JOIN ir_cron cron ON cron.id = link.ir_cron_id
           WHERE link.oms_lane_id = lane.id
             AND cron.interval_type IN ('minutes', 'hours', 'days')"""
    )
