"""Show the whole path of orders on real input, then serve the web client.

Sets up all that is missing, installs the add-on in a fresh database, runs the main
job, prints what happened as a table and serves Odoo until Ctrl-C.
"""

from .. import console, paths
from ..workspace import DEMO, Workspace
from . import serve

JOB = paths.ROOT / "tooling" / "demo_job.py"


def configure(parser):
    """Describe the arguments."""
    parser.add_argument(
        *("--orders", "-n"),
        type=int,
        default=300,
        metavar="N",
        help="how many orders to take through (default: 300)",
    )
    parser.add_argument(
        "--no-serve", action="store_true", help="end after the table, serve nothing"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the figures as one JSON object, the last line of stdout",
    )


def run(options):
    """Make the demo database, run the job, serve."""
    if options.orders < 1:
        raise console.OmsError("--orders needs a number of at least 1")
    workspace = Workspace()
    result = prepare(workspace, options.orders)
    if options.no_serve:
        if options.json:
            console.json_line(result)
        return 0
    return serve.serve(workspace, DEMO, result if options.json else None)


def prepare(workspace, orders):
    """Make a fresh demo database and return the figures of the job."""
    workspace.databases.drop(DEMO)
    workspace.templates.clone_base(DEMO)
    workspace.templates.install(DEMO, ["oms_addon"], "Installing oms_addon")
    return workspace.run_job(DEMO, JOB, "--orders", str(orders))
