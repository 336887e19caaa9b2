"""Serve Odoo's web client on a free port until Ctrl-C.

Without a name it serves the demo database, which is made first when there is none.
"""

import threading
import time
import urllib.error
import urllib.request

from .. import console, paths, process, settings
from ..workspace import DEMO, Workspace
from . import demo

PATIENCE_SECONDS = 180


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("database", nargs="?", help=f"default: {DEMO}")
    parser.add_argument("--port", type=int, help="default: the first free from 8069")


def run(options):
    """Serve a database."""
    workspace = Workspace()
    name = options.database or DEMO
    if not workspace.databases.exists(name):
        if options.database:
            raise console.OmsError(
                f"there is no database {name}",
                hint="there are: " + (", ".join(workspace.databases.names()) or "none"),
            )
        demo.prepare(workspace, 300)
    return serve(workspace, name, port=options.port)


def serve(workspace, database, result=None, port=None):
    """Run the server in the foreground; say where it is once it answers."""
    port = port or settings.free_port()
    log = paths.LOGS / "serve.log"
    command = workspace.environment.odoo_command(
        *("-d", database, "--db-filter", f"^{database}$"),
        *("--http-port", str(port), "--logfile", log),
    )
    log.unlink(missing_ok=True)
    threading.Thread(
        target=_announce, args=(f"http://127.0.0.1:{port}", result), daemon=True
    ).start()
    status = process.call(command, env=workspace.environment.variables)
    if status > 0:
        raise console.OmsError(
            f"the server ended (exit {status})",
            hint=f"is port {port} taken? --port names another",
            log=log,
        )
    console.say("The server has stopped.")
    return 0


def _announce(address, result):
    """Wait for the server, open its first page, print address and login."""
    with console.step("Starting Odoo"):
        answered = _answers(f"{address}/web/login")
    if not answered:
        console.say(f"No answer yet; see {paths.LOGS / 'serve.log'}")
    show_address(address, result)


def show_address(address, result):
    """Print where the server is and how to log in, then the figures if asked for."""
    print(f"\n  Odoo:   {address}/odoo\n  Login:  admin\n  Password: admin\n", flush=True)
    console.say("Ctrl-C stops the server.")
    if result is not None:
        console.json_line(result)


def _answers(address):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=60):
                return True
        except urllib.error.HTTPError:
            return False
        except OSError:
            time.sleep(0.5)
    return False
