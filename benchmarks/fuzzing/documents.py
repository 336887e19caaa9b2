"""Messages of channels, as adapters read them: changed at random, and made up by hypothesis."""

import json

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.order import parse_document

from benchmarks.fuzzing import corpus

#: how many examples one round makes
EXAMPLES = 100
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(corpus.VALUES),
)
JSON = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.lists(part, max_size=4), st.dictionaries(st.text(max_size=8), part, max_size=4)
    ),
    max_leaves=12,
)


def document(dice, world, _address):
    """:return: a label, and what an adapter makes of a message"""
    channel = dice.choice(world.channels)
    adapter, topic = channel._adapter(), dice.choice(corpus.TOPICS)
    body = corpus.body_of(dice, world, channel.adapter)
    read = dice.choice((adapter._parse, lambda *_args: parse_document(body)))
    return f"{channel.adapter} {topic} {body[:60]!r}", lambda: read(channel, topic, body) and None


def made_up(world, number, note):
    """Feed adapters with one round of what hypothesis makes up: golden messages in which any part
    is any JSON, and JSON that is no message at all.

    :param int number: makes the same round again
    :param note: is called with a label and a call, for each example
    """
    golden = [
        (channel, json.loads(body))
        for channel in world.channels
        for body in world.golden[channel.adapter]
    ]

    @seed(number)
    @settings(
        database=None,
        deadline=None,
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(golden), st.sampled_from(corpus.TOPICS), st.data())
    def run(one, topic, data):
        channel, message = one
        if data.draw(st.booleans()):
            message = _with_part(message, data)
        else:
            message = data.draw(JSON)
        body = json.dumps(message).encode()
        adapter = channel._adapter()
        note(
            f"{channel.adapter} {topic} {body[:60]!r}",
            lambda: adapter._parse(channel, topic, body) and None,
        )

    run()


def _with_part(message, data):
    """:return: a message of which one part is any JSON"""
    if isinstance(message, dict) and message and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(message)))
        return {**message, key: _with_part(message[key], data)}
    if isinstance(message, list) and message and data.draw(st.integers(0, 9)):
        return [_with_part(message[0], data), *message[1:]]
    return data.draw(JSON)
