"""No regular expression of the code base takes more than its share of time for a long text.

Time is that of the processor, and only its growth is judged: eight times the text may take eight
times as long, on a machine as slow as it likes.
"""

import contextlib
import importlib
import inspect
import re
import signal
import time
from functools import partial

import pytest

from odoo.addons.oms_addon.api import description as api_description
from odoo.addons.oms_addon.documents.values import DocumentError

from . import patterns

#: characters; the last is what somebody sends
#: modules without the ORM, which read texts
READING = re.compile(
    re.escape(patterns.PACKAGE) + r"\.(tools|documents|api|channels\.\w+\.parse_\w+)\b"
)
SIZES = (400, 3125, 25_000, 200_000)
#: seconds below which growth says nothing
FLOOR = 0.06
#: what eight times the text may take at most: eight is linear, sixty-four quadratic
GROWTH = 24
#: seconds of the processor for one of the shorter texts; who takes longer never ends
ENDLESS = 5
#: what a search finds first and where it goes on is in the last, a match at the beginning as well
#: parameters of functions that take no text of others
NO_TEXTS = ("path", "url", "cls", "error")
#: what texts begin with, and what is repeated
TEXTS = (
    *(("", seed) for seed in patterns.SEEDS),
    *(("Notice ", "["), ("Notice: ", "{ "), ("Notice ", "[1,"), ("[", "1,"), ("", '{"a":')),
    *(("[", '""'), ("+", "1"), ("x", " 1"), ("1@", "a."), ("a,b\n", "1,\n"), ("a\n", '"')),
    *(("<a>", "<b>"), ("a@b.", "c."), ("", "\u00e4"), ("", "\u0130"), ("PK\x03\x04", "PK\x01\x02")),
)
USES = ("fullmatch", "finditer")
#: how many of the texts that take longest are tried in full length, and how many faults are told
LONGEST = 2


class Endless(BaseException):
    """A pattern does not come to an end."""


@pytest.fixture(autouse=True)
def patience():
    """Interrupt a pattern that never ends: the processor's seconds are counted, not the clock's."""

    def stop(*_args):
        raise Endless

    before = signal.signal(signal.SIGPROF, stop)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def run(pattern, use, text):
    """Use a pattern on a text."""
    if use == "finditer":
        for _match in pattern.finditer(text):
            pass
    else:
        getattr(pattern, use)(text)


def seconds(call, *args):
    """:return: how long the processor takes"""
    signal.setitimer(signal.ITIMER_PROF, ENDLESS)
    begin = time.process_time()
    try:
        call(*args)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begin


def judge(call, texts, before=None):
    """Time a call on texts of growing size.

    :param float before: how long the text before the first took
    :return: how long the last took; what is wrong with the growth, '' when nothing is
    """
    previous = texts[0]
    for text in texts:
        try:
            now = seconds(call, text)
            if before is not None and now > FLOOR and now > before * GROWTH:
                # Once more: what else ran meanwhile may have cost the processor its cache.
                before = max(before, seconds(call, previous))
                now = min(now, seconds(call, text))
                if now > FLOOR and now > before * GROWTH:
                    shown = f"{now:.2f} s for {len(text)} characters"
                    return now, f"{shown}, {before:.4f} s for an eighth of them"
        except Endless:
            return ENDLESS, f"no end after {ENDLESS} s for {len(text)} characters"
        before, previous = max(now, 1e-5), text
    return before, ""


def slow(pattern):
    """:return: the uses and texts for which a pattern's time grows faster than the text"""
    sizes = [dict(patterns.hostile(pattern, size)) for size in SIZES]
    times, problems = [], []
    for use in USES:
        call = partial(run, pattern, use)
        for name in sizes[-1]:
            texts = [texts[name] for texts in sizes[:-1] if name in texts]
            taken, problem = judge(call, texts)
            times.append((taken, use, name))
            if problem:
                problems.append(f"{use} {name}: {problem}")
                if len(problems) == LONGEST:
                    return problems
    for taken, use, name in sorted(times, reverse=True)[:LONGEST]:
        call = partial(run, pattern, use)
        problem = judge(call, [sizes[-1][name]], max(taken, 1e-5))[1]
        problems += [f"{use} {name}: {problem}"] if problem else []
    return problems


def found():
    """:return: every pattern by where it stands"""
    schemas = (api_description.describe("https://shop.example.com"),)
    return {
        **patterns.of_sources()[0],
        **patterns.of_scripts()[0],
        **patterns.of_schemas(*schemas),
    }


def unique(named):
    """:return: the patterns once each, by where they stand first"""
    seen, once = set(), {}
    for name, pattern in named.items():
        if (pattern.pattern, pattern.flags) not in seen:
            seen.add((pattern.pattern, pattern.flags))
            once[name] = pattern
    return once


PATTERNS = unique(found())


def readers():
    """:return: the functions without the ORM that take one text, by their names"""
    named = {}
    for name in patterns.modules():
        if not READING.match(name):
            continue
        module = importlib.import_module(name)
        for key, function in inspect.getmembers(module, inspect.isroutine):
            if getattr(function, "__module__", "") != name or _takes(function) is None:
                continue
            named[f"{name.removeprefix(patterns.PACKAGE)}.{key}"] = function, _takes(function)
    return named


def _takes(function):
    """:return: what kind of text a function takes alone, ``None`` where it takes none"""
    try:
        values = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    needed = [value for value in values if value.default is value.empty and value.kind < 2]
    if len(needed) != 1 or needed[0].name in NO_TEXTS:
        return None
    for example in ("1", b"1"):
        try:
            function(example)
        except DocumentError:
            return type(example)
        except Exception:  # noqa: BLE001, S112
            continue
        return type(example)
    return None


def attempt(function, kind, text):
    """Let a function read a text, whatever it makes of it."""
    with contextlib.suppress(Exception):
        function(text if kind is str else text.encode())


READERS = readers()


def test_every_pattern_of_the_code_base_is_found():
    assert patterns.of_sources()[1] == []
    assert patterns.of_scripts()[1] == []
    names = " ".join(PATTERNS)
    for known in (
        "contact_keys._RELAY_DOMAIN",
        "table_values._MONEY",
        "tracking._WORDS[0]",
    ):
        assert known in names
    assert any("schema" in name for name in found())


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_the_text(name):
    assert slow(PATTERNS[name]) == []


@pytest.mark.parametrize(
    "source", [r"[^.]*|.+\.(invalid|local)", r"\d+(?:\.\d+)?e", r"(a+)+$", r"\s*[0-9]+\.?[0-9]*x"]
)
def test_a_pattern_that_grows_faster_is_seen(source):
    assert slow(re.compile(source))


@pytest.mark.parametrize("name", READERS)
def test_what_reads_a_text_takes_time_in_proportion_to_it(name):
    function, kind = READERS[name]
    call = partial(attempt, function, kind)
    problems = []
    for begin, body in TEXTS:
        problem = judge(call, [begin + body * (size // len(body)) for size in SIZES[:-1]])[1]
        problems += [f"{begin!r} + {body!r} …: {problem}"] if problem else []
    assert problems == []


def test_readers_are_found():
    names = " ".join(READERS)
    for known in ("contact_keys.phone_key", "json_answer.read_json", "codec.loads"):
        assert known in names
