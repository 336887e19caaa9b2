"""Hostile input for a time: webhooks, the API, uploaded files and documents.

Cases are made of a corpus of inputs that broke something once and of golden messages, changed at
random, and by hypothesis; requests of the API of its description, by schemathesis; and where
atheris is installed, parsers are fed with what reaches new lines of them. The seed and the number
of a case make it again. Looked for are crashes, answers of the server's fault (5xx), inputs that
take longer than a second, and memory.
"""

import itertools
import random
import tempfile
import time

import psutil

from benchmarks import odoo_server
from benchmarks.fuzzing import api, coverage, documents, files, requests
from benchmarks.fuzzing.found import Found
from benchmarks.fuzzing.world import World

#: shares of the time: of cases at random, of hypothesis, of schemathesis, of atheris
SHARES = (0.5, 0.15, 0.2, 0.15)


def main(env, args):
    """Send and read hostile input for a time.

    :param args: ``--seconds N``, ``--seed N``
    :return: how many inputs there were, and what went wrong
    """
    options = {"seconds": 60, "seed": 1}
    for name, value in itertools.pairwise(args):
        if name.removeprefix("--") in options:
            options[name.removeprefix("--")] = int(value)
    world, found = World(env), Found(options["seed"])
    # The server sees what is committed.
    env.cr.commit()
    with odoo_server.serving(env.cr.dbname) as address:
        server = _server_of(psutil.Process())
        found.watch(server)
        feed_at_random(found, world, address, options["seconds"] * SHARES[0])
        feed_made_up(found, world, options["seconds"] * SHARES[1])
        found.measure(world.base)
        feed_api(found, world, address, options["seconds"] * SHARES[2])
        feed_by_coverage(found, options["seconds"] * SHARES[3])
    return found.report()


def _server_of(process):
    """:return: the process of the server that was started"""
    return next(child for child in process.children() if "-m odoo" in " ".join(child.cmdline()))


def feed_at_random(found, world, address, seconds):
    """Send requests and read files and messages."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        number = found.count + 1
        dice = random.Random(f"{found.seed}:{number}")  # noqa: S311
        case = requests.request if number % 2 else dice.choice((files.file, documents.document))
        found.note(*case(dice, world, address))


def feed_made_up(found, world, seconds):
    """Read what hypothesis makes up."""
    until = time.monotonic() + seconds
    for turn in itertools.count():
        if time.monotonic() > until:
            return
        documents.made_up(world, found.seed + turn, found.note)


def feed_api(found, world, address, seconds):
    """Send what schemathesis makes of the description of the API."""
    until = time.monotonic() + seconds
    for turn in itertools.count():
        if time.monotonic() > until:
            return
        api.explore(world, address, found.seed + turn, until, found.note_answer)


def feed_by_coverage(found, seconds):
    """Feed parsers by coverage, where atheris is installed."""
    if not coverage.is_installed():
        found.figures["atheris"] = "not installed"
        return
    with tempfile.TemporaryDirectory() as folder:
        count, wrong = coverage.run(max(int(seconds), 1), found.seed, folder)
    found.figures["atheris"] = f"{count} inputs"
    if wrong:
        found.fault("crash", "atheris", wrong)
