"""Open Odoo's shell on the demo database, or on another one."""

from .. import console, process
from ..workspace import DEMO, Workspace


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("database", nargs="?", default=DEMO, help=f"default: {DEMO}")


def run(options):
    """Run `odoo shell` on the terminal."""
    workspace = Workspace()
    if not workspace.databases.exists(options.database):
        raise console.OmsError(
            f"there is no database {options.database}",
            hint="./oms demo --no-serve makes the demo database",
        )
    environment = workspace.environment
    command = environment.odoo_command("-d", options.database, "--no-http")
    command.insert(command.index("odoo") + 1, "shell")
    return process.call([*command, "--log-level=warn"], env=environment.variables)
