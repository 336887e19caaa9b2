"""Stock push: in few calls, sold-out items first, never overwriting newer figures."""

import hashlib
import json
import uuid
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import FinalError, Unfinished
from odoo.addons.oms_addon.models.message.outbound_topics import TOPICS
from odoo.addons.oms_addon.tools.backoff import backoff
from odoo.addons.oms_addon.tools.batches import halves
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: priority of sold-out items: sent before all other messages
ZERO_PRIORITY = 1
RETRY_SECONDS = 60
RETRY_LIMIT = 6 * 3600
#: seconds; longer than an interrupted call can take to arrive
VERIFY_SECONDS = 120


class OmsChannelStock(models.Model):
    _inherit = "oms.channel.stock"

    @api.model
    def _queue(self, channel):
        """Queue the due rows of a channel in the outbox, as many per message as a call accepts.

        :return: number of messages
        :rtype: int
        """
        due = self.search(self._get_due_domain(channel), order="id")
        if self._is_stopped(channel, due) or not due:
            return 0
        rows = due.sorted(lambda r: (r.location_id.id, r.listing_id.parent_ref or "", r.id))
        sold_out = rows.filtered(lambda r: not r.wanted)
        return self._queue_calls(channel, sold_out, ZERO_PRIORITY) + self._queue_calls(
            channel, rows - sold_out, TOPICS["stock"].priority
        )

    @api.model
    def _queue_calls(self, channel, rows, priority):
        """Queue messages for rows, as many rows per message as one call of the channel accepts.

        :return: number of messages
        :rtype: int
        """
        size = channel._adapter()._batch_sizes.get("stock", 1)
        chunks = [self.browse(ids) for ids in split_every(size, rows.ids, list)]
        self._queue_chunks(channel, chunks, priority)
        return len(chunks)

    @api.model
    def _queue_chunks(self, channel, chunks, priority):
        """Queue one message per chunk of rows and link the rows to it."""
        if not chunks:
            return
        Message = self.env["oms.channel.message"].sudo()
        rows = []
        for chunk in chunks:
            body = json.dumps({"rows": chunk.ids}).encode()
            key = f"stock:{uuid.uuid4()}"
            rows.append(("stock", key, None, body, hashlib.sha256(body).hexdigest()))
        ids = Message._insert_rows(channel, "out", rows, priority)
        self._note_messages(
            [
                (row_id, message_id)
                for message_id, chunk in zip(ids, chunks, strict=True)
                for row_id in chunk.ids
            ]
        )
        self.env.ref("oms_addon.oms_lane_outbox").sudo()._wake()

    @api.model
    def _note_messages(self, pairs):
        """Link rows to their messages, with one statement.

        :param list pairs: tuples (row id, message id)
        """
        row_ids, message_ids = zip(*pairs, strict=True)
        self.flush_model(["message_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE oms_channel_stock SET message_id = told.message_id
                   FROM unnest(%s::int[], %s::int[]) AS told (row_id, message_id)
                   WHERE oms_channel_stock.id = told.row_id""",
                list(row_ids),
                list(message_ids),
            )
        )
        self.browse(row_ids).invalidate_recordset(["message_id"], flush=False)

    # === SENDING === #

    @api.model
    def _send(self, message):
        """Push the rows of one message with their current quantities.

        :param message: outbound ``oms.channel.message`` of topic ``stock``
        :rtype: outcomes.Outcome
        :raise RetryableError: when no row was accepted and the call can be retried
        """
        channel = message.channel_id
        if reported := (message.result or {}).get("told"):
            return self._check_outcome(message, reported)
        rows = self.search([("message_id", "=", message.id)], order="id")
        rows = rows.sorted(lambda r: (r.listing_id.parent_ref or "", r.id)).filtered("is_due")
        if not channel._is_synced("stock"):
            rows = rows.browse()
        self._release(self.search([("message_id", "=", message.id)]) - rows)
        if not rows:
            return ItemsOutcome()
        items = [row._prepare_item() for row in rows]
        body = json.dumps(items, sort_keys=True).encode()
        # The key includes a digest: a repeated call has the same key, changed quantities another.
        key = f"{message.event_ref}:{hashlib.sha256(body).hexdigest()[:12]}"
        try:
            adapter = channel._adapter().with_context(**sealed(message_id=message.id))
            answer = adapter._push_stock(channel, key, items) or ItemsOutcome()
        except Unfinished as error:
            error.state["told"] = {"key": key, "rows": rows.ids, "items": items}
            raise
        except FinalError:
            if len(rows) == 1:
                raise
            self._halve(channel, rows, message.priority)
            return ItemsOutcome(details={"split": len(rows)})
        rows._apply_outcome(items, answer)
        if (message.result or {}).get("in_doubt"):
            later = fields.Datetime.add(fields.Datetime.now(), seconds=VERIFY_SECONDS)
            rows.exists().doubt_until = later
        rows.exists().filtered(lambda row: row._is_in_doubt())._verify_later()
        return replace(answer, details={**answer.details, "pushed": len(rows)})

    def _verify_later(self):
        """Schedule another push: an earlier call was interrupted and may arrive after this one."""
        lane = self.env.ref("oms_addon.oms_lane_stock").sudo()
        for later, rows in (
            self.filtered(lambda row: not row.message_id).grouped("doubt_until").items()
        ):
            rows.write({"is_shown": False, "due_at": later})
            for cron in lane.cron_ids:
                cron._trigger(at=later)

    def _is_in_doubt(self):
        """:return: whether an interrupted call may still change the quantity on the channel"""
        self.ensure_one()
        return bool(self.doubt_until) and self.doubt_until > fields.Datetime.now()

    @api.model
    def _check_outcome(self, message, reported):
        """Check the result of a call that the channel is still processing.

        :param dict reported: ``key``, ``rows`` and ``items`` of the call
        """
        rows = self.browse(reported["rows"])
        adapter = message.channel_id._adapter().with_context(**sealed(message_id=message.id))
        try:
            answer = adapter._push_stock(message.channel_id, reported["key"], reported["items"])
        except Unfinished as error:
            error.state["told"] = reported
            raise
        answer = answer or ItemsOutcome()
        waiting = rows.exists().filtered(lambda r: r.message_id == message)
        # A quantity pushed meanwhile may have been overwritten by this call.
        (rows.exists() - waiting).write({"is_shown": False})
        rows._apply_outcome(reported["items"], answer, waiting)
        return replace(answer, details={**answer.details, "pushed": len(rows)})

    @api.model
    def _release_sold_out(self, message):
        """Push sold-out items immediately, without waiting for a call in progress.

        :param message: outbound ``oms.channel.message`` of topic ``stock``
        """
        reported = (message.result or {}).get("told") or {"rows": [], "items": []}
        sold_out = self.browse(
            row_id
            for row_id, item in zip(reported["rows"], reported["items"], strict=True)
            if item["quantity"]
        )
        sold_out = sold_out.exists().filtered(lambda r: r.message_id == message and not r.wanted)
        if sold_out:
            sold_out.write({"message_id": False, "is_shown": False})
            self.env.ref("oms_addon.oms_lane_stock").sudo()._wake()

    def _prepare_item(self):
        """:return: the adapter's data of one row"""
        self.ensure_one()
        listing = self.listing_id
        return {
            "ref": listing.external_ref or "",
            "item_ref": listing.item_ref or "",
            "parent_ref": listing.parent_ref or "",
            "sku": listing.sku or "",
            "location": self.location_id.ref or "",
            "quantity": self.wanted,
            "seen": self.shown if self.is_shown else None,
        }

    @api.model
    def _halve(self, channel, rows, priority):
        """Split a rejected call into halves, to find the item that causes it."""
        self._release(rows)
        self._queue_chunks(channel, halves(rows), priority)

    def _apply_outcome(self, items, answer, those=None):
        """Store the result of each row.

        :param ItemsOutcome answer: by position in the rows
        :param those: the rows that still wait for the result; ``None`` for all
        """
        later = set(answer.later)
        taken = self.browse()
        for position, (row, item) in enumerate(zip(self, items, strict=True)):
            if those is not None and row not in those:
                continue
            if position in later:
                row.message_id = False
            elif position in answer.untracked:
                # The background job checks the listing again and deletes the row.
                row.message_id = False
                row.listing_id.stock_mode = answer.untracked[position]
            elif position in answer.stale:
                # The channel has another quantity than expected: push again immediately.
                row._note_stale(int(answer.stale[position]))
            elif position in answer.failed:
                row._note_failed(answer.failed[position])
            else:
                taken += row
                row.shown = item["quantity"]
        taken.write(
            {
                "is_shown": True,
                "pushed_at": fields.Datetime.now(),
                "message_id": False,
                "tries": 0,
                "error": False,
            }
        )

    def _note_stale(self, quantity):
        """Store the quantity that the channel reports instead of the expected one, and push
        again.
        """
        self.write({"shown": quantity, "is_shown": True, "message_id": False, "due_at": False})
        self.env.ref("oms_addon.oms_lane_stock").sudo()._wake()

    def _note_failed(self, error):
        """Schedule another attempt for a rejected row, with a growing delay, and raise an alert."""
        tries = self.tries + 1
        delay = backoff(tries, RETRY_SECONDS, RETRY_LIMIT)
        self.write(
            {
                "tries": tries,
                "error": error,
                "message_id": False,
                "due_at": fields.Datetime.add(fields.Datetime.now(), seconds=delay),
            }
        )
        self.channel_id._raise_alert(
            "stock",
            self.env._(
                "The channel rejected the stock of %(sku)s: %(error)s",
                sku=self.listing_id.display_name,
                error=error,
            ),
            self.env._(
                "Correct the listing on the channel or in Odoo. The sync retries automatically."
            ),
            level="warning",
        )

    @api.model
    def _release(self, rows):
        """Unlink rows from their messages; those still due are queued again."""
        rows.filtered("message_id").write({"message_id": False})

    @api.model
    def _apply_failed(self, messages):
        """Schedule rows of failed messages for another attempt."""
        for row in self.search([("message_id", "in", messages.ids)]):
            row._note_failed(row.message_id.error or "")
