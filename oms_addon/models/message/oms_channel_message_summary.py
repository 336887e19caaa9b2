"""Messages for display: their names and their content as a table."""

import logging
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import format_datetime, formatLang

_logger = logging.getLogger(__name__)

#: decimals of currencies that Odoo does not know
CENT_DIGITS = 2


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    topic_name = fields.Char(compute="_compute_topic_name")
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("direction", "topic")
    @api.depends_context("lang")
    def _compute_topic_name(self):
        names = self._topic_names()
        for message in self:
            is_ours = message.direction == "out"
            message.topic_name = is_ours and names.get(message.topic) or message.topic

    @api.depends("direction", "topic", "order_ref", "event_ref")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for message in self:
            if message.direction == "out" and message.order_ref:
                message.display_name = self.env._(
                    "%(topic)s of order %(order)s",
                    topic=message.topic_name,
                    order=message.order_ref,
                )
            else:
                message.display_name = message.event_ref

    @api.depends("payload", "hold_ids.state", "hold_ids.sku_key")
    @api.depends_context("lang", "tz")
    def _compute_summary(self):
        for message in self:
            message.summary = message._render_summary()

    # === BUSINESS METHODS === #

    @api.model
    def _topic_names(self):
        """:return: display names of outbound topics; inbound topics keep the channel's name
        :rtype: dict[str, str]
        """
        return {
            "cancellation": self.env._("Cancellation"),
            "confirmation": self.env._("Confirmation"),
            "order_request": self.env._("Order Request"),
            "price": self.env._("Price"),
            "promise": self.env._("Promised Delivery Date"),
            "refund": self.env._("Refund"),
            "shipment": self.env._("Shipment"),
            "stock": self.env._("Stock"),
            "tracking": self.env._("Tracking"),
        }

    def _render_summary(self):
        """:return: the document of the message for display; empty if it has none"""
        self.ensure_one()
        channel = self.channel_id
        if self.direction != "in" or not channel:
            return False
        try:
            document = channel._adapter()._parse(channel, self.topic, self._raw_payload())
        except Exception:  # noqa: BLE001 - the message shows its error and raw content
            _logger.debug("Message %s has no summary", self.id, exc_info=True)
            return False
        if document is None:
            return False
        unknown = self.hold_ids.filtered(lambda h: h.state == "open" and h.sku_key)
        return self.env["ir.qweb"]._render(
            "oms_addon.oms_channel_message_summary",
            {
                "document": document,
                "is_unknown": unknown._names_line,
                "amount": self._format_amount,
                "when": self._format_when,
                "word": self._get_document_labels().get,
            },
        )

    @api.model
    def _format_amount(self, amount, currency):
        """:return: an amount with the decimals of its currency, or more if the amount has more
        :rtype: str
        """
        known = self.env["res.currency"].with_context(active_test=False)
        known = known.search([("name", "=", currency)], limit=1)
        reported = -amount.normalize().as_tuple().exponent
        places = known.decimal_places if known else CENT_DIGITS
        return formatLang(self.env, float(amount), digits=max(places, reported))

    @api.model
    def _format_when(self, at):
        """:return: a date and time in the user's format and time zone"""
        at = at.astimezone(timezone.utc).replace(tzinfo=None)
        return format_datetime(self.env, at, tz=self.env.tz.zone)

    @api.model
    def _get_document_labels(self):
        """:return: display names of the codes in documents
        :rtype: dict[str, str]
        """
        return {
            "authorization": self.env._("Authorization"),
            "cancelled": self.env._("Cancelled"),
            "charge": self.env._("Payment"),
            "chargeback": self.env._("Chargeback"),
            "delivered": self.env._("Delivered"),
            "discount": self.env._("Discount"),
            "failed": self.env._("Failed"),
            "fee": self.env._("Fee"),
            "gift_card": self.env._("Gift Card"),
            "open": self.env._("Open"),
            "pending": self.env._("Pending"),
            "product": self.env._("Product"),
            "refund": self.env._("Refund"),
            "shipped": self.env._("Shipped"),
            "shipping": self.env._("Shipping"),
            "success": self.env._("Confirmed"),
            "tip": self.env._("Tip"),
        }
