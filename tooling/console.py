"""What the user sees: progress on stderr, results on stdout, errors that help."""

import contextlib
import json
import sys
import threading
import time

QUIET_SECONDS = 2.0
HEARTBEAT_SECONDS = 30.0


class OmsError(Exception):
    """A failure with its cure: what went wrong, and what to do about it."""

    def __init__(self, message, hint="", log=None):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.log = log


def say(text=""):
    """Print a line for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def show_error(error):
    """Print an OmsError: the failure, the end of its log, the cure."""
    say(f"oms: {error.message}")
    if error.log:
        for line in tail(error.log):
            say(f"    {line}")
        say(f"    (the whole log: {error.log})")
    for line in error.hint.splitlines():
        say(f"  → {line}")


def tail(path, lines=20):
    """Return the last lines of a text file, none when it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return [line.rstrip() for line in stream.readlines()[-lines:]]
    except OSError:
        return []


class Step:
    """Something that takes a while: shown when it takes more than two seconds.

    On a terminal the line is rewritten every second; elsewhere it is printed
    when the step has run two seconds, twice a minute after that, and at the end.
    """

    def __init__(self, title):
        self.title = title
        self.note = ""
        self.started = time.monotonic()
        self._shown = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def update(self, note):
        """Say how far the step is."""
        self.note = note

    def start(self):
        """Start showing the step."""
        self._thread.start()
        return self

    def finish(self, ok=True):
        """Stop showing it, and say how long it took if that was long."""
        self._done.set()
        self._thread.join()
        self.note = "" if ok else self.note
        if self._shown:
            self._write("✓" if ok else "✗", last=True)

    def _beat(self):
        live = sys.stderr.isatty()
        pause = QUIET_SECONDS
        while not self._done.wait(pause):
            self._write("…")
            self._shown = True
            pause = 1.0 if live else HEARTBEAT_SECONDS

    def _write(self, mark, last=False):
        seconds = time.monotonic() - self.started
        note = f" ({self.note})" if self.note else ""
        line = f"{mark} {self.title}{note} {seconds:.0f} s"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{line}" + ("\n" if last else ""))
            sys.stderr.flush()
        else:
            say(line)


@contextlib.contextmanager
def step(title):
    """Show `title` as a step for as long as the block runs."""
    shown = Step(title).start()
    try:
        yield shown
    except BaseException:
        shown.finish(ok=False)
        raise
    shown.finish()


def table(rows, headers, stream=None):
    """Print rows under headers, numbers to the right, as plain text."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [
        all(isinstance(row[i], (int, float)) for row in rows) and bool(rows)
        for i in range(len(headers))
    ]
    widths = [max(len(line[i]) for line in [list(headers), *cells]) for i in range(len(headers))]
    stream = stream or sys.stdout
    for line in [list(headers), ["-" * width for width in widths], *cells]:
        parts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(parts).rstrip(), file=stream)
    stream.flush()


def _cell(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def json_line(value):
    """Print one JSON object on one line of stdout, after all else."""
    sys.stderr.flush()
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)
