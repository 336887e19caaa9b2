"""Detection of missing webhooks, by comparison with polling."""

from odoo import fields, models
from odoo.tools import SQL

#: no webhook for so many hours while polling found so many events: an alert is raised
UNHEARD_HOURS = 6
UNHEARD_FINDS = 3
#: minutes allowed for the delivery of a webhook
GRACE_MINUTES = 15
LATEST = 2000


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _check_silence(self):
        """Raise an alert if webhooks are registered but do not arrive."""
        self.ensure_one()
        if self.webhooks_state != "ok" or not self.webhooks_since:
            return
        now = fields.Datetime.now()
        since = max(self.webhooks_since, fields.Datetime.subtract(now, hours=UNHEARD_HOURS))
        until = fields.Datetime.subtract(now, minutes=GRACE_MINUTES)
        came, found = self._count_ways(since, until)
        if came:
            self._resolve_alert("unheard")
        elif found >= UNHEARD_FINDS:
            self._raise_alert(
                "unheard",
                self.env._(
                    "Webhooks of the channel do not arrive at %(url)s: polling found %(count)s "
                    "messages.",
                    url=self.webhook_url,
                    count=found,
                ),
                self.env._(
                    "Check that the address can be reached from the internet (proxy, firewall, "
                    "certificate). Orders are fetched by polling meanwhile."
                ),
                level="warning",
            )

    def _count_ways(self, since, until):
        """Count the latest messages by the way they were received, from a bounded number of rows.

        :return: number of webhooks since ``since``, and of polled messages between both dates
        :rtype: tuple[int, int]
        """
        self.env["oms.channel.message"].flush_model(["channel_id", "direction", "via"])
        [counts] = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE via = 'webhook' AND create_date >= %(since)s),
                       count(*) FILTER (WHERE via = 'poll'
                           AND create_date BETWEEN %(since)s AND %(until)s)
                   FROM (SELECT via, create_date FROM oms_channel_message
                         WHERE channel_id = %(channel)s AND direction = 'in'
                         ORDER BY id DESC LIMIT %(limit)s) AS latest""",
                since=since,
                until=until,
                channel=self.id,
                limit=LATEST,
            )
        )
        return counts
