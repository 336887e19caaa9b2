"""The contract of a channel adapter: outbound messages."""

import json

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited
from odoo.addons.oms_addon.tools.attempt import Attempt
from odoo.addons.oms_addon.tools.paging import EndlessList
from odoo.addons.oms_addon.tools.runs import current
from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    #: how many items one call accepts, by topic
    _batch_sizes = {"stock": 1, "price": 1}
    #: calls (or the channel's cost points) per second and burst, by bucket
    _rate_limits = {"default": (2.0, 40.0)}

    # === OUT === #

    @api.model
    def _send(self, channel, topic, key, payload):
        """Push a message to the channel.

        :param str topic: ``shipment``, ``tracking``, ``cancellation``, ``refund``, ``stock``,
            ``price``, ``promise``
        :param str key: the idempotency key of the call, the same at every attempt
        :param bytes payload: the content, as JSON
        :rtype: outcomes.Outcome
        :raise RetryableError: when the same call may succeed later, or its outcome is unknown:
            a retry has to search for the result of the first call
        :raise Unfinished: when the channel accepted the call and is still processing it
        """
        if not getattr(self, f"_can_push_{topic}", False):
            raise FinalError(self.env._("This channel type does not accept: %s.", topic))
        outcome = getattr(self, f"_push_{topic}")(channel, key, loads(payload))
        return outcome or OUTCOMES.get(topic, Outcome)()

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Push a shipment.

        :param dict shipment: ``order_ref``, ``shipment_ref``, ``shipped_at`` (ISO, UTC),
            ``location_ref`` ('' when unknown), ``parcels`` (each ``carrier``,
            ``carrier_code``, ``number``, ``url``), ``lines`` (each ``line_ref``, ``sku``,
            ``quantity`` in the channel's units, ``units`` in ours)
        :rtype: outcomes.ShipmentOutcome
        """
        raise NotImplementedError

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Push late or corrected tracking numbers of a shipment that was pushed before.

        :param dict shipment: as for ``_push_shipment``, with the current parcels,
            ``shipment_key`` (the key the shipment was pushed with), ``replaces`` (wrong numbers
            that were pushed) and ``told`` (the stored outcome of the shipment)
        :rtype: outcomes.ShipmentOutcome
        """
        raise NotImplementedError

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Push the cancellation of an order, or of some of its units.

        :param dict cancellation: ``order_ref``, ``reason`` (``customer``, ``inventory``,
            ``fraud``, ``unpaid``, ``other``), ``text``, ``restock`` (bool), ``refund``
            (bool: whether the channel is to refund the money), ``notify`` (bool: whether
            it is to mail the customer), ``lines`` (as for a
            shipment, with ``amount``: text, the amount credited for them, with taxes; empty for
            the whole order)
        :return: with ``refund_ref`` where the channel sends the cancellation of items as a refund
        :rtype: outcomes.RefundOutcome
        """
        raise NotImplementedError

    @api.model
    def _push_refund(self, channel, key, refund):
        """Refund money through the channel.

        :param dict refund: ``order_ref``, ``amount`` (text), ``currency``, ``text``,
            ``charge_ref`` (the payment to refund), ``shipping`` (text: the part that is
            shipping), ``lines`` (each ``line_ref``, ``sku``, ``quantity``, ``amount``,
            ``restock``)
        :rtype: outcomes.RefundOutcome
        """
        raise NotImplementedError

    @api.model
    def _charge_of_refund(self, ref):
        """:param str ref: the channel's id of a refund
        :return: the reference of its payment in the channel's documents
        """
        return ref

    @api.model
    def _is_echo(self, refund, key):
        """:param refund: an ``order_document.Refund`` that the channel sent
        :param str key: the idempotency key of a refund or cancellation that was pushed
        :return: whether the refund names the push as its origin; channels that store no key are
            matched by items and amount instead
        """
        return False

    @api.model
    def _push_stock(self, channel, key, items):
        """Push available quantities, at most ``_batch_sizes["stock"]`` items.

        :param list items: dicts with ``ref``, ``item_ref``, ``parent_ref``, ``sku``,
            ``location`` ('' where the channel has one stock only), ``quantity`` (int) and
            ``seen`` (int: the channel's last known quantity; ``None`` when unknown)
        :rtype: outcomes.ItemsOutcome
        """
        raise NotImplementedError

    @api.model
    def _push_price(self, channel, key, items):
        """Push prices, at most ``_batch_sizes["price"]`` items.

        :param list items: as for ``_push_stock``, with ``price`` (text) and ``currency``
        :rtype: outcomes.ItemsOutcome
        """
        raise NotImplementedError

    @api.model
    def _state(self):
        """:return: the state that the last attempt of the message stored, see ``Unfinished``
        :rtype: dict
        """
        message = self.env["oms.channel.message"].browse(unsealed(self.env, "message_id"))
        return dict(message.result or {})

    # === THE CALL === #

    @api.model
    def _turn(self, channel, pages, mark, body=b""):
        """Count a page of a list of a channel before the next one is fetched.

        :param pages: ``Pages`` of the list
        :param mark: see ``Pages.add_page``
        :raise FinalError: when the list has no end
        """
        try:
            pages.add_page(mark, body)
        except EndlessList as error:
            raise FinalError(
                self.env._(
                    "A list of %(channel)s could not be read and was ignored: %(problem)s. "
                    "Check whether a plugin or proxy of the store changes its responses.",
                    channel=channel.name,
                    problem=str(error),
                )
            ) from error

    @api.model
    def _call(
        self,
        channel,
        method,
        path,
        *,
        body=None,
        params=None,
        headers=None,
        auth=None,
        bucket="default",
        cost=1.0,
        accept=(),
        seconds=None,
    ):
        """Call the channel, within its rate limits.

        :param str method: ``GET``, ``POST``…
        :param str path: relative to the base URL, or a full URL
        :param body: bytes, or data that is sent as JSON
        :param str bucket: which of ``_rate_limits`` the call uses
        :param float cost: the tokens it uses
        :param accept: error statuses that are returned instead of raised
        :param float seconds: total time limit; ``None`` for the default of any call
        :rtype: http.Answer
        :raise RateLimited: when the limit is reached; nothing was sent
        """
        self._spend_tokens(channel, bucket, cost)
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False, default=str).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            answer = self._request(
                channel,
                method,
                path if "://" in path else self._base_url(channel) + path,
                body=body,
                headers=headers,
                params=params,
                auth=auth,
                accept=accept,
                seconds=seconds,
            )
        except RateLimited as error:
            error.seconds = error.seconds or max(cost / self._rate_limits[bucket][0], 1.0)
            self.env["oms.channel.meter"]._block(channel, bucket, error.seconds)
            raise
        self._observe(channel, bucket, answer)
        return answer

    @api.model
    def _spend_tokens(self, channel, bucket, cost):
        """Spend tokens of one of ``_rate_limits``.

        :raise RateLimited: when there are too few; nothing was spent
        """
        attempt = current(self.env, "attempt") or Attempt()
        missing = attempt.missing(bucket, cost)
        if missing:
            rate, burst = self._rate_limits[bucket]
            wait = self.env["oms.channel.meter"]._spend(
                channel, bucket, missing, rate, burst, again=attempt.spent.get(bucket, 0.0)
            )
            if wait:
                attempt.expect(bucket, cost)
                raise RateLimited(
                    self.env._("%s: the rate limit of the channel is reached.", channel.name),
                    seconds=wait,
                )
        attempt.pay(bucket, cost, missing)

    @api.model
    def _observe(self, channel, bucket, answer):
        """Hook: read the channel's limits from a response, see ``oms.channel.meter``."""
