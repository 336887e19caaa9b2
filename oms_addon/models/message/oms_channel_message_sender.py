"""Background sending of the outbox."""

import json
import logging
import time
import traceback

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.channels.outcomes import NoticeOutcome, Outcome
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import to_storable, to_text
from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
    Unfinished,
)
from odoo.addons.oms_addon.tools.attempt import Attempt
from odoo.addons.oms_addon.tools.runs import running
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .outbound_topics import topic_of

_logger = logging.getLogger(__name__)

#: maximum seconds the job waits for a rate limit before it ends its run
LONGEST_NAP = 2.0
SLACK = 0.25


class OmsChannelMessage(models.Model):
    _inherit = "oms.channel.message"

    # === OUTBOX === #

    @api.model
    def _process_outbox(self, run):
        """Send the most urgent outbound message.

        Each message has its own transaction: its result is committed before the next call. Each
        call carries the message's own key, so repeating a call whose answer was lost has no effect.

        :param JobRun run: the run of the background job
        :return: number of messages attempted
        :rtype: int
        """
        paused = run.paused
        message = self._next_outbound(paused)
        if message:
            message._send(run)
            return 1
        if not paused:
            return 0
        now = time.time()
        wait = min((until - now for until in paused.values() if until > now), default=0.0)
        if wait > LONGEST_NAP:
            return 0
        # Waiting for the rate limit is shorter than starting a new job.
        time.sleep(wait)
        return 1

    @api.model
    def _next_outbound(self, paused):
        """:return: the most urgent message that may be sent now, locked; empty if there is none"""
        self._release_paused(paused)
        resting = self.env["oms.channel.meter"]._resting()
        domain = self._get_todo_domain("out") & Domain("channel_id", "not in", list(resting))
        for channel_id, topic in paused:
            domain &= ~(Domain("channel_id", "=", channel_id) & Domain("topic", "=", topic))
        return self._pick(domain, 1)

    @api.model
    def _release_paused(self, paused):
        """End the pauses that have expired.

        Pauses of one channel that end at nearly the same time end together, at the latest of these
        times, so that urgent messages are sent first.

        :param dict paused: Unix time at which the pause ends, by (channel id, topic)
        """
        now = time.time()
        held = {channel for (channel, _), until in paused.items() if 0 < until - now <= SLACK}
        for key in [key for key, until in paused.items() if until <= now and key[0] not in held]:
            del paused[key]

    def _send(self, run):
        """Hand one message to its channel's adapter and store the result.

        :param JobRun run: its ``paused`` and ``expected`` are updated
        """
        self.ensure_one()
        channel, meter = self.channel_id, self.env["oms.channel.meter"]
        topic = topic_of(self.topic)
        attempt = Attempt(run.expected.setdefault((channel.id, self.topic), {}))
        try:
            with self.env.cr.savepoint(), running(self.env, "attempt", attempt):
                outcome = topic.hand_over(self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Unfinished as error:
            self._store_progress(error)
        except RateLimited as error:
            run.paused[channel.id, self.topic] = time.time() + (error.seconds or 1.0)
            self._postpone(error)
        except RetryableError as error:
            self._send_again(error)
        except Exception as error:  # noqa: BLE001 - one rejected message does not stop the others
            _logger.info("Message %s was not taken", self.id, exc_info=True)
            meter._record_success(channel)
            is_refused = isinstance(error, UserError) or not topic.is_effect
            if is_refused:
                # The stored state of this call does not apply to a later one.
                self.result = False
            # An unexpected answer does not show whether the call took effect: verify with the
            # channel.
            self._fail(self._error_text(error), traceback.format_exc(), final=is_refused)
        else:
            attempt.close()
            is_down = isinstance(outcome, NoticeOutcome) and outcome.is_down
            if not is_down and meter._record_success(channel):
                channel._resolve_alert("credentials", "breaker")
            self._conclude(outcome.storable())

    def _conclude(self, outcome):
        """Store the result of a message that its channel accepted.

        The message is done if the channel reached the wanted state; otherwise it fails with the
        reason and the channel's owner is notified.

        :param outcomes.Outcome outcome: its ``unmet`` is the reason if the wanted state was not
            reached
        """
        result = outcome.to_json()
        if outcome.unmet:
            self._set_state("failed", outcome.unmet, result=result)
            self.channel_id.sudo()._notify_owner(
                self.env._("Message %(message)s was not completed", message=self.event_ref),
                outcome.unmet,
            )
        else:
            self._set_state("done", self.env._("Accepted by the channel."), result=result)
        topic_of(self.topic).accepted(self, outcome)

    def _push(self, channel):
        """Hand the content of one message to the adapter.

        :rtype: outcomes.Outcome
        """
        adapter = channel._adapter().with_context(**sealed(message_id=self.id))
        return adapter._send(channel, self.topic, self.event_ref, self._raw_payload())

    def _send_tracking_numbers(self, channel):
        """Send the tracking numbers of a shipment, after the shipment itself was sent.

        :rtype: outcomes.Outcome
        """
        content = loads(self._raw_payload())
        first = self.search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("event_ref", "=", content["shipment_key"]),
            ],
            limit=1,
        )
        if first.state == "pending":
            raise Unfinished(self.env._("Waiting for the shipment to be sent."), {}, seconds=60)
        if first.state == "failed" and not first.result:
            raise FinalError(
                self.env._(
                    "The channel did not accept the shipment. Retry the message of the shipment "
                    "first."
                )
            )
        adapter = channel._adapter().with_context(**sealed(message_id=self.id))
        content = {**content, "told": first.result or {}}
        payload = json.dumps(content, default=str).encode()
        return adapter._send(channel, "tracking", self.event_ref, payload)

    def _fetch_order(self, channel):
        """Fetch the order that a message named without its content."""
        events = channel._adapter()._fetch_orders(channel, [self.order_ref])
        if events:
            channel.with_context(**sealed(via="poll"))._receive_many(events)
        elif loads(self._raw_payload()).get("extra", {}).get("cancelled"):
            text = self.env._(
                "The channel does not return order %(order)s, which a message reported as "
                "cancelled. Cancel it in Odoo if this is correct.",
                order=self.order_ref,
            )
            return Outcome(details={"orders": 0}, unmet=text)
        return Outcome(details={"orders": len(events)})

    def _store_progress(self, error):
        """Store the state of an unfinished call and schedule the next check.

        :param Unfinished error: with the state of the call
        """
        self.env["oms.channel.meter"]._record_success(self.channel_id)
        later = fields.Datetime.add(fields.Datetime.now(), seconds=int(error.seconds or 1))
        state = to_storable(error.state)
        self.write({"error": self._error_text(error), "result": state, "next_try_at": later})
        topic_of(self.topic).in_progress(self)

    def _postpone(self, error):
        """Store the reason for waiting; this does not count as a failed attempt."""
        self.write({"error": self._error_text(error)})

    def _send_again(self, error):
        """Schedule another attempt after a temporary failure; attempts are not counted while the
        channel is unavailable.

        :param RetryableError error: the failure
        """
        channel, meter = self.channel_id, self.env["oms.channel.meter"]
        refused = isinstance(error, CredentialsError)
        if topic_of(self.topic).is_figure and not refused:
            self.result = {**(self.result or {}), "in_doubt": True}
        opened = meter._record_failure(channel, at_once=refused)
        if opened:
            code = "credentials" if refused else "breaker"
            channel._raise_alert(code, self._error_text(error), self._breaker_advice(refused))
        if refused or error.unreachable and channel.id in meter._resting():
            trace = to_text(traceback.format_exc())
            self.write({"error": self._error_text(error), "trace": trace})
            return
        self._fail(self._error_text(error), traceback.format_exc(), seconds=error.seconds)

    @api.model
    def _breaker_advice(self, refused):
        """:return: advice for a channel that accepts no calls"""
        if refused:
            return self.env._(
                "Renew the channel's credentials and test the connection. Waiting messages are "
                "then sent automatically."
            )
        return self.env._(
            "The channel does not respond. Messages are kept and sent once it does; check its "
            "address and that the store is online."
        )
