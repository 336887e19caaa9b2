"""A demo store without account: real orders of an online retailer, replayed."""

from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import file_path

from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome

from . import parse_online_retail as online_retail

DATA = "oms_addon/data/sample/online_retail.csv.gz"
# Channels deliver at least once: every n-th order is repeated.
REPEAT_EVERY = 25
# Orders per fetch where no rate is set.
BATCH = 100


class OmsChannelAdapterSample(models.AbstractModel):
    _name = "oms.channel.adapter.sample"
    _inherit = "oms.channel.adapter"
    _description = "Sample Shop"

    _icon = "fa-gift"
    _start_policy = "process"
    _can_fetch = True
    _can_push_shipment = True

    @api.model
    def _about(self):
        """Override of `oms.channel.adapter`."""
        return self.env._(
            "For evaluation: real orders of a gift shop, with its products and stock. No "
            "account needed."
        )

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: the rows of one invoice."""
        shift = online_retail.shift_to(channel.create_date.date())
        if topic == "orders/cancelled":
            return online_retail.parse_cancellation(payload, shift)
        return online_retail.parse_order(payload, shift)

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: the next invoices of the packaged extract.

        Without a limit, the number results from the channel's rate and the time since then.
        """
        start = int(channel.cursor or 0)
        stop = start + (self._arrived(channel) if limit is None else limit)
        events = []
        for position, (invoice, rows) in enumerate(self._invoices()[start:stop], start):
            event = (
                online_retail.topic_of(invoice),
                invoice,
                online_retail.invoice_payload(invoice, rows),
                None if invoice.startswith("C") else invoice,
            )
            events.append(event)
            if position % REPEAT_EVERY == REPEAT_EVERY - 1:
                events.append(event)
        return events, str(min(stop, len(self._invoices())))

    @api.model
    def _arrived(self, channel):
        """:return: the number of orders since the last fetch, at most a minute's"""
        rate = channel.fetch_rate
        if not rate:
            return BATCH
        if not channel.fetched_at:
            return 1
        seconds = (fields.Datetime.now() - channel.fetched_at).total_seconds()
        return int(rate * min(seconds, 60) / 60)

    @api.model
    def _invoices(self):
        """:return: the packaged invoices, in order: pairs (number, rows)"""
        return _read(file_path(DATA))

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: a catalogue with stock in two warehouses."""
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", online_retail.CURRENCY)]
        ).active = True
        self.env["oms.sample.catalogue"]._prepare(channel, self._invoices())

    @api.model
    def _send(self, channel, topic, key, payload):
        """Override of `oms.channel.adapter`: the sample store accepts everything."""
        return OUTCOMES.get(topic, Outcome)(details={"accepted": key})


@lru_cache(maxsize=1)
def _read(path):
    return list(online_retail.read_invoices(path))
