"""Documents on hold until their problems are resolved."""

from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.documents.order import (
    OrderDocument,
)


class OmsOrderImporter(models.AbstractModel):
    _inherit = "oms.order.importer"

    @api.model
    def _park_orders(self, channel, parked):
        """Put documents on hold, only the newest of each order.

        :param list parked: tuples (message, ``OrderDocument``, problems)
        """
        if not parked:
            return
        waiting = self._waiting(channel, [document.ref for _m, document, _p in parked])
        for message, document, problems in parked:
            others = waiting.get(document.ref, message.browse()) - message
            newer = others.filtered(lambda m, d=document: not self._is_newer(channel, d, m))
            if newer:
                message.order_ref = document.ref
                message._set_state(
                    "ignored",
                    self.env._(
                        "Message %(message)s reports this order as well and is already on hold.",
                        message=newer[:1].event_ref,
                    ),
                )
                continue
            others._set_state("ignored", self.env._("A newer message reports this order."))
            self._park(message, document, problems)

    @api.model
    def _waiting(self, channel, refs):
        """:return: the messages on hold of orders not created yet, by the channel's order id
        :rtype: dict[str, oms.channel.message]
        """
        return (
            self.env["oms.channel.message"]
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("direction", "=", "in"),
                    ("state", "=", "parked"),
                    ("order_ref", "in", refs),
                    ("waits_for", "=", False),
                    ("conflict_of_id", "=", False),
                ],
                order="id",
            )
            .grouped("order_ref")
        )

    @api.model
    def _is_newer(self, channel, document, message):
        """:return: whether a document is newer than the one of a message on hold"""
        other = message._parse(channel)
        return not isinstance(other, OrderDocument) or document.is_newer_than(
            other.version, other.updated_at
        )

    @api.model
    def _park(self, message, document, problems):
        """Put a message on hold, with the customer and amount shown in its exceptions."""
        message.write({"order_ref": document.ref, "customer_ref": document.customer.ref or False})
        name = document.customer.name or document.shipping.name or document.customer.email
        amount = self.env["oms.hold"]._plain_amount(document.total, document.currency)
        message._park([replace(problem, customer=name, amount=amount) for problem in problems])
