"""Other add-ons beside ours: each installs, an order goes its path, Odoo's own flow stays the same.

For each guest there are two databases, one without ours: what an order in Odoo's own way writes is
compared, row by row.
"""

import json
import os
import subprocess
import time

from tooling import console, guests, paths
from tooling.guests import PUBLISHED
from tooling.workspace import Workspace

#: of Odoo
APPS = (
    "mrp",
    "product_expiry",
    "website_sale",
    "point_of_sale",
    "sale_loyalty",
    "sale_project",
    "hr_expense",
    "l10n_de",
)
STORY = paths.ROOT / "tests" / "guest_story.py"
PROGRAM = """import json, runpy
print('=>', json.dumps(runpy.run_path({story!r})['run_story'](env)))
"""
EXPECTED = {
    "step": "done",
    "exceptions": [],
    "delivered": [3.0],
    "delivery": ["done"],
    "invoice": ["paid"],
    "left": 17.0,
}


def main(env, args):
    """Try guests one after the other.

    :param args: names of add-ons; all of ``PUBLISHED`` and ``APPS`` by default
    :return: no ratios; for each guest what came of it: ``ok``, or what differs
    """
    workspace, figures = Workspace(), {}
    for guest in args or (*PUBLISHED, *APPS):
        started = time.monotonic()
        try:
            row = _try(workspace, guest)
        except (GuestError, console.OmsError) as error:
            row = {"installs": "failed", "path": str(error)[-300:], "plain": ""}
        figures[guest] = {**row, "seconds": round(time.monotonic() - started)}
        print(guest, figures[guest], flush=True)
    return {"ratios": {}, "figures": figures}


class GuestError(Exception):
    """Odoo ended with an error."""


def _try(workspace, guest):
    """:return: whether a guest installs, an order goes its path, and plain Odoo stays as it was"""
    folder = guests.fetch(guest) if guest in PUBLISHED else None
    ours = _report(workspace, workspace.templates.clone_module, guest, folder)
    plain = _report(workspace, workspace.templates.clone_base, guest, folder)
    return {
        "installs": "ok",
        "path": _difference(ours["channel"], EXPECTED),
        "plain": _difference(ours["plain"], plain["plain"]),
    }


def _report(workspace, clone, guest, folder):
    """Install a guest on a copy of a template, and tell the story there.

    :return: what the story found
    """
    database = f"oms_bench_{os.getpid()}-{guest}"
    clone(database)
    try:
        with console.step(f"Installing {guest}"):
            _odoo(workspace, folder, "-d", database, "-i", guest, "--stop-after-init")
        out = _odoo(
            workspace,
            folder,
            *("shell", "-d", database, "--log-level=error"),
            program=PROGRAM.format(story=str(STORY)),
        )
        return json.loads([line for line in out.splitlines() if line.startswith("=>")][-1][3:])
    finally:
        workspace.databases.drop(database)


def _odoo(workspace, folder, *arguments, program=None):
    """Run Odoo's command line. :return: what it printed"""
    path, variables = None, {**os.environ, **workspace.environment.variables}
    if folder:
        path = f"{_addons_path()},{folder / 'odoo' / 'addons'}"
        variables["PYTHONPATH"] = f"{variables.get('PYTHONPATH', '')}{os.pathsep}{folder}"
    is_shell = arguments[0] == "shell"
    command = [
        *(workspace.environment.python, "-m", "odoo", *arguments[:1] * is_shell),
        *("-c", paths.CONFIG, *arguments[is_shell:], "--no-http", "--max-cron-threads=0"),
        *([f"--addons-path={path}"] if path else []),
    ]
    result = subprocess.run(
        [str(part) for part in command],
        input=program,
        env={key: str(value) for key, value in variables.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode or (program and "=>" not in result.stdout):
        raise GuestError(result.stderr)
    return result.stdout


def _addons_path():
    """:return: the folders of add-ons that our configuration names"""
    lines = paths.CONFIG.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("addons_path")).partition("= ")[2]


def _difference(found, expected):
    """:return: "ok", or what differs in words"""
    if found == expected:
        return "ok"
    pairs = zip(_leaves(found), _leaves(expected), strict=False)
    return "; ".join(f"{one} instead of {other}" for one, other in pairs if one != other)[:300]


def _leaves(value, path=""):
    """Yield each value of nested lists and mappings with its path."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _leaves(one, f"{path}[{place}]")
    else:
        yield f"{path}={value}"
