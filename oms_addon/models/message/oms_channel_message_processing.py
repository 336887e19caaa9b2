"""Background processing of the inbox."""

import logging
import traceback

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    DocumentError,
    OrderDocument,
    OrderRequest,
)
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.documents.values import to_text
from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.batches import in_halves

_logger = logging.getLogger(__name__)

BATCH = 50


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    @api.model
    def _get_todo_domain(self, direction):
        """:return: the domain of messages a background job may process now: pending, due, of a live
        channel
        """
        return (
            Domain("direction", "=", direction)
            & Domain("state", "=", "pending")
            & Domain("channel_id.state", "=", "live")
            & (
                Domain("next_try_at", "=", False)
                | Domain("next_try_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _pick(self, domain, limit):
        """Lock the most urgent messages that no other transaction holds.

        One statement selects and locks, so that messages another worker has just finished are
        skipped.

        :param domain: the domain of eligible messages
        :return: the messages, locked until the end of the transaction
        """
        query = self._search(domain, order="priority, id", limit=limit)
        picked = self.env.execute_query(
            SQL(
                "%s FOR NO KEY UPDATE OF %s SKIP LOCKED",
                query.select(),
                SQL.identifier(self._table),
            )
        )
        return self.browse(row[0] for row in picked)

    # === INBOX === #

    @api.model
    def _process_inbox(self, limit=BATCH):
        """Process one batch of the most urgent inbound messages.

        :param int limit: maximum number of messages
        :return: number of messages processed
        :rtype: int
        """
        messages = self._pick(self._get_todo_domain("in"), limit)
        for channel, of_channel in messages.sorted("id").grouped("channel_id").items():
            of_channel.with_company(channel.company_id)._process_batch(channel)
        return len(messages)

    def _process_batch(self, channel):
        """Parse messages of one channel and apply consecutive documents of one type together."""
        parsed = {}
        for message in self:
            document = message._parse(channel)
            if document is not None:
                parsed[message] = message._as_believed(channel, document)
        # Only consecutive documents are grouped, so the order of events is kept.
        run, kind = [], None
        for message, document in parsed.items():
            if kind and type(document) is not kind:
                self._apply(channel, run)
                run = []
            kind = type(document)
            run.append((message, document))
        if run:
            self._apply(channel, run)
        self._erase_late()

    def _parse(self, channel):
        """:return: the document of the message, or ``None`` if it could not be parsed"""
        self.ensure_one()
        try:
            document = channel._adapter()._read(channel, self.topic, self._raw_payload())
        except DocumentError as error:
            self._park([HoldReason(code="BAD_PAYLOAD", message=str(error))])
            return None
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - an adapter's bug fails one message, not the job
            _logger.exception("Channel %s could not read message %s", channel.id, self.id)
            self._fail(self._error_text(error), traceback.format_exc(), final=True)
            return None
        if document is None:
            self._set_state(
                "ignored",
                self.env._("Topic %(topic)s requires no processing.", topic=self.topic_name),
            )
        return document

    def _as_believed(self, channel, document):
        """:return: the document of a message; a request for the order instead of a cancellation if
        the channel signs bodies only: the order is cancelled once the channel confirms it
        """
        self.ensure_one()
        if self.via != "webhook" or not channel._adapter()._signs_bodies_only:
            return document
        if isinstance(document, CancellationDocument):
            ref = document.order_ref
        else:
            is_cancelled = isinstance(document, OrderDocument) and document.status == "cancelled"
            ref = document.ref if is_cancelled else ""
        return OrderRequest(order_ref=ref, extra={"cancelled": True}) if ref else document

    @api.model
    def _error_text(self, error):
        """:return: a storable error message for people"""
        if (
            isinstance(error, RetryableError)
            or hasattr(error, "args")
            and type(error).__module__.startswith("odoo")
        ):
            return to_text(str(error))
        return self.env._(
            "Unexpected error %(kind)s: %(text)s. Retry; if it fails again, send the trace to "
            "your administrator.",
            kind=type(error).__name__,
            text=sentences.inner(to_text(str(error))),
        )

    @api.model
    def _apply(self, channel, run):
        """Apply documents of one type together; a document that fails does not affect the others.

        :param list run: pairs (message, document)
        """
        importer = self.env["oms.order.importer"]
        outcomes = in_halves(self.env, run, lambda part: importer._import(channel, part))
        for part, _result, error in outcomes:
            if error:
                [(message, _document)] = part
                _logger.info("Message %s failed", message.id, exc_info=error)
                trace = "".join(traceback.format_exception(error))
                message._fail(self._error_text(error), trace, final=True)
