"""Stop what ./oms started and remove what it made, and nothing else."""

import shutil

from .. import browser, console, database, locks, odoo_source, paths, postgres
from ..database import Databases
from ..environment import Environment


def configure(parser):
    """Describe the arguments."""


def run(_options):
    """Drop our databases on the user's server, or the private cluster with all."""
    if not paths.STATE.exists():
        console.say("There is nothing to remove.")
        return 0
    with locks.hold("setup"), console.step("Removing what ./oms made"):
        browser.stop_leftovers(paths.STATE)
        if postgres.POINTER.exists():
            postgres.Cluster().remove()
        elif not postgres.is_private():
            _drop_databases()
        elif database.RECORD.exists():
            _name_databases(Databases.recorded())
        shutil.rmtree(paths.STATE)
    console.say(f"Removed {paths.STATE}")
    return 0


def _name_databases(names):
    """Say what is left on a server that we are no longer told how to reach."""
    if names:
        console.say(f"Left on the server you used: {', '.join(sorted(names))}")
        console.say("  → dropdb removes them, with your PG* variables set")


def _drop_databases():
    """Drop the databases that this checkout made on the user's own server."""
    odoo = odoo_source.Odoo(paths.ODOO, "", "", ours=True)
    databases = Databases(Environment(odoo, postgres.ensure()))
    for name in sorted(databases.recorded()):
        databases.drop(name)
