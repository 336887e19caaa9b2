"""Run the tests with pytest-odoo against real Odoo and real PostgreSQL.

Every argument this command doesn't know goes to pytest: ./oms test tests/order -k
name -x. Without a path it runs all of tests/, one process for each core, each with a
copy of the database; with a path one process does. The exit status is pytest's.
"""

import os
import shutil
import tempfile
from pathlib import Path

from .. import browser, console, guests, paths, process
from ..workspace import Workspace

PASS_THROUGH = True
ASSETS_PROGRAM = paths.ROOT / "tooling" / "assets_program.py"


def configure(parser):
    """Describe the arguments."""
    parser.add_argument(
        "--keep", action="store_true", help="keep the test database (or OMS_KEEP_DB=1)"
    )
    parser.add_argument(
        "--processes", type=int, help="how many run side by side; the default is described above"
    )


def run(options):
    """Run pytest on a fresh copy of the template with the add-on."""
    workspace = Workspace(with_browser=True)
    guests.fetch_tested()
    # Short, since a browser puts a socket below it.
    folder = Path(tempfile.mkdtemp(prefix="oms-"))
    try:
        with workspace.scratch("test", keep=options.keep) as database:
            count = options.processes or processes(workspace, options)
            bundle(workspace, options, database)
            with workspace.borrow(copies(database, count)):
                return process.call(
                    command(workspace.environment, database, options.rest, count),
                    env=variables(workspace.environment, folder),
                    cwd=paths.ROOT,
                )
    finally:
        browser.stop_leftovers(folder)
        shutil.rmtree(folder, ignore_errors=True)


def variables(environment, folder):
    """Return the environment of pytest: what it leaves behind lies in our folders."""
    return {
        **environment.variables,
        "TMPDIR": folder,
        "HYPOTHESIS_STORAGE_DIRECTORY": paths.STATE / "hypothesis",
    }


def processes(workspace, options):
    """Return how many processes run the tests: one for each core, where it can be.

    One is enough for tests that a person chose, and what a kept database holds is what
    one process did. pytest-odoo copies databases by PostgreSQL's own two programs.
    """
    path = workspace.environment.variables["PATH"]
    able = all(shutil.which(name, path=path) for name in ("createdb", "dropdb"))
    if chosen(options) or not able or workspace.keeps(options.keep):
        return 1
    return len(os.sched_getaffinity(0))


def bundle(workspace, options, database):
    """Have the database keep what browsers load, where more tests than a few will load it."""
    if not chosen(options):
        with console.step("Bundling what browsers load"):
            workspace.templates.run_program(database, ASSETS_PROGRAM, "assets-program.log")


def chosen(options):
    """Return whether a person named the tests to run, by their path."""
    return any(Path(argument.partition("::")[0]).exists() for argument in options.rest)


def copies(database, count):
    """Return the names of the databases that pytest-odoo makes for several processes."""
    return [f"{database}-gw{number}" for number in range(count)] if count > 1 else []


def command(environment, database, arguments, count=1):
    """Return the command line of pytest."""
    # The tests of a class share what its beginning has made, so they stay together.
    spread = ["-n", count, "--dist", "loadscope"] if count > 1 else []
    return [
        *(environment.python, "-m", "pytest"),
        f"--odoo-config={paths.CONFIG}",
        f"--odoo-database={database}",
        f"--odoo-extra=db-filter=^{database}$",
        f"--odoo-extra=screenshots={paths.STATE / 'screenshots'}",
        *spread,
        *arguments,
    ]
