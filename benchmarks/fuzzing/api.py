"""The API, by schemathesis: requests that its description allows, and such that it does not."""

import time

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from odoo.addons.oms_addon.api.description import describe

#: how many examples of an operation one round makes: between operations its time may be over
EXAMPLES = 10


def explore(world, address, number, until, note):
    """Ask what the description allows, and what it does not, one round or until a time.

    :param int number: makes the same round again
    :param float until: of ``time.monotonic``
    :param note: is called with the label, the status and the seconds of each answer
    """
    config = {
        "seed": number,
        "continue-on-failure": True,
        "base-url": f"{address}/oms/api/v1",
        "workers": 1,
        "request-timeout": 60,
        "headers": {"Authorization": f"Bearer {world.key}"},
        "parameters": {"header.X-Oms-Channel": world.channels[0].token},
        "checks": {"enabled": False, "not_a_server_error": {"enabled": True}},
        "generation": {"max-examples": EXAMPLES, "database": "none"},
        "phases": {"examples": {"enabled": True}, "coverage": {"enabled": False}}
        | {"fuzzing": {"enabled": True}, "stateful": {"enabled": False}},
    }
    schema = schemathesis.openapi.from_dict(
        describe(address), config=SchemathesisConfig.from_dict(config)
    )
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.ScenarioFinished):
            for interaction in event.recorder.interactions.values():
                answer = interaction.response
                status, seconds = (answer.status_code, answer.elapsed) if answer else (0, 0.0)
                note(event.recorder.label, status, seconds)
        if time.monotonic() > until:
            return
