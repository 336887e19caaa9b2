"""Whether customers and channels are told that a promise changed."""

from odoo import api, models


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    #: whether the channel can be told that an order comes at another date
    _can_push_promise = False

    @api.model
    def _push_promise(self, channel, key, promise):
        """Tell that items come at another date than they were promised.

        :param dict promise: ``order_ref``, ``ship_by`` and ``deliver_by`` (ISO, UTC; '' when
            nobody can say), ``reason``, ``lines`` (each ``line_ref``, ``sku``, ``ship_by``,
            ``deliver_by``)
        """
        raise NotImplementedError
