"""The contract of a channel adapter: changed promised dates."""

from odoo import api, models


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    #: changed promised dates can be pushed
    _can_push_promise = False

    @api.model
    def _push_promise(self, channel, key, promise):
        """Push changed promised dates of items to the channel.

        :param dict promise: ``order_ref``, ``ship_by`` and ``deliver_by`` (ISO, UTC; '' when
            unknown), ``reason``, ``lines`` (each ``line_ref``, ``sku``, ``ship_by``,
            ``deliver_by``)
        """
        raise NotImplementedError
