"""Outbox topics: one row each, read by all code that handles messages."""

from collections.abc import Callable
from typing import NamedTuple


def _send_to_adapter(message):
    """Hand the content of a message to its channel's adapter unchanged."""
    return message._push(message.channel_id)


def _nothing(*_args, **_options):
    """Do nothing."""


class Topic(NamedTuple):
    """How messages of a topic are sent, and which functions process the result."""

    #: lower values are sent first
    priority: int = 10
    #: whether it takes effect outside Odoo: never repeated if the first outcome is in doubt
    is_effect: bool = False
    #: whether it carries current figures: an interrupted call may arrive after a newer one
    is_figure: bool = False
    #: (message) → ``Outcome``; external calls are made here
    hand_over: Callable = _send_to_adapter
    #: (message, outcome): the channel accepted the message
    accepted: Callable = _nothing
    #: (message): the channel processes the message, its answer comes later
    in_progress: Callable = _nothing
    #: (messages, is_certain): no more attempts; not certain if a call may have taken effect
    failed: Callable = _nothing


def _refund_accepted(message, outcome):
    message.env["oms.order.refund"]._apply_accepted(message, outcome)


def _refund_failed(messages, is_certain):
    for message in messages:
        message.env["oms.order.refund"].sudo()._refused(message, is_certain=is_certain)


#: shipments and sold-out stock (see ``ZERO_PRIORITY`` of stock) precede all other topics
TOPICS = {
    "shipment": Topic(priority=2, is_effect=True),
    "tracking": Topic(
        priority=3, is_effect=True, hand_over=lambda m: m._send_tracking_numbers(m.channel_id)
    ),
    "cancellation": Topic(
        priority=3, is_effect=True, accepted=_refund_accepted, failed=_refund_failed
    ),
    "refund": Topic(priority=4, is_effect=True, accepted=_refund_accepted, failed=_refund_failed),
    "order_request": Topic(priority=5, hand_over=lambda m: m._fetch_order(m.channel_id)),
    "confirmation": Topic(priority=5, hand_over=lambda m: m._send_confirmation(m.channel_id)),
    "stock": Topic(
        is_figure=True,
        hand_over=lambda m: m.env["oms.channel.stock"]._send(m),
        in_progress=lambda m: m.env["oms.channel.stock"]._release_sold_out(m),
        failed=lambda m, is_certain: m.env["oms.channel.stock"].sudo()._apply_failed(m),
    ),
    "price": Topic(priority=20, hand_over=lambda m: m.env["oms.channel.price"]._send(m)),
}


def topic_of(name):
    """:return: how messages of a topic are handled; by default they go to the adapter unchanged"""
    return TOPICS.get(name, Topic())
