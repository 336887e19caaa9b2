"""The lane that works through the inbox."""

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
        """:return: what a lane may take now: pending, due, of a live channel"""
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
        """Take the most urgent messages that nobody else has, and lock them.

        One statement looks and locks, so that what another worker finished in between is
        not stumbled over.

        :param domain: which may be taken
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
        """Work through the oldest inbound messages, one batch.

        :param int limit: how many at most
        :return: how many were looked at
        :rtype: int
        """
        messages = self._pick(self._get_todo_domain("in"), limit)
        for channel, of_channel in messages.sorted("id").grouped("channel_id").items():
            of_channel.with_company(channel.company_id)._process_batch(channel)
        return len(messages)

    def _process_batch(self, channel):
        """Turn messages of one channel into what they say, each kind in one go."""
        parsed = {}
        for message in self:
            document = message._parse(channel)
            if document is not None:
                parsed[message] = message._as_believed(channel, document)
        # Runs of one kind keep the order in which things happened.
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
        """:return: the document a message says, or ``None`` when it failed"""
        self.ensure_one()
        try:
            document = channel._adapter()._read(channel, self.topic, self._raw_payload())
        except DocumentError as error:
            self._park([HoldReason(code="BAD_PAYLOAD", message=str(error))])
            return None
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - an adapter's bug stops one message, not the lane
            _logger.exception("Channel %s could not read message %s", channel.id, self.id)
            self._fail(self._in_words(error), traceback.format_exc(), final=True)
            return None
        if document is None:
            self._set_state(
                "ignored",
                self.env._("Topic %(topic)s requires no processing.", topic=self.topic_name),
            )
        return document

    def _as_believed(self, channel, document):
        """:return: what a message says; where it cancels an order and the channel signed its body
        alone, the request for that order: it is cancelled when the channel shows it so
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
    def _in_words(self, error):
        """:return: an exception as a sentence for people, which can be stored"""
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
        """Apply documents of one kind together; one that cannot be applied fails alone.

        :param list run: pairs (message, document)
        """
        importer = self.env["oms.order.importer"]
        outcomes = in_halves(self.env, run, lambda part: importer._import(channel, part))
        for part, _result, error in outcomes:
            if error:
                [(message, _document)] = part
                _logger.info("Message %s failed", message.id, exc_info=error)
                trace = "".join(traceback.format_exception(error))
                message._fail(self._in_words(error), trace, final=True)
