"""The contract between the system and one kind of channel: what goes out."""

import json

from odoo import api, models

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited
from odoo.addons.oms_addon.tools.attempt import Attempt
from odoo.addons.oms_addon.tools.paging import EndlessList
from odoo.addons.oms_addon.tools.runs import current
from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    #: how many items one call takes, by topic
    _batch_sizes = {"stock": 1, "price": 1}
    #: calls (or the channel's cost points) per second and burst, by bucket
    _rate_limits = {"default": (2.0, 40.0)}

    # === OUT === #

    @api.model
    def _send(self, channel, topic, key, payload):
        """Tell the channel something.

        :param str topic: ``shipment``, ``tracking``, ``cancellation``, ``refund``, ``stock``,
            ``price``, ``promise``
        :param str key: the idempotency key of the call, the same at every try
        :param bytes payload: the content, as JSON
        :return: what the channel answered, as JSON-able data; ``unmet`` where its state, read
            back, is not what was wanted: what is not, in words. The message is not done then
        :raise RetryableError: when the same call may succeed later, or nobody can tell whether
            it did: a retry has to look for what was made first
        :raise Unfinished: when the channel took the call and works on it
        """
        if not getattr(self, f"_can_push_{topic}", False):
            raise FinalError(self.env._("This channel type does not accept: %s.", topic))
        return getattr(self, f"_push_{topic}")(channel, key, loads(payload)) or {}

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Tell that items left.

        :param dict shipment: ``order_ref``, ``shipment_ref``, ``shipped_at`` (ISO, UTC),
            ``location_ref`` ('' when unknown), ``parcels`` (each ``carrier``,
            ``carrier_code``, ``number``, ``url``), ``lines`` (each ``line_ref``, ``sku``,
            ``quantity`` in the channel's units, ``units`` in ours)
        """
        raise NotImplementedError

    @api.model
    def _push_tracking(self, channel, key, shipment):
        """Tell the tracking numbers of a shipment that was told before: late or corrected ones.

        :param dict shipment: as of ``_push_shipment``, with the parcels as they are now,
            ``shipment_key`` (the key the shipment was told under), ``replaces`` (numbers that
            were told and are wrong) and ``told`` (what the channel answered to the shipment)
        """
        raise NotImplementedError

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Tell that an order, or some of its pieces, will not come.

        :param dict cancellation: ``order_ref``, ``reason`` (``customer``, ``inventory``,
            ``fraud``, ``unpaid``, ``other``), ``text``, ``restock`` (bool), ``refund``
            (bool: whether the channel is to give the money back), ``notify`` (bool: whether
            it is to mail the customer), ``lines`` (as of a
            shipment, with ``amount``: text, what was credited for them, with taxes; empty for
            the whole order)
        :return: ``{"refund_ref": …}`` where the channel tells the cancellation of items as a
            refund: its id, by which the echo is known; with ``amount`` where it says what it
            gave back
        """
        raise NotImplementedError

    @api.model
    def _push_refund(self, channel, key, refund):
        """Have the channel give money back.

        :param dict refund: ``order_ref``, ``amount`` (text), ``currency``, ``text``,
            ``charge_ref`` (the charge to give back), ``shipping`` (text: the part that is
            shipping), ``lines`` (each ``line_ref``, ``sku``, ``quantity``, ``amount``,
            ``restock``)
        :return: ``{"refund_ref": …}``, the channel's id, by which its echo is known; with
            ``by_hand`` where the channel only wrote it down and somebody has to pay it
        """
        raise NotImplementedError

    @api.model
    def _charge_of_refund(self, ref):
        """:param str ref: the channel's id of a refund
        :return: what the charge of its money is called in the channel's documents
        """
        return ref

    @api.model
    def _is_echo(self, refund, key):
        """:param refund: ``order_document.Refund`` told by the channel
        :param str key: the idempotency key of a refund or cancellation of ours
        :return: whether the refund says that this call made it; a channel that keeps no key is
            compared by items and amount instead
        """
        return False

    @api.model
    def _push_stock(self, channel, key, items):
        """Tell how many can be sold, ``_batch_sizes["stock"]`` items at most.

        :param list items: dicts with ``ref``, ``item_ref``, ``parent_ref``, ``sku``,
            ``location`` ('' where the channel has one stock only), ``quantity`` (int) and
            ``seen`` (int: what the channel was last known to have; ``None`` when unknown)
        :return: ``{"failed": {position: why}, "stale": {position: what the channel has}}``,
            both by the item's position as a text; what is in neither was taken. ``"later"``
            lists positions that were not told yet and are to be told next; ``"untracked"``
            has, by position, why the channel shows no number: ``parent`` or ``none``.
        :rtype: dict
        """
        raise NotImplementedError

    @api.model
    def _push_price(self, channel, key, items):
        """Tell prices, ``_batch_sizes["price"]`` items at most.

        :param list items: as of ``_push_stock``, with ``price`` (text) and ``currency``
        :return: as of ``_push_stock``
        """
        raise NotImplementedError

    @api.model
    def _state(self):
        """:return: what the last try of the message being sent left behind, see ``Unfinished``
        :rtype: dict
        """
        message = self.env["oms.channel.message"].browse(unsealed(self.env, "message_id"))
        return dict(message.result or {})

    # === THE CALL === #

    @api.model
    def _turn(self, channel, pages, mark, body=b""):
        """Count a page of a list of a channel before the next one is asked for.

        :param pages: ``Pages`` of the list
        :param mark: see ``Pages.take``
        :raise FinalError: when the list has no end
        """
        try:
            pages.take(mark, body)
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
        """Call the channel, within its limits.

        :param str method: ``GET``, ``POST``…
        :param str path: below the store address, or a whole URL
        :param body: bytes, or data that is sent as JSON
        :param str bucket: which of ``_rate_limits`` the call uses up
        :param float cost: how much of it
        :param accept: statuses of errors that are answers all the same
        :param float seconds: how long it may take in all; ``None`` for what any call may
        :rtype: http.Answer
        :raise RateLimited: when it is not time yet; nothing was sent
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
        """Use up a part of one of ``_rate_limits``.

        :raise RateLimited: when it is not time yet; nothing was taken
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
        """Hook: learn the channel's limits from an answer, see ``oms.channel.meter``."""
