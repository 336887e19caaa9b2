"""The browser for tours and the program that prints PDF files."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

from . import apt, console, paths

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# Without these Chromium asks the network for updates and accounts all the time.
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-crash-reporter",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
)
WRAPPER = """\
#!/bin/sh
# Written by ./oms: the browser of the tests, kept off the network.
exec {browser} {flags} "$@"
"""


def ensure_chromium():
    """Find or install a browser and put its quiet wrapper into `.oms/bin`."""
    found = _find()
    if not found:
        apt.ensure(["chromium"], "a browser for the tests (Chromium or Chrome)")
        found = _find()
    if not found:
        raise console.OmsError(
            "the package chromium brought no browser",
            hint="install Chromium or Chrome and run again",
        )
    text = WRAPPER.format(browser=found, flags=" ".join(FLAGS))
    # Odoo looks for this name before all others.
    wrapper = paths.BIN / NAMES[0]
    if not wrapper.exists() or wrapper.read_text() != text:
        wrapper.write_text(text)
        wrapper.chmod(0o755)


def ensure_pdf():
    """Install wkhtmltopdf when we can; without it only PDF files are missing."""
    noted = paths.STATE / "wkhtmltopdf-noted"
    if shutil.which("wkhtmltopdf") or noted.exists():
        return
    try:
        apt.ensure(["wkhtmltopdf"], "wkhtmltopdf, which prints PDF files,")
    except console.OmsError as error:
        console.show_error(error)
        console.say("  (going on without; said once)")
        noted.touch()


def _find():
    folders = [
        folder for folder in os.get_exec_path() if Path(folder).resolve() != paths.BIN.resolve()
    ]
    for name in NAMES:
        found = shutil.which(name, path=os.pathsep.join(folders))
        if found:
            return found
    return None


def stop_leftovers(folder):
    """End the browsers whose profile lies in a folder of a run that is over."""
    mark = os.fsencode(f"--user-data-dir={folder}{os.sep}")
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)
