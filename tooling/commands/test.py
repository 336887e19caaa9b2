"""Run the tests with pytest-odoo against real Odoo and real PostgreSQL.

Every argument this command doesn't know goes to pytest: ./oms test tests/order -k
name -x. Without a path it runs all of tests/. The exit status is pytest's.
"""

import shutil
import tempfile
from pathlib import Path

from .. import browser, paths, process
from ..workspace import Workspace

PASS_THROUGH = True


def configure(parser):
    """Describe the arguments."""
    parser.add_argument(
        "--keep", action="store_true", help="keep the test database (or OMS_KEEP_DB=1)"
    )


def run(options):
    """Run pytest on a fresh copy of the template with the add-on."""
    workspace = Workspace(with_browser=True)
    # Short, since a browser puts a socket below it.
    folder = Path(tempfile.mkdtemp(prefix="oms-"))
    try:
        with workspace.scratch("test", keep=options.keep) as database:
            return process.call(
                command(workspace.environment, database, options.rest),
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


def command(environment, database, arguments):
    """Return the command line of pytest."""
    return [
        *(environment.python, "-m", "pytest"),
        f"--odoo-config={paths.CONFIG}",
        f"--odoo-database={database}",
        f"--odoo-extra=db-filter=^{database}$",
        f"--odoo-extra=screenshots={paths.STATE / 'screenshots'}",
        *arguments,
    ]
