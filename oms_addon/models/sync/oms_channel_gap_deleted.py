"""Orders that were deleted on the channel, for which no message is sent."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: orders fetched per call
CHUNK = 50
#: this many missing orders at once are no deletion: probably another or an emptied store
DOUBTFUL = 10


class OmsChannelGap(models.Model):
    _inherit = "oms.channel.gap"

    deleted_refs = fields.Text(
        "Deleted on the Channel", readonly=True, help="Channel order IDs, one per line."
    )

    def _hold_deleted(self, listed):
        """Hold unshipped orders that no longer exist on the channel.

        An order missing in the list is fetched by its ID before it counts as deleted.

        :param listed: all order IDs listed for this period
        :return: the orders on hold
        """
        self.ensure_one()
        channel, adapter, found = self.channel_id, self.channel_id._adapter(), set()
        if not self._fetches_by_ref(adapter):
            return self.env["sale.order"]
        window = [("oms_placed_at", ">=", self.date_from), ("oms_placed_at", "<", self.date_to)]
        refs = channel._deletable([*window, ("oms_order_ref", "not in", list(listed))]).mapped(
            "oms_order_ref"
        )
        for position in range(0, len(refs), CHUNK):
            with self.env.cr.savepoint():
                events = adapter._fetch_orders(channel, refs[position : position + CHUNK])
                if events:
                    # Existing orders are imported, with any changes missed so far.
                    channel.with_context(**sealed(via="gap"))._receive_many(events)
            found.update(event[3] for event in events)
        gone = channel._hold_deleted_orders(set(refs) - found, len(refs))
        self.deleted_refs = "\n".join(gone.mapped("oms_order_ref")) or False
        return gone

    @api.model
    def _fetches_by_ref(self, adapter):
        """:return: whether the adapter can fetch single orders"""
        base = type(self.env["oms.channel.adapter"])
        return type(adapter)._fetch_orders is not base._fetch_orders


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _deletable(self, domain):
        """:return: the unshipped open orders of a channel within a domain"""
        return self.env["sale.order"].search(
            [
                ("oms_channel_id", "=", self.id),
                ("oms_is_recorded", "=", False),
                ("state", "!=", "cancel"),
                ("oms_status", "in", ("running", "waiting", "held", "failed")),
                ("oms_shipped_at", "=", False),
                *domain,
            ]
        )

    def _hold_deleted_orders(self, refs, asked):
        """Hold orders that no longer exist on the channel; only raise an alert if none exists.

        :param refs: their IDs on the channel
        :param int asked: number of orders requested
        :return: the orders on hold
        """
        gone = self._deletable([("oms_order_ref", "in", list(refs))])
        if len(gone) >= DOUBTFUL and len(refs) == asked:
            self._raise_alert(
                "deleted",
                self.env._(
                    "The channel no longer returns any of %(count)s open orders.", count=len(gone)
                ),
                self.env._(
                    "Check that the address and credentials still belong to the same store. No "
                    "order was changed."
                ),
                level="error",
            )
            return gone.browse()
        text = self.env._(
            "The order was deleted on the channel. Cancel it, or release it to ship it anyway."
        )
        self.env["oms.hold"]._open_many(
            [(order, HoldReason(code="DELETED_ON_CHANNEL", message=text)) for order in gone]
        )
        gone._oms_run()
        return gone
